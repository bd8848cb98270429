import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IndexState } from '../../../src/rag/indexState.ts';
import { createKnowledge, type Knowledge } from '../../../src/rag/knowledge.ts';
import type { Subject } from '../../../src/rag/subject.ts';
import { catalogOf, never, shop } from '../../unit/rag/schema.ts';
import {
  buildVectors,
  isGone,
  processLog,
  temporaryDirectory,
  vectorsPath,
  verified,
  workerEntry,
} from './indexProcess.ts';

const subject: Subject = { databaseKey: 'localhost:5432/shop', catalog: shop, verified };
const tight = 150; // tokens: less than the whole shop

function damage(directory: string): void {
  const parts = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = parts.map((name) => join(directory, name)).filter((path) => statSync(path).isFile());
  for (const path of files) writeFileSync(path, 'not what it was');
}

describe('knowledge', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let log: ReturnType<typeof processLog>;
  let knowledge: Knowledge;

  const open = (entry = workerEntry): Knowledge =>
    createKnowledge({ workerEntry: entry, vectorsPath, storageDirectory: directory.path, log: log.log });
  before(buildVectors);
  beforeEach(() => {
    directory = temporaryDirectory();
    log = processLog();
    knowledge = open();
  });
  afterEach(async () => {
    await knowledge.dispose();
    directory.remove();
  });

  it('shares a run between calls that overlap', async () => {
    const [first, second] = await Promise.all([
      knowledge.prepare(subject, never),
      knowledge.prepare(subject, never),
    ]);
    assert.equal(first, second);
    assert.deepEqual([first.added, first.engine, first.notice], [13, 'lancedb', undefined]);
    const again = await knowledge.prepare(subject, never);
    assert.deepEqual([again.added, again.kept], [0, 13]);
  });

  it('answers by what was verified without any process', async () => {
    const { verified: found, tables } = await knowledge.retrieve(
      { ...subject, question: 'Show me the number of orders by country' },
      never,
    );
    assert.equal(found?.sql, 'select 1');
    assert.deepEqual(tables, []);
    assert.equal(knowledge.processId, undefined);
  });

  it('knows which names mean nearly what another one says, and does without when its process cannot run', async () => {
    const near = (wanted: string, names: string): Promise<readonly string[]> =>
      knowledge.nearNames(wanted, names.split(' '), never);
    assert.deepEqual(await near('clients', 'shop.customers shop.orders shop.lines'), ['shop.customers']);
    assert.deepEqual(await near('client_id', 'id customer_id placed_on'), ['customer_id', 'id']);
    assert.deepEqual(await near('qty', 'price quantity'), ['quantity']);
    assert.deepEqual(await near('zzqx', 'price quantity'), []);
    assert.deepEqual(await near('qty', ''), []);
    await knowledge.dispose();
    knowledge = open(join(directory.path, 'none.ts'));
    assert.deepEqual(await near('qty', 'price quantity'), []);
  });

  it('does not wait for the index', async () => {
    const preparing = knowledge.prepare(subject, never);
    const early = await knowledge.retrieve({ ...subject, question: 'employees', budgetTokens: tight }, never);
    assert.equal(early.tables[0]?.name, 'employees');
    assert.equal(early.engine, 'memory');
    assert.match(early.notice ?? '', /still being made/);
    await preparing;
    const late = await knowledge.retrieve(
      { ...subject, question: 'wages of workers', budgetTokens: tight },
      never,
    );
    assert.deepEqual([late.tables[0]?.name, late.tables[0]?.reason], ['employees', 'matched']);
    assert.deepEqual([late.engine, late.notice], ['lancedb', undefined]);
  });

  it('gives the whole schema when it fits, and examples, best first', async () => {
    await knowledge.prepare(subject, never);
    const { tables, examples } = await knowledge.retrieve(
      { ...subject, question: 'orders of each country in 2024' },
      never,
    );
    assert.equal(tables.length, 10);
    assert.ok(tables.every(({ reason }) => reason === 'whole-schema'));
    const order = tables.map(({ name }) => name);
    assert.ok(order.indexOf('countries') < 3, order.join(' '));
    assert.ok(order.indexOf('orders') < order.indexOf('employees'), order.join(' '));
    assert.equal(examples[0]?.question, 'How many orders per country?');
  });

  it('tells why each table was found, also after a restart that embeds nothing anew', async () => {
    await knowledge.prepare(subject, never);
    await knowledge.dispose();
    knowledge = open();
    assert.equal((await knowledge.prepare(subject, never)).added, 0);
    const question = 'wages of workers whose order is "shipped"';
    const found = await knowledge.retrieve({ ...subject, question, budgetTokens: tight }, never);
    assert.equal(found.engine, 'lancedb');
    const employees = found.ranking.find(({ id }) => id === 'public.employees');
    assert.deepEqual(
      employees?.why?.matched.map(({ asked, found: met }) => `${asked} ~ ${met}`),
      ['wage ~ salary', 'worker ~ employee'],
    );
    assert.deepEqual(
      employees.why.columns.map(({ name }) => name),
      ['salary'],
    );
    assert.deepEqual(
      found.values.map(({ table, column, value }) => `${table}.${column} ${value}`),
      ['public.orders.status shipped'],
    );
  });

  it('keeps databases apart', async () => {
    const other: Subject = { databaseKey: 'other', catalog: catalogOf(['planets(id, mass)']), verified: [] };
    await Promise.all([knowledge.prepare(subject, never), knowledge.prepare(other, never)]);
    const { tables } = await knowledge.retrieve({ ...other, question: 'employees' }, never);
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['planets'],
    );
    assert.equal((await knowledge.prepare(subject, never)).kept, 13);
  });

  it('falls back to memory after three deaths, with vectors, and says so', async () => {
    await knowledge.prepare(subject, never);
    log.onStart = (pid) => void process.kill(pid, 'SIGKILL');
    process.kill(knowledge.processId!, 'SIGKILL');
    const found = await knowledge.retrieve(
      { ...subject, question: 'wages of workers', budgetTokens: tight },
      never,
    );
    assert.equal(found.tables[0]?.name, 'employees');
    assert.equal(found.engine, 'memory');
    assert.match(found.notice ?? '', /3 times in a row.*in memory/);
    const report = await knowledge.prepare(subject, never);
    assert.equal(report.engine, 'memory');
    assert.match(report.notice ?? '', /3 times in a row/);
  });

  it('falls back to memory where the process cannot start', async () => {
    await knowledge.dispose();
    knowledge = open(resolve('test/no-such-worker.ts'));
    const report = await knowledge.prepare(subject, never);
    assert.deepEqual([report.engine, report.kept], ['memory', 13]);
    assert.match(report.notice ?? '', /in a row/);
  });

  it('makes a damaged index anew behind the question that finds it so', async () => {
    await knowledge.prepare(subject, never);
    damage(directory.path);
    // The next life of the process opens the directory and finds what was done to it.
    process.kill(knowledge.processId!, 'SIGKILL');
    const question = { ...subject, question: 'employees', budgetTokens: tight };
    const found = await knowledge.retrieve(question, never);
    assert.deepEqual([found.tables[0]?.name, found.engine], ['employees', 'memory']);
    assert.match(found.notice ?? '', /damaged/);
    // Joins the run that the question has started.
    assert.equal((await knowledge.prepare(subject, never)).engine, 'lancedb');
    assert.equal((await knowledge.retrieve(question, never)).engine, 'lancedb');
  });

  it('tells of an index that is made, once of one that had to be made anew', async () => {
    const states: IndexState[] = [];
    await knowledge.dispose();
    const watched = (): Knowledge =>
      createKnowledge({
        workerEntry,
        vectorsPath,
        storageDirectory: directory.path,
        log: log.log,
        onState: (key, state) => {
          assert.equal(key, subject.databaseKey);
          states.push(state);
        },
      });
    knowledge = watched();
    await knowledge.prepare(subject, never);
    assert.deepEqual(states[0], { phase: 'indexing', done: 0, total: 13 });
    assert.ok(states.some((state) => state.phase === 'indexing' && state.done === 13));
    const ready = {
      phase: 'ready',
      items: 13,
      passages: 0,
      engine: 'lancedb',
      embedder: 'builtin',
      store: undefined,
      notice: undefined,
      failure: undefined,
    };
    assert.deepEqual(states.at(-1), { ...ready, rebuilt: false });
    await knowledge.dispose();
    damage(directory.path);
    knowledge = watched();
    await knowledge.prepare(subject, never);
    assert.deepEqual(states.at(-1), { ...ready, rebuilt: true });
    await knowledge.prepare(subject, never);
    assert.deepEqual(states.at(-1), { ...ready, rebuilt: false });
  });

  it('makes the index of the schema as it is now when it changes during indexing', async () => {
    const many = Array.from({ length: 1500 }, (_, index) => `filler${index}(id, a)`);
    const before: Subject = { databaseKey: 'd', catalog: catalogOf(many), verified: [] };
    const after: Subject = { databaseKey: 'd', catalog: catalogOf(['planets(id, mass)']), verified: [] };
    const started = new Promise((resolve) => (log.onStart = resolve));
    const first = knowledge.prepare(before, never);
    await started;
    const second = await knowledge.prepare(after, never);
    // Who waited for the run that was overtaken is told of the one that overtook it.
    assert.equal(await first, second);
    assert.equal((await knowledge.prepare(after, never)).kept, 1);
    const { tables, engine } = await knowledge.retrieve({ ...after, question: 'planet mass' }, never);
    assert.deepEqual([tables.map(({ name }) => name), engine], [['planets'], 'lancedb']);
  });

  it('makes an index anew on demand, and after its process was given up', async () => {
    await knowledge.prepare(subject, never);
    assert.equal((await knowledge.rebuild(subject, never)).added, 13);
    log.onStart = (pid) => void process.kill(pid, 'SIGKILL');
    process.kill(knowledge.processId!, 'SIGKILL');
    assert.equal((await knowledge.prepare(subject, never)).engine, 'memory');
    log.onStart = undefined;
    assert.equal((await knowledge.prepare(subject, never)).engine, 'memory');
    const report = await knowledge.rebuild(subject, never);
    assert.deepEqual([report.engine, report.added], ['lancedb', 13]);
    const answer = await knowledge.retrieve({ ...subject, question: 'wages' }, never);
    assert.deepEqual([answer.engine, answer.notice], ['lancedb', undefined]);
  });

  it('compacts the index when nothing goes on', async () => {
    await knowledge.dispose();
    const compacted = Promise.withResolvers<undefined>();
    const note = (line: string): void => {
      if (line === 'index: compacted') compacted.resolve(undefined);
    };
    knowledge = createKnowledge({
      workerEntry,
      vectorsPath,
      storageDirectory: directory.path,
      log: note,
      idleMs: 1,
    });
    await knowledge.prepare(subject, never);
    await compacted.promise;
    assert.equal((await knowledge.prepare(subject, never)).kept, 13);
    assert.equal((await knowledge.retrieve({ ...subject, question: 'wages' }, never)).engine, 'lancedb');
  });

  it('lets a caller go who cancels, while another one waits on', async () => {
    const impatient = new AbortController();
    const left = assert.rejects(knowledge.prepare(subject, impatient.signal), { kind: 'cancelled' });
    const stayed = knowledge.prepare(subject, never);
    impatient.abort();
    await left;
    assert.equal((await stayed).added, 13);
    await assert.rejects(knowledge.retrieve({ ...subject, question: 'x' }, AbortSignal.abort()), {
      kind: 'cancelled',
    });
  });

  it('leaves no process', async () => {
    await knowledge.prepare(subject, never);
    const pid = knowledge.processId!;
    const running = assert.rejects(knowledge.prepare(subject, never), { kind: 'cancelled' });
    await knowledge.dispose();
    await running;
    assert.ok(isGone(pid));
    await assert.rejects(knowledge.retrieve({ ...subject, question: 'x' }, never), { kind: 'cancelled' });
  });
});
