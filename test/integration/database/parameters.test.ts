import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openResult, explainOnly } from '../../../src/database/execute.ts';
import { exportDefaults, type ExportFormat } from '../../../src/database/exportFormats.ts';
import { exportRows } from '../../../src/database/exportRows.ts';
import { readParameters, type ParameterValue } from '../../../src/database/parameters.ts';
import { explainPlan } from '../../../src/database/plan.ts';
import type { ReadOnlySql } from '../../../src/database/guard.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { openArena, signal, type Arena } from './exportArena.ts';

const setup = `
  CREATE TABLE events AS SELECT i AS id, i % 7 AS kind, CASE WHEN i % 3 > 0 THEN 'note ' || i ELSE '' END AS note,
    DATE '2026-01-01' + i % 365 AS day FROM generate_series(1, 20000) AS i;
  ALTER TABLE events ADD PRIMARY KEY (id);
  ANALYZE;`;

describe('parameters of a statement', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(setup);
  });
  after(() => arena.dispose());

  const bound = (sql: string, ...values: ParameterValue[]): ReadOnlySql =>
    arena.guarded(readParameters(sql).text).bind(values);
  const rows = async (sql: string, ...values: ParameterValue[]) => {
    const result = await openResult(arena.database, bound(sql, ...values), signal);
    await result.close();
    return result.firstRows;
  };

  it('have the type that Postgres infers, and NULL is not the empty text', async () => {
    assert.deepEqual(
      await rows('SELECT count(*) FROM events WHERE day < :before AND id <= :n', '2026-01-03', '10'),
      [['1']],
    );
    assert.deepEqual(await rows('SELECT :a::text IS NULL, :b::text IS NULL, :b::text', null, ''), [
      ['t', 'f', ''],
    ]);
    assert.deepEqual(await rows('SELECT $1::int[] || $2::int', '{1,2}', '3'), [['{1,2,3}']]);
    const nasty = `'; DROP TABLE events; --\\ 🦙 $1`;
    assert.deepEqual(await rows('SELECT :a::text', nasty), [[nasty]]);
    assert.deepEqual(
      await rows('SELECT id FROM events WHERE id = ANY(:ids) ORDER BY id LIMIT :n', '{5,3,9}', '2'),
      [['3'], ['5']],
    );
  });

  it('go with a cursor: every page of a large result', async () => {
    const result = await openResult(
      arena.database,
      bound('SELECT id, :mark || note FROM events WHERE kind <> :kind ORDER BY id', '# ', '3'),
      signal,
    );
    assert.equal(result.firstRows.length, 500);
    assert.deepEqual(await result.page(10_000, 1, signal), [['11668', '# note 11668']]);
    assert.deepEqual(await result.count(() => undefined, signal), { rows: 17_143, complete: true });
    await result.close();
  });

  it('go with EXPLAIN, typed or asked for, and with ANALYZE', async () => {
    const explained = await rows('EXPLAIN (COSTS OFF) SELECT * FROM events WHERE id = :id', '7');
    assert.match(explained.map(([line]) => line).join('\n'), /Index Cond: \(id = 7\)/);
    const { plan } = await explainPlan(
      arena.database,
      bound('SELECT * FROM events WHERE id < :id', '70'),
      { analyze: true },
      signal,
    );
    assert.equal(plan.root.actual?.rows, 69);
    await explainOnly(arena.database, bound('SELECT * FROM events WHERE id < :id', '70'), signal);
  });

  it('go with an export in every way that rows are written', async () => {
    const statement = bound('SELECT id, note FROM events WHERE id BETWEEN :lo AND :hi ORDER BY id', '4', '6');
    for (const [format, text] of [
      ['csv', 'id,note\r\n4,note 4\r\n5,note 5\r\n6,""\r\n'],
      ['ndjson', '{"id": 4, "note": "note 4"}\n{"id": 5, "note": "note 5"}\n{"id": 6, "note": ""}\n'],
    ] satisfies [ExportFormat, string][]) {
      const target = join(arena.folder, `out.${format}`);
      const { rows: count } = await exportRows(
        arena.database,
        statement,
        target,
        exportDefaults(format),
        () => undefined,
        signal,
      );
      assert.equal(count, 3);
      assert.equal(
        (await readFile(target, 'utf8')).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'),
        text.replaceAll('\r\n', '\n'),
      );
    }
  });

  it("of the wrong kind are the server's error, with the number of the parameter", async () => {
    const error = await failure(bound('SELECT * FROM events WHERE id = :id AND day > :day', '1', 'soon'));
    assert.deepEqual(
      [error.kind, error.detail.sqlState, error.detail.parameter, error.detail.hasValues],
      ['sql-failed', '22007', 2, true],
    );
    const untyped = await failure(bound('SELECT 1 FROM events WHERE :a IS NULL', 'x'));
    assert.deepEqual([untyped.detail.sqlState, untyped.detail.parameter], ['42P18', 1]);
    const later = await failure(bound('SELECT 1 / (id - :id::int) FROM events WHERE id < 10', '3'));
    assert.deepEqual([later.detail.sqlState, later.detail.hasValues], ['22012', true]);
  });

  it('without a value never reach the server', async () => {
    const error = await failure(arena.guarded('SELECT $1::int + $2::int'));
    assert.deepEqual(
      [error.kind, error.message],
      ['sql-failed', 'The statement has 2 parameters, and 0 values are given.'],
    );
    assert.equal((await failure(arena.guarded('SELECT 1').bind(['x']))).kind, 'sql-failed');
    assert.equal(await arena.connections('busy'), 0);
  });

  async function failure(statement: ReadOnlySql): Promise<KhipuError> {
    const opened = await openResult(arena.database, statement, signal).catch(
      (error: unknown) => error as KhipuError,
    );
    assert.ok(opened instanceof Error, 'it ran');
    return opened;
  }
});
