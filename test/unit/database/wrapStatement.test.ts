import assert from 'node:assert/strict';
import { wrapStatement } from '../../../src/database/wrapStatement.ts';
import type { Arrangement } from '../../../src/shared/arrangement.ts';
import type { ResultColumn } from '../../../src/shared/resultsProtocol.ts';

const column = (name: string, type: string): ResultColumn => ({ name, type, align: 'left' });
const columns = [
  column('id', 'integer'),
  column('total', 'numeric(12,2)'),
  column('total', 'text'),
  column('Odd "name"', 'jsonb'),
  column('doc', 'json'),
];
const wrap = (arrangement: Partial<Arrangement>, text = 'SELECT 1', values: string[] = []) =>
  wrapStatement({ text, values }, columns, { sort: [], filters: [], ...arrangement });

describe('wrapping a statement', () => {
  it('names columns by their place, and gives them their own names again, quoted', () => {
    const { text, values } = wrap({ sort: [{ column: 1, descending: true }] }, 'SELECT * FROM t -- all');
    assert.equal(
      text,
      [
        'SELECT result.c1 AS id, result.c2 AS total, result.c3 AS total, result.c4 AS "Odd ""name""", result.c5 AS doc',
        'FROM (',
        'SELECT * FROM t -- all',
        ') AS result(c1, c2, c3, c4, c5)',
        'ORDER BY result.c2 DESC NULLS LAST',
      ].join('\n'),
    );
    assert.deepEqual(values, []);
  });

  it('sorts by several columns, those without an order by their text', () => {
    const { text } = wrap({
      sort: [
        { column: 4, descending: false },
        { column: 0, descending: true },
      ],
    });
    assert.match(text, /\nORDER BY result\.c5::text ASC NULLS LAST, result\.c1 DESC NULLS LAST$/);
  });

  it('binds every value, after those of the statement itself', () => {
    const evil = `'; DROP TABLE t; --`;
    const { text, values } = wrap(
      {
        filters: [
          { test: 'contains', column: 2, text: evil },
          { test: 'equals', column: 0, value: evil },
          { test: 'between', column: 1, low: evil, high: '2' },
          { test: 'values', column: 2, values: [evil, null] },
          { test: 'less', column: 4, value: evil },
          { test: 'greater', column: 1, value: '9' },
        ],
      },
      'SELECT $1, $2',
      ['a', 'b'],
    );
    assert.deepEqual(values, ['a', 'b', evil, evil, evil, '2', evil, evil, '9']);
    assert.ok(!text.includes('DROP'));
    assert.deepEqual(text.split('WHERE ')[1]?.split('\n  AND '), [
      'pg_catalog.strpos(pg_catalog.lower(result.c3::text), pg_catalog.lower($3::text)) > 0',
      'result.c1 = $4::numeric',
      'result.c2 BETWEEN $5 AND $6',
      '(result.c3 IN ($7) OR result.c3 IS NULL)',
      'result.c5::text < $8',
      'result.c2 > $9',
    ]);
  });

  it('tells empty from NULL', () => {
    const { text } = wrap({
      filters: [
        { test: 'empty', column: 2 },
        { test: 'null', column: 1 },
        { test: 'not-null', column: 0 },
        { test: 'values', column: 2, values: [null] },
      ],
    });
    assert.deepEqual(text.split('WHERE ')[1]?.split('\n  AND '), [
      `result.c3::text = ''`,
      'result.c2 IS NULL',
      'result.c1 IS NOT NULL',
      '(result.c3 IS NULL)',
    ]);
  });

  it('refuses a column that there is not', () => {
    for (const place of [5, -1, 0.5, Number.NaN])
      assert.throws(() => wrap({ sort: [{ column: place, descending: false }] }), { kind: 'invalid-input' });
  });
});
