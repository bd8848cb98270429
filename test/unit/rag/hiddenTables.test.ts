import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hiddenBy, readPattern } from '../../../src/rag/hiddenTables.ts';

describe('hiddenBy', () => {
  it('hides by name, by schema and by pattern, whatever the case', () => {
    const cases: [pattern: string, schema: string, table: string, hidden: boolean][] = [
      ['hr.salaries', 'hr', 'salaries', true],
      ['hr.salaries', 'hr', 'salaries_old', false],
      ['hr.salaries', 'HR', 'Salaries', true],
      ['HR."Odd.Name"', 'hr', 'odd.name', true],
      ['hr.*', 'hr', 'anything', true],
      ['hr.*', 'hr2', 'anything', false],
      ['*.tmp_*', 'shop', 'tmp_1', true],
      ['*.tmp_*', 'shop', 'xtmp_1', false],
      ['salaries', 'any', 'salaries', true],
      ['*', 'any', 'thing', true],
      ['h*.*s', 'hr', 'salaries', true],
      ['a.b', 'a', 'b*', false],
      ['a.+', 'a', 'aa', false],
    ];
    for (const [pattern, schema, table, hidden] of cases)
      assert.equal(hiddenBy(['x.y', pattern])(schema, table), hidden, `${pattern} ${schema}.${table}`);
  });

  it('matches as the regular expression does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(letters, name, (glob, table) => {
        const expected = new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(table);
        assert.equal(hiddenBy([`s.${glob}`])('s', table), expected);
      }),
    );
  });

  it('does not linger over many stars', () => {
    const started = performance.now();
    hiddenBy([`s.${'a*'.repeat(90)}b`])('s', 'a'.repeat(63));
    assert.ok(performance.now() - started < 500);
  });
});

describe('readPattern', () => {
  it('knows what names no table', () => {
    for (const text of ['', ' ', 'a.b.c', 'a.', '.b', 'a b', '"a', 'a."b'])
      assert.equal(readPattern(text), undefined, text);
  });
});
