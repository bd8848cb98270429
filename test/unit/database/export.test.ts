import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CsvLineFilter } from '../../../src/database/exportCsvCopy.ts';
import { csvLines, tsvLines, type DelimitedOptions } from '../../../src/database/exportDelimited.ts';
import { checkExportOptions, exportDefaults } from '../../../src/database/exportFormats.ts';
import { isFormula, withoutFormula } from '../../../src/database/exportFormula.ts';
import { insertLines } from '../../../src/database/exportInsert.ts';
import { jsonLines, ndjsonLines, uniqueNames } from '../../../src/database/exportJson.ts';
import { markdownLines } from '../../../src/database/exportMarkdown.ts';
import type { TextLines } from '../../../src/database/exportText.ts';
import type { ExportColumn, ValueKind } from '../../../src/database/exportValues.ts';
import { longestCell, shortenCells } from '../../../src/database/largeCells.ts';
import { quoteLiteral } from '../../../src/database/literal.ts';

type Cells = (string | null)[];

const columns = (...kinds: ValueKind[]): ExportColumn[] =>
  kinds.map((kind, index) => ({ name: `c${index}`, kind }));
const written = (lines: TextLines, rows: Cells[]): string =>
  lines.head + rows.map((row, index) => lines.row(row, index)).join('') + lines.tail(rows.length);
const csv: DelimitedOptions = { delimiter: ',', header: false, nullText: '', guardFormulas: true };
const unguarded = { ...csv, guardFormulas: false };

/** A reader of CSV as COPY FROM reads it: bare null text is NULL. */
function readCsv(text: string, { delimiter, nullText }: DelimitedOptions): Cells[] {
  const rows: Cells[] = [];
  let row: Cells = [];
  let at = 0;
  while (at < text.length) {
    let cell: string | null = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        if (text[at] === '"' && text[at + 1] === '"') at += 1;
        else if (text[at] === '"') break;
        cell += text.charAt(at);
        at += 1;
      }
      at += 1;
    } else {
      while (text[at] !== delimiter && text[at] !== '\n') cell += text.charAt(at++);
      if (cell === nullText) cell = null;
    }
    row.push(cell);
    if (text[at] === '\n') {
      rows.push(row);
      row = [];
    }
    at += 1;
  }
  return rows;
}

const someText = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom('', 'NULL', '\\N', '\\.', '"', '""', 'a"b', 'a,b;c', '\n', '\r\n', '=1+1', '-5', "'", '\\'),
);
const someCell = fc.option(someText);

