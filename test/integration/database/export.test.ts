import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { ExportFile } from '../../../src/database/exportFile.ts';
import { exportDefaults, exportFormats, type ExportOptions } from '../../../src/database/exportFormats.ts';
import { exportRows, type ExportOutcome, type ExportProgress } from '../../../src/database/exportRows.ts';
import { loadXlsxWriter } from '../../../src/database/exportXlsx.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { openArena, signal, type Arena } from './exportArena.ts';
import { readZip } from './zipReader.ts';

const run = promisify(execFile);
const setup = `
  CREATE TABLE items (id int, big int8, price numeric(10,2), ratio float8, ok bool, name text, doc jsonb, at timestamptz, tags text[]);
  INSERT INTO items VALUES
    (1, 9007199254740993, 0.10, 0.1, true, E'a,"b"\\n\\tc\\\\d', '{"x": [1, null]}', '2024-03-31 02:30:00+02', '{a,NULL}'),
    (-2, NULL, NULL, 'NaN', false, '', 'null', NULL, '{}'),
    (3, -1, 1234567.89, 1e300, NULL, NULL, NULL, 'infinity', NULL),
    (4, 0, 0, '-Infinity', true, '=HYPERLINK("http://x")', '"=1"', '2024-01-01', '{}'),
    (5, 5, 5, 5, true, 'é😀 \\. NULL', '5', '2024-01-01', '{}');
  CREATE TABLE "Wide numbers" AS SELECT i AS id, repeat('x', 100) AS pad FROM generate_series(1, 200000) AS i;
  ANALYZE;`;

