/** Khipu's child processes: one of each, and a death costs one feature for a moment at most. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelServer } from '../servers/httpServer.ts';
import { cpuSeconds, processesOf } from './childProcesses.ts';
import { forgetModels } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, openSample } from './khipu.ts';
import { openAi } from './models.ts';
import { sqlReply } from './replies.ts';
import { openSqlFile } from './openFile.ts';

const question = 'Are there customers?';
const quick = 'SELECT count(*) > 0 AS some FROM shop.customers';

function kill(bundle: string): number {
  const [pid] = processesOf(bundle);
  assert.ok(pid !== undefined, `${bundle} does not run`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

// Windows has neither /proc nor ps to find them by.
const describeHere = process.platform === 'win32' ? () => undefined : describe;

describeHere('Child processes', () => {
  let server: ModelServer;
  let sql: string;

  before(async () => {
    await openSample();
    server = await openAi.start(() => sqlReply(sql));
  });

  after(async () => {
    await forgetModels();
    await server.close();
  });

  beforeEach(async () => {
    sql = quick;
    assert.equal((await ask(question, 'sample')).error, undefined);
  });

  afterEach(closeEditors);

  const answers = async (): Promise<void> => {
    const outcome = await ask(question, 'sample');
    assert.deepEqual([outcome.error, outcome.rows], [undefined, [['t']]]);
  };

  it('are one each of the sample, the index and the language server, however often they are used', async () => {
    await openSqlFile('SELECT 1;\n');
    await openSqlFile('SELECT 2;\n');
    await openSample();
    await answers();
    const running = ['sampleServer.mjs', 'ragWorker.cjs', 'languageServer.cjs'].map(processesOf);
    assert.deepEqual(
      running.map((ids) => ids.length),
      [1, 1, 1],
    );
  });

  it('an index that dies is started again, and the question is answered', async () => {
    const pid = kill('ragWorker.cjs');
    await answers();
    assert.ok(!processesOf('ragWorker.cjs').includes(pid));
  });

  it('a sample that dies is started again by the next question', async () => {
    const pid = kill('sampleServer.mjs');
    // A question that is on its way before the death is known may fail, and says that nobody answers.
    const first = await ask(question, 'sample');
    assert.match(first.error ?? 'connected', /connect/i);
    await answers();
    assert.ok(!processesOf('sampleServer.mjs').includes(pid));
  });

  it('a statement without end on the sample is ended by the next question', async () => {
    const [pid] = processesOf('sampleServer.mjs');
    assert.ok(pid !== undefined);
    const before = cpuSeconds(pid);
    // The planner takes it for a quick one, so that nobody is asked about its cost.
    sql = 'WITH RECURSIVE n(i) AS (SELECT 1::int8 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
    const endless = ask('How many numbers are there?', 'sample');
    // Nothing outside of it tells that it works on the statement, but that it works.
    while (cpuSeconds(pid) < before + 0.5) await sleep(20);
    sql = quick;
    const next = ask(question, 'sample');
    assert.equal((await endless).error, 'Cancelled.');
    const { error, rows } = await next;
    assert.deepEqual([error, rows], [undefined, [['t']]]);
    assert.ok(!processesOf('sampleServer.mjs').includes(pid), 'the process that never ends was ended');
  });
});
