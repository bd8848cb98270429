import assert from 'node:assert/strict';
import { nameReplacement } from '../../../src/query/nameReplacement.ts';

/** The statement with what stands at the mark replaced. */
function replaced(marked: string, candidate: string): string | undefined {
  const position = marked.indexOf('‹');
  const sql = marked.replace('‹', '');
  const found = nameReplacement(sql, position, candidate);
  return found && sql.slice(0, found.start) + found.text + sql.slice(found.end);
}

describe('nameReplacement', () => {
  for (const [marked, candidate, expected] of [
    ['SELECT ‹totl FROM orders', 'total', 'SELECT total FROM orders'],
    ['SELECT ‹o.totl+1 FROM orders o', 'total', 'SELECT o.total+1 FROM orders o'],
    ['SELECT ‹o . "Totl" FROM orders o', 'total', 'SELECT o . total FROM orders o'],
    ['SELECT * FROM ‹ordrs o', 'shop.orders', 'SELECT * FROM shop.orders o'],
    ['SELECT * FROM ‹sales.orders', 'shop.Order Notes', 'SELECT * FROM shop."Order Notes"'],
    ['SELECT ‹id FROM a, b', 'b.id', 'SELECT b.id FROM a, b'],
    ['SELECT ‹fullname FROM c', 'Full Name', 'SELECT "Full Name" FROM c'],
    ['SELECT ‹lenght(name)', 'length', 'SELECT length(name)'],
    ['SELECT ‹größe FROM c', 'a"b', 'SELECT "a""b" FROM c'],
    ['SELECT 😀 ‹1', 'x', undefined],
    ['SELECT ‹', 'x', undefined],
  ] as const) {
    it(`${marked} → ${candidate}`, () => assert.equal(replaced(marked, candidate), expected));
  }
});