describe('exportRows', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(setup);
  });
  after(() => arena.dispose());

  const to = (name: string): string => join(arena.folder, name);
  const exportTo = (sql: string, name: string, options: ExportOptions): Promise<ExportOutcome> =>
    exportRows(arena.database, arena.guarded(sql), to(name), options, () => undefined, signal);
  const all = 'SELECT * FROM items ORDER BY abs(id)';

  for (const guardFormulas of [false, true]) {
    it(`writes CSV that Postgres reads back to the same rows, formulas ${guardFormulas ? 'kept from running' : 'as they are'}`, async () => {
      const { rows, bytes } = await exportTo(all, 'items.csv', { ...exportDefaults('csv'), guardFormulas });
      const text = await readFile(to('items.csv'), 'utf8');
      assert.equal(rows, 5);
      assert.equal(bytes, Buffer.byteLength(text));
      assert.match(text, /^id,big,price,ratio,ok,name,doc,at,tags\n/);
      assert.equal(text.includes(`"'=HYPERLINK(""http://x"")"`), guardFormulas);
      assert.equal(text.includes(`"=HYPERLINK(""http://x"")"`), !guardFormulas);
      assert.match(text, /\n-2,,,NaN,f,"",null,/, 'NULL is nothing, the empty string is ""');
      const same = guardFormulas ? `replace(name, '''=', '=')` : 'name';
      await assertReadsBack('items.csv', 'FORMAT csv, HEADER', same);
    });
  }

  it('writes the same CSV by rows where COPY does not serve, and other delimiters and NULLs', async () => {
    const options = { ...exportDefaults('csv'), delimiter: ';', nullText: 'NULL', header: false };
    await exportTo(all, 'copied.csv', options);
    const single = arena.open({ singleSession: true });
    await exportRows(single, arena.guarded(all), to('rows.csv'), options, () => undefined, signal);
    assert.equal(await readFile(to('rows.csv'), 'utf8'), await readFile(to('copied.csv'), 'utf8'));
    const section = await exportTo(all, 'section.csv', { ...options, delimiter: '§' });
    assert.equal(section.rows, 5);
    assert.match(await readFile(to('section.csv'), 'utf8'), /^1§9007199254740993§0\.10§/);
    await exportTo('SHOW server_version', 'shown.csv', exportDefaults('csv'));
    assert.match(await readFile(to('shown.csv'), 'utf8'), /^server_version\n18/);
  });

  it('writes TSV that Postgres reads back to the same rows', async () => {
    await exportTo(all, 'items.tsv', { ...exportDefaults('tsv'), guardFormulas: false });
    await assertReadsBack('items.tsv', 'FORMAT text, HEADER', 'name');
  });

  it('writes INSERT that puts the same rows back', async () => {
    await arena.server.run('DROP TABLE IF EXISTS "Copy of"; CREATE TABLE "Copy of" (LIKE items)');
    await exportTo(all, 'items.sql', { ...exportDefaults('insert'), table: ['public', 'Copy of'] });
    await arena.server.run(await readFile(to('items.sql'), 'utf8'));
    await assertSame('"Copy of"', 'name');
    const twice = exportTo('SELECT 1 AS a, 2 AS a', 'twice.sql', exportDefaults('insert'));
    await assert.rejects(twice, { kind: 'invalid-input' });
    assert.equal(await arena.connections('busy'), 0);
  });

  it('writes JSON, NDJSON and Markdown', async () => {
    await exportTo(all, 'items.json', exportDefaults('json'));
    const rows = JSON.parse(await readFile(to('items.json'), 'utf8')) as Record<string, unknown>[];
    assert.equal(rows.length, 5);
    assert.deepEqual(rows[0]?.['doc'], { x: [1, null] });
    assert.equal(rows[1]?.['ratio'], 'NaN');
    assert.deepEqual([rows[1]['name'], rows[2]?.['name']], ['', null]);
    await exportTo(all, 'items.ndjson', exportDefaults('ndjson'));
    const lines = (await readFile(to('items.ndjson'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      rows,
    );
    await exportTo(all, 'items.md', exportDefaults('markdown'));
    assert.equal((await readFile(to('items.md'), 'utf8')).split('\n').length, 8);
  });

  it('writes XLSX with numbers as numbers, digits kept, and no formula', async () => {
    const { rows, notices } = await exportTo(all, 'items.xlsx', exportDefaults('xlsx'));
    assert.deepEqual([rows, notices], [5, []]);
    const parts = readZip(await readFile(to('items.xlsx')));
    const sheet = parts.get('xl/worksheets/sheet1.xml') ?? '';
    assert.ok(parts.has('[Content_Types].xml') && parts.has('xl/workbook.xml'));
    assert.ok(!/<f[ >]/.test(sheet));
    assert.match(sheet, /<c r="A2"><v>1<\/v><\/c>/);
    assert.match(sheet, /<c r="B2" t="inlineStr"><is><t xml:space="preserve">9007199254740993</);
    assert.match(sheet, /<c r="C2"><v>0.10<\/v>/);
    assert.match(sheet, /<c r="E2" t="b"><v>1<\/v>/);
    assert.match(
      sheet,
      /<c r="F3" t="inlineStr"><is><t xml:space="preserve"><\/t>/,
      'the empty string is a cell',
    );
    assert.ok(!sheet.includes('r="F4"'), 'NULL is none');
    assert.match(sheet, /<c r="F5" s="2" t="inlineStr"><is><t xml:space="preserve">=HYPERLINK\("http/);
    assert.match(parts.get('xl/styles.xml') ?? '', /quotePrefix="1"/);
  });

  it('says what an Excel sheet could not hold', async () => {
    const file = await ExportFile.open(to('capped.xlsx'));
    const make = await loadXlsxWriter({ header: true, guardFormulas: true, rowCap: 2 });
    const writer = make([{ name: 'a', kind: 'text' }], file);
    for (const cell of ['x', `${'y'.repeat(40_000)}\u0001_x0041_`, 'z']) await writer.row([cell]);
    assert.equal(writer.full, true);
    await writer.end();
    await file.finish();
    const notices = writer.notices().join(' ');
    assert.match(
      notices,
      /takes 2 rows: the first 2 are in the file, the rest is not\..*1 longer cells were cut/,
    );
    const sheet = readZip(await readFile(to('capped.xlsx'))).get('xl/worksheets/sheet1.xml') ?? '';
    assert.equal(sheet.match(/<row /g)?.length, 3);
  });

  it('writes Parquet that reads back, numbers typed and text exact', async () => {
    await exportTo(all, 'items.parquet', exportDefaults('parquet'));
    const file = await asyncBufferFromFile(to('items.parquet'));
    const rows = await parquetReadObjects({ file });
    assert.equal(rows.length, 5);
    assert.deepEqual(
      ['id', 'big', 'price', 'ratio', 'ok', 'name'].map((name) => rows[0]![name] as unknown),
      [1, 9007199254740993n, '0.10', 0.1, true, 'a,"b"\n\tc\\d'],
    );
    assert.ok(Number.isNaN(rows[1]?.['ratio']));
    assert.deepEqual(
      [rows[1]?.['name'], rows[2]?.['name'] ?? null, rows[2]?.['ok'] ?? null],
      ['', null, null],
    );
    await exportTo('SELECT * FROM "Wide numbers"', 'many.parquet', exportDefaults('parquet'));
    const ids = await parquetReadObjects({
      file: await asyncBufferFromFile(to('many.parquet')),
      columns: ['id'],
    });
    assert.equal(
      ids.reduce((sum, row) => sum + Number(row['id']), 0),
      (200_000 * 200_001) / 2,
    );
  });

  for (const format of exportFormats) {
    it(`writes a result of no rows as ${format}, and replaces what was there`, async () => {
      await writeFile(to('none'), 'before');
      const { rows } = await exportTo(
        'SELECT id, name FROM items WHERE false',
        'none',
        exportDefaults(format),
      );
      assert.equal(rows, 0);
      const text = await readFile(to('none'), 'latin1');
      assert.notEqual(text, 'before');
      if (format === 'csv') assert.equal(text, 'id,name\n');
      if (format === 'json') assert.deepEqual(JSON.parse(text), []);
    });
  }

  it('tells rows and bytes on the way, and the last figures at the end', async () => {
    const seen: ExportProgress[] = [];
    const statement = arena.guarded('SELECT a.* FROM "Wide numbers" a, generate_series(1, 10)');
    const report = (progress: ExportProgress): void => void seen.push(progress);
    const outcome = await exportRows(
      arena.database,
      statement,
      to('long.csv'),
      exportDefaults('csv'),
      report,
      signal,
    );
    assert.equal(outcome.rows, 2_000_000);
    assert.deepEqual(seen.at(-1)?.rows, 2_000_000);
    assert.ok(seen.length > 2 && (seen[1]?.rows ?? 0) < 2_000_000 && (seen[1]?.bytes ?? 0) > 0);
  });

  it('leaves the old file and no other when it is cancelled, fails or is refused a place', async () => {
    await writeFile(to('kept.csv'), 'before');
    const before = await arena.files();
    for (const format of ['csv', 'json', 'xlsx', 'parquet'] as const) {
      const controller = new AbortController();
      const statement = arena.guarded('SELECT * FROM "Wide numbers" a, generate_series(1, 1000)');
      const abort = ({ rows }: ExportProgress): void => {
        if (rows > 0) controller.abort();
      };
      const cancelled = exportRows(
        arena.database,
        statement,
        to('kept.csv'),
        exportDefaults(format),
        abort,
        controller.signal,
      );
      await assert.rejects(cancelled, { kind: 'cancelled' }, format);
      assert.equal(await arena.connections('busy'), 0, `${format}: the server is idle again`);
      const failing = exportTo(
        'SELECT 1 / (id - 150000) FROM "Wide numbers" ORDER BY id',
        'kept.csv',
        exportDefaults(format),
      );
      await assert.rejects(failing, { kind: 'sql-failed' }, format);
    }
    const nowhere = exportTo(all, join('missing', 'x.csv'), exportDefaults('csv'));
    await assert.rejects(nowhere, {
      kind: 'file-failed',
      message: 'x.csv could not be written: there is no such folder.',
    });
    assert.equal(await readFile(to('kept.csv'), 'utf8'), 'before');
    assert.deepEqual(await arena.files(), before);
  });

  it('gives positions of errors in the text as written, also behind COPY', async () => {
    const sql = 'SELECT nowhere FROM items';
    for (const format of ['csv', 'json'] as const) {
      await assert.rejects(exportTo(sql, 'wrong', exportDefaults(format)), (error: KhipuError) => {
        assert.equal(error.detail.position, 7);
        return error.kind === 'sql-failed';
      });
    }
  });

  it('ends an export that gives no row for as long as the statement timeout, not one that is long', async () => {
    const hasty = arena.open({ statementTimeoutMs: 400 });
    const slow = arena.guarded('SELECT count(*) FROM "Wide numbers" a, "Wide numbers" b');
    const started = exportRows(hasty, slow, to('slow.csv'), exportDefaults('csv'), () => undefined, signal);
    await assert.rejects(started, { kind: 'statement-timeout' });
    const long = arena.guarded('SELECT a.* FROM "Wide numbers" a, generate_series(1, 15)');
    const { rows, ms } = await exportRows(
      hasty,
      long,
      to('long.csv'),
      exportDefaults('csv'),
      () => undefined,
      signal,
    );
    assert.equal(rows, 3_000_000);
    assert.ok(ms > 400, `${ms} ms is longer than the timeout`);
  });

  it('says that the disk is full and leaves nothing behind', async () => {
    // A disk of 1 MB in a namespace of its own; where that is not allowed, a limit on the size of files does as well.
    const child = join(import.meta.dirname, 'exportChild.ts');
    const command = `'${process.execPath}' --no-warnings '${child}' '${arena.server.url('postgres', 'disable')}'`;
    const onFullDisk = `mount -t tmpfs -o size=1m tmpfs '${arena.folder}' && ${command} '${to('full.csv')}'`;
    const withLimit = `trap '' XFSZ; ulimit -f 500; ${command} '${to('full.csv')}'`;
    const { stdout } = await run('unshare', ['-rm', 'sh', '-c', onFullDisk]).catch(() =>
      run('sh', ['-c', withLimit]),
    );
    const told = JSON.parse(stdout) as { kind: string; message: string; left: string[]; busy: number };
    assert.equal(told.kind, 'file-failed');
    assert.match(
      told.message,
      /^full\.csv could not be written: the (disk is full|file would be larger than is allowed)\.$/,
    );
    assert.ok(!told.left.some((name) => name.includes('full')), told.left.join());
    assert.equal(await arena.connections('busy'), 0);
  });

  it('reads string literals as the guard did, whatever the database says', async () => {
    await arena.server.run('ALTER ROLE postgres SET standard_conforming_strings = off');
    try {
      const fresh = arena.open({});
      // With the setting off this would end COPY's parenthesis and run a program.
      const sql = `SELECT 'a\\', ') TO PROGRAM $$touch ${to('smuggled')}$$ --'`;
      const { rows } = await exportRows(
        fresh,
        arena.guarded(sql),
        to('literal.csv'),
        exportDefaults('csv'),
        () => undefined,
        signal,
      );
      assert.equal(rows, 1);
      assert.match(await readFile(to('literal.csv'), 'utf8'), /a\\,\) TO PROGRAM/);
      assert.ok(!(await arena.files()).includes('smuggled'));
    } finally {
      await arena.server.run('ALTER ROLE postgres RESET standard_conforming_strings');
    }
  });

  async function assertReadsBack(file: string, options: string, name: string): Promise<void> {
    await arena.server.run('DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE items)');
    // The server's own user cannot read a test's directory, so the text goes through the statement's program.
    const literal = (await readFile(to(file))).toString('base64');
    await arena.server.run(`COPY copied FROM PROGRAM 'echo ${literal} | base64 -d' WITH (${options})`);
    await assertSame('copied', name);
  }

  async function assertSame(table: string, name: string): Promise<void> {
    const rows = (of: string, as: string): string =>
      `SELECT id, big, price, ratio, ok, ${as}, doc::text, at, tags FROM ${of}`;
    const result = await arena.server.run(
      `(${rows('items', 'name')} EXCEPT ${rows(table, name)}) UNION ALL (${rows(table, name)} EXCEPT ${rows('items', 'name')})`,
    );
    assert.ok(!Array.isArray(result));
    assert.deepEqual(result.rows, []);
    const counted = await arena.server.run(`SELECT count(*)::int AS n FROM ${table}`);
    assert.ok(!Array.isArray(counted));
    assert.deepEqual(counted.rows, [{ n: 5 }]);
  }
});
