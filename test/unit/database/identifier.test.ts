import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quoteIdentifier, quoteQualified } from '../../../src/database/identifier.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { list, stringOf, unwrap } from '../../../src/query/columnNames.ts';

describe('quoteIdentifier', () => {
  it('leaves bare what Postgres reads back unchanged, and quotes the rest', () => {
    const cases: Record<string, string> = {
      orders: 'orders',
      _x1: '_x1',
      Orders: '"Orders"',
      'two words': '"two words"',
      'a"b': '"a""b"',
      '"': '""""',
      '1st': '"1st"',
      größe: '"größe"',
      a$b: '"a$b"',
      select: '"select"',
      user: '"user"',
      left: '"left"',
      name: 'name',
      value: 'value',
      "x'; DROP TABLE y; --": `"x'; DROP TABLE y; --"`,
    };
    for (const [name, sql] of Object.entries(cases)) assert.equal(quoteIdentifier(name), sql);
    assert.equal(quoteQualified('Sales', 'order'), '"Sales"."order"');
  });

  it('refuses what no name can be', () => {
    for (const name of ['', 'a\0b']) assert.throws(() => quoteIdentifier(name), { kind: 'invalid-input' });
  });

  it('is read back as the very name by the grammar of Postgres, for any name', async () => {
    const parser = await loadParser();
    const names = fc.oneof(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }),
      fc.constantFrom(
        'all',
        'table',
        'between',
        'row',
        'interval',
        'values',
        'coalesce',
        'merge_action',
        'json_table',
        'xmlelement',
        'nchar',
        'setof',
      ),
    );
    fc.assert(
      // A name is cut at 63 bytes, by every reader of SQL alike.
      fc.property(
        names.filter((name) => !name.includes('\0') && Buffer.byteLength(name) <= 63 && name.isWellFormed()),
        (name) => {
          for (const sql of [
            `SELECT ${quoteIdentifier(name)}`,
            `SELECT t.${quoteIdentifier(name)} AS ${quoteIdentifier(name)} FROM ${quoteQualified(name, name)}`,
          ]) {
            const outcome = parser.parse(sql);
            assert.ok(outcome.ok, sql);
            const target = unwrap(list(unwrap(outcome.statements[0]?.node).fields['targetList'])[0]).fields;
            const column = unwrap(target['val']);
            assert.equal(column.type, 'ColumnRef', sql);
            assert.equal(stringOf(list(column.fields['fields']).at(-1)), name);
          }
        },
      ),
    );
  });
});