describe('export: CSV and TSV', () => {
  it('writes CSV that reads back, NULL apart from the empty string and from its own spelling', () => {
    const rows = fc.array(fc.array(someCell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
    const options = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', '^', ']'),
      header: fc.constant(false),
      nullText: fc.constantFrom('', 'NULL', '\\N'),
      guardFormulas: fc.constant(false),
    });
    fc.assert(
      fc.property(rows, options, (table, chosen) => {
        assert.deepEqual(readCsv(written(csvLines([], chosen), table), chosen), table);
      }),
    );
  });

  it('keeps spreadsheets from running cells, and leaves numbers alone', () => {
    const row = [
      '=1+1',
      '+cmd',
      '-2+3',
      '@SUM(1)',
      '\tx',
      '\r=x',
      '-5',
      '+1.5e-7',
      '-.5',
      'a=b',
      '＝1',
      null,
      '',
    ];
    assert.equal(
      written(csvLines([], csv), [row]),
      `'=1+1,'+cmd,'-2+3,'@SUM(1),"'\tx","'\r=x",-5,+1.5e-7,-.5,a=b,'＝1,,""\n`,
    );
    assert.equal(written(csvLines([], unguarded), [['=1+1']]), '=1+1\n');
    assert.equal(withoutFormula('-1-1'), "'-1-1");
    assert.equal(isFormula('-'), true);
    // A spreadsheet that splits at semicolons must not find a formula behind one.
    assert.equal(written(csvLines([], csv), [['x;=1']]), '"x;=1"\n');
    assert.equal(written(csvLines([{ name: '=h', kind: 'text' }], { ...csv, header: true }), []), "'=h\n");
  });

  it("writes TSV by COPY's rules", () => {
    const options = { header: true, nullText: '\\N', guardFormulas: true };
    assert.equal(
      written(tsvLines(columns('text', 'text'), options), [
        ['a\tb\nc\\d\r', null],
        ['', '=1'],
      ]),
      `c0\tc1\na\\tb\\nc\\\\d\\r\t\\N\n\t'=1\n`,
    );
    assert.equal(
      written(tsvLines([], { ...options, header: false, nullText: 'NULL' }), [['NULL', null]]),
      '\\x4eULL\tNULL\n',
    );
  });

  it('finds the same in the lines of the server as in rows, however they are split', async () => {
    const table = fc.array(fc.array(someCell, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, step) => {
        // What the server writes is unguarded; '\.' alone in a line it quotes as we do.
        const bytes = Buffer.from(written(csvLines([], unguarded), rows));
        const given: Uint8Array[] = [];
        const filter = new CsvLineFilter(csv, {
          write: (chunk) => void given.push(Buffer.from(chunk)),
        });
        for (let at = 0; at < bytes.length; at += step) await filter.take(bytes.subarray(at, at + step));
        await filter.end();
        assert.equal(filter.lines, rows.length);
        const guarded = rows.map((row) => row.map((cell) => (cell === null ? null : withoutFormula(cell))));
        assert.deepEqual(readCsv(Buffer.concat(given).toString(), csv), guarded);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses options whose file could not be read back', () => {
    const defaults = exportDefaults('csv');
    for (const wrong of [
      { delimiter: '' },
      { delimiter: ',,' },
      { delimiter: '"' },
      { delimiter: '\n' },
      { nullText: 'a,b' },
      { nullText: 'a"b' },
      { table: [] },
      { table: ['a', 'b', 'c'] },
    ])
      assert.throws(() => checkExportOptions({ ...defaults, ...wrong }), { kind: 'invalid-input' });
    checkExportOptions({ ...defaults, delimiter: '§' });
  });
});

describe('export: JSON, Markdown, INSERT', () => {
  it('writes JSON with all digits of numbers, json as it is, and names that differ', () => {
    const typed: ExportColumn[] = [
      { name: 'a', kind: 'int64' },
      { name: 'a', kind: 'numeric' },
      { name: 'a_2', kind: 'boolean' },
      { name: 'j', kind: 'json' },
      { name: 'q"', kind: 'float64' },
    ];
    const rows = [
      ['9007199254740993', '0.10', 't', '{"x":\n 1}', 'NaN'],
      [null, 'NaN', 'f', null, '-1e-300'],
    ];
    const text = written(jsonLines(typed), rows);
    assert.equal(
      text,
      `[\n  {"a": 9007199254740993, "a_3": 0.10, "a_2": true, "j": {"x":  1}, "q\\"": "NaN"},\n` +
        `  {"a": null, "a_3": "NaN", "a_2": false, "j": null, "q\\"": -1e-300}\n]\n`,
    );
    assert.equal((JSON.parse(text) as unknown[]).length, 2);
    assert.deepEqual(JSON.parse(written(jsonLines(typed), [])), []);
    const lines = written(ndjsonLines(typed), rows).trimEnd().split('\n');
    assert.equal(lines.map((line) => JSON.parse(line) as unknown).length, 2);
    assert.deepEqual(uniqueNames(columns('text', 'text').map((each) => ({ ...each, name: 'x' }))), [
      'x',
      'x_2',
    ]);
  });

  it('writes Markdown in which no cell is markup and NULL is no text', () => {
    const text = written(markdownLines(columns('text', 'numeric'), 'NULL'), [
      ['a|b*c\nd<b>', '1.50'],
      ['NULL', null],
      ['', '\\'],
    ]);
    assert.equal(
      text,
      '| c0 | c1 |\n| :-- | --: |\n| a\\|b\\*c<br>d&lt;b&gt; | 1.50 |\n| NULL | *NULL* |\n|  | \\\\ |\n',
    );
  });

  it('writes INSERT with quoted names and literals, a hundred rows a statement', () => {
    const typed: ExportColumn[] = [
      { name: 'Order', kind: 'int32' },
      { name: 'note', kind: 'text' },
    ];
    const text = written(insertLines(typed, ['my schema', 't"x']), [
      ['1', `it's`],
      ['-2', 'a\\b'],
      [null, null],
    ]);
    assert.equal(
      text,
      `INSERT INTO "my schema"."t""x" ("Order", note) VALUES\n  (1, 'it''s'),\n  (-2, E'a\\\\b'),\n  (NULL, NULL);\n`,
    );
    const many = written(
      insertLines(typed, ['t']),
      Array.from({ length: 201 }, () => ['1', 'x']),
    );
    assert.equal(many.match(/INSERT INTO/g)?.length, 3);
    assert.equal(many.match(/;\n/g)?.length, 3);
    assert.equal(written(insertLines(typed, ['t']), []), '');
    assert.throws(() => insertLines([...typed, { name: 'note', kind: 'text' }], ['t']), {
      kind: 'invalid-input',
    });
    assert.throws(() => quoteLiteral('a\0b'), { kind: 'invalid-input' });
  });
});

describe('large cells', () => {
  it('shortens what nobody reads and says how long it is', () => {
    const row = shortenCells()(['x'.repeat(52_428_800), null, 'short', `${'y'.repeat(longestCell - 1)}😀`]);
    assert.equal(row[0], `${'x'.repeat(longestCell)}… 52,428,800 characters`);
    assert.deepEqual(row.slice(1, 3), [null, 'short']);
    assert.equal(row[3], `${'y'.repeat(longestCell - 1)}… 100,001 characters`, 'no half of a pair');
  });

  it('keeps a whole page within bounds', () => {
    const shorten = shortenCells();
    let kept = 0;
    for (let index = 0; index < 1000; index++) kept += shorten(['z'.repeat(90_000)])[0]?.length ?? 0;
    assert.ok(kept < 18_000_000, `${kept}`);
  });
});
