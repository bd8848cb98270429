import assert from 'node:assert/strict';
import { parametersOf, scriptItems } from '../../../src/database/scriptItems.ts';

describe('the items of a script', () => {
  it('are its statements and commands of psql, in order and at their places in the file', () => {
    const before = '-- a file\n';
    const script = `\\set n 3\nSELECT 1;\n-- two\nSELECT ';' \\gset\n\\d t\nTABLE t`;
    const items = scriptItems(script, before.length);
    assert.deepEqual(
      items.map(({ kind, text }) => [kind, text]),
      [
        ['command', '\\set n 3'],
        ['statement', 'SELECT 1'],
        ['statement', "SELECT ';'"],
        ['command', '\\gset'],
        ['command', '\\d t'],
        ['statement', 'TABLE t'],
      ],
    );
    const file = before + script;
    for (const { text, start } of items) assert.equal(file.slice(start, start + text.length), text);
  });

  it('take no data of COPY for commands', () => {
    assert.deepEqual(
      scriptItems('COPY t FROM stdin;\n1\t\\N\n\\.\nSELECT 2').map(({ text }) => text),
      ['COPY t FROM stdin', 'SELECT 2'],
    );
    assert.deepEqual(scriptItems(' -- nothing\n;;'), []);
  });

  it('have the parameters that can be asked for: not those of functions that are not made here', () => {
    const names = scriptItems(
      `SELECT :a, $1; \\echo :b\n(SELECT :c); CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1; EXPLAIN SELECT :d; SHOW x`,
    ).map(parametersOf);
    assert.deepEqual(names, [[':a', '$1'], [], [':c'], [], [':d'], []]);
  });
});
