/** Scripts on the parts as a composition root makes them, against a real server. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { Connected } from '../../../src/database/connections.ts';
import type { ParameterValues } from '../../../src/database/parameters.ts';
import { scriptItems } from '../../../src/database/scriptItems.ts';
import { ScriptRun, type OnScriptError } from '../../../src/editor/scriptRun.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { never, partsOver, type AskedParts } from './askedParts.ts';

const setup = `
  CREATE TABLE numbers AS SELECT i AS id FROM generate_series(1, 20000) AS i;
  CREATE FUNCTION say(what text) RETURNS text STABLE LANGUAGE plpgsql AS $f$
  BEGIN RAISE NOTICE 'said %', what; RETURN what; END $f$;
  ANALYZE;`;

describe('scripts', () => {
  let server: PostgresServer;
  let parts: AskedParts;
  let connected: Connected;

  before(async () => {
    server = await startPostgres();
    await server.run(setup);
    parts = await partsOver(server.url());
    connected = await parts.connections.connect('test', never);
  });
  after(async () => {
    await parts.dispose();
    await rm(parts.storage, { recursive: true, force: true });
    await server.dispose();
  });

  function made(text: string, onError: OnScriptError = 'stop', parameters: ParameterValues = {}) {
    const script: ScriptRun = new ScriptRun(scriptItems(text), {
      onError,
      run: ({ text: sql }, signal) => parts.answers.run({ sql, parameters }, connected, signal),
      onChange: () => undefined,
      onFailure: () => undefined,
    });
    const statuses = (): string[] => script.items.map((_, index) => script.outcome(index).status);
    const rows = (index: number) => script.show(index)?.answer.rows.firstRows;
    return { script, statuses, rows };
  }

  async function count(condition: string): Promise<number> {
    const result = await server.run(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND ${condition}`,
    );
    assert.ok(!Array.isArray(result));
    return (result.rows as { n: number }[])[0]?.n ?? -1;
  }

  async function until(condition: string, wanted: number): Promise<void> {
    while ((await count(condition)) !== wanted) continue;
  }

  it('give rows, messages and failures, each in its place', async () => {
    const text = `SELECT 1 AS one;
\\echo hello
SELECT say('it'), :who::text;
DELETE FROM numbers;
SELECT nowhere FROM numbers;
SELECT 1 / (id - 3) FROM numbers;
SELECT count(*) FROM numbers;`;
    const { script, statuses, rows } = made(text, 'continue', { ':who': 'Ann' });
    await script.start(never);
    assert.deepEqual(statuses(), ['rows', 'skipped', 'rows', 'failed', 'failed', 'failed', 'rows']);
    assert.deepEqual([rows(0), rows(2), rows(6)], [[['1']], [['it', 'Ann']], [['20000']]]);
    assert.deepEqual(
      script.show(2)?.answer.rows.messages?.items.map(({ text: said }) => said),
      ['said it'],
    );
    assert.match(script.failure(3)?.message ?? '', /DELETE is not run here/);
    const item = script.items[4]!;
    assert.equal(text.slice(item.start + script.failure(4)!.detail.position!).slice(0, 7), 'nowhere');
    assert.equal(script.failure(5)?.message, 'division by zero');
    await script.dispose();
  });

  it('have a transaction for each statement', async () => {
    const { script, rows } = made('SELECT now();\nSELECT now();');
    await script.start(never);
    assert.notDeepEqual(rows(0), rows(1));
    await script.dispose();
  });

  it('leave few cursors open however many large results there are, and none when they are closed', async () => {
    const { script, statuses } = made('SELECT id FROM numbers ORDER BY id;\n'.repeat(12));
    await script.start(never);
    assert.deepEqual([...new Set(statuses())], ['rows']);
    await until('xact_start IS NOT NULL', 1);
    assert.equal(script.show(3)?.rows, 'first');
    assert.equal(script.show(3)?.answer.rows.firstRows.length, 500);
    await script.again(3, never);
    const kept = script.show(3);
    assert.equal(kept?.rows, 'all');
    assert.deepEqual(await kept.answer.rows.page(15_000, 1, never), [['15001']]);
    await script.again(5, never);
    await until('xact_start IS NOT NULL', 2);
    await script.dispose();
    await until('xact_start IS NOT NULL', 0);
  });

  it('are cancelled in the middle, on the server as well', async () => {
    const { script, statuses } = made(
      'SELECT 1;\nSELECT count(*) FROM numbers a, numbers b, numbers c;\nSELECT 2;\nSELECT 3;',
      'continue',
    );
    const cancel = new AbortController();
    const running = script.start(cancel.signal);
    await until(`state = 'active' AND query LIKE 'FETCH%'`, 1);
    const asked = performance.now();
    cancel.abort();
    await running;
    const took = performance.now() - asked;
    assert.deepEqual(statuses(), ['rows', 'cancelled', 'not-run', 'not-run']);
    await until(`state = 'active'`, 0);
    assert.ok(took < 2000, `it took ${took.toFixed(0)} ms`);
    await script.dispose();
  });

  it('of a thousand statements run to their end', async () => {
    const { script, statuses, rows } = made(
      Array.from({ length: 1000 }, (_, index) => `SELECT ${index} AS n;`).join('\n'),
    );
    const started = performance.now();
    await script.start(never);
    assert.deepEqual([...new Set(statuses())], ['rows']);
    assert.deepEqual([rows(0), rows(999)], [[['0']], [['999']]]);
    console.log(`      1,000 statements in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await script.dispose();
  });

  it('stop when the server is gone, also when they would go on after a failure', async () => {
    const { script, statuses } = made('SELECT 1;\nSELECT 2;\nSELECT 3;\nSELECT 4;', 'continue');
    await server.stop();
    const running = script.start(never);
    await running;
    await server.start();
    assert.ok(statuses().every((status) => status === 'failed' || status === 'not-run'));
    assert.equal(statuses().at(-1), 'not-run');
    await script.dispose();
  });
});
