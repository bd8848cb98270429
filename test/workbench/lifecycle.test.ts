/** A window that is closed leaves nothing behind: no process of Khipu's, and no connection to a database. */
import assert from 'node:assert/strict';
import { openFile, treeRow } from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { addConnection, answer, ask, pressInline, sampleTree } from './gestures.ts';
import { processesBelow, type RunningProcess } from './processes.ts';
import { useWorkbench } from './session.ts';
import { until } from './until.ts';

const ours = ['sampleServer.mjs', 'ragWorker.cjs', 'languageServer.cjs'];

describe('closing the window', () => {
  let postgres: PostgresServer;
  const window = useWorkbench(() => ({ settings: { 'khipu.model.provider': 'none' } }));

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
  });
  after(() => postgres.dispose());

  const connections = async (): Promise<number> => {
    const counted = await postgres.run(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    const [row] = 'rows' in counted ? (counted.rows as { n: number }[]) : [];
    return row?.n ?? Number.NaN;
  };
  const running = (): RunningProcess[] =>
    processesBelow(window.workbench.server.pid).filter(({ command }) =>
      ours.some((name) => command.includes(name)),
    );

  it('finds the sample, the index, the language server and a connection at work', async function () {
    this.timeout(90_000);
    const { page } = window;
    await sampleTree(page);
    await ask(page, 'How do customers pay?');
    await answer(page, 'How do customers pay?');
    await addConnection(page, postgres.url(), 'Work');
    await openFile(page, 'questions.sql');
    await until('process of each kind', () => (running().length === ours.length ? true : undefined));
    assert.ok((await connections()) > 0);
  });

  it('ends one connection with its Disconnect, and leaves the rest', async () => {
    const { page } = window;
    await addConnection(page, postgres.url('template1'), 'Other');
    const before = await connections();
    await pressInline(treeRow(page, 'Other'), 'Disconnect');
    await until('connection less', async () => ((await connections()) < before ? true : undefined));
    assert.ok((await connections()) > 0);
    assert.equal(running().length, ours.length);
  });

  it('of one that is loaded again, ends what the old one had started', async function () {
    this.timeout(90_000);
    const before = new Set(running().map(({ pid }) => pid));
    await window.workbench.reload();
    await sampleTree(window.page);
    await until('end of the old processes', () =>
      running().some(({ pid }) => before.has(pid)) ? undefined : true,
    );
    assert.ok(running().some(({ command }) => command.includes('sampleServer.mjs')));
    await until('end of the old connections', async () => ((await connections()) === 0 ? true : undefined));
  });

  it('ends every process and every connection', async function () {
    this.timeout(60_000);
    const { page, workbench } = window;
    await addConnection(page, postgres.url(), 'Again'); // in a browser VS Code forgets passwords with the page
    assert.ok((await connections()) > 0);
    assert.ok(running().length > 1);
    await workbench.closeWindow();
    await until('end of all of them', () => (running().length === 0 ? true : undefined), 30_000);
    await until('end of the connections', async () => ((await connections()) === 0 ? true : undefined));
  });
});
