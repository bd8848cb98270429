import assert from 'node:assert/strict';
import { startCopy } from '../../../src/database/copyFormats.ts';
import type { CopyFormat, ResultColumn, ResultRow } from '../../../src/shared/resultsProtocol.ts';

const columns: ResultColumn[] = [
  { name: 'id', type: 'bigint', align: 'right' },
  { name: 'name', type: 'character varying(20)', align: 'left' },
];
const rows = [
  ['1', `O'Neil "x"`],
  ['9007199254740993', null],
  ['3', 'two\nlines'],
  ['3', '=1+1'],
];

function copyText(
  format: CopyFormat,
  of: readonly ResultColumn[],
  cells: readonly ResultRow[],
  header: boolean,
): string {
  const copy = startCopy(format, of, header);
  for (const row of cells) copy.add(row);
  const text = copy.end();
  assert.ok(Math.abs(Buffer.byteLength(text) - copy.bytes) <= 6, `${copy.bytes} bytes were counted`);
  return text;
}

describe('startCopy', () => {
  it('gives TSV as spreadsheets take it, with headers or not', () => {
    const body = `1\t"O'Neil ""x"""\n9007199254740993\t\n3\t"two\nlines"\n3\t'=1+1`;
    assert.equal(copyText('tsv', columns, rows, false), body);
    assert.equal(copyText('tsv', columns, rows, true), `id\tname\n${body}`);
  });

  it('gives CSV, with headers or not', () => {
    const body = `1,"O'Neil ""x"""\n9007199254740993,\n3,"two\nlines"\n3,'=1+1`;
    assert.equal(copyText('csv', columns, rows, false), body);
    assert.equal(copyText('csv', columns, [...rows, ['4', '']], true), `id,name\n${body}\n4,""`);
  });

  it('gives JSON with all digits', () => {
    const text = copyText('json', columns, rows.slice(1, 2), false);
    assert.equal(text, `[\n  {"id": 9007199254740993, "name": null}\n]`);
  });

  it('gives a Markdown table', () => {
    assert.equal(
      copyText('markdown', columns, rows.slice(1, 2), false),
      '| id | name |\n| --: | :-- |\n| 9007199254740993 | *NULL* |',
    );
  });

  it('gives an IN-list of one column or several, each value once and no NULL', () => {
    const ids = rows.map((row) => row.slice(0, 1));
    assert.equal(copyText('in-list', columns.slice(0, 1), ids, true), '(1, 9007199254740993, 3)');
    assert.equal(
      copyText('in-list', columns, rows, false),
      `((1, 'O''Neil "x"'), (3, 'two\nlines'), (3, '=1+1'))`,
    );
    const names = [[`a'b`], ['c\\d'], [null], ['NaN']];
    assert.equal(copyText('in-list', columns.slice(1), names, false), `('a''b', E'c\\\\d', 'NaN')`);
    assert.equal(copyText('in-list', columns.slice(0, 1), [['NaN']], false), `('NaN')`);
    assert.equal(copyText('in-list', columns, [], false), '(NULL)');
  });
});
