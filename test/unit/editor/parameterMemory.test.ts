import assert from 'node:assert/strict';
import { ParameterMemory } from '../../../src/editor/parameterMemory.ts';

/** What VS Code keeps for a workspace, as JSON. */
function workspaceState() {
  const kept = new Map<string, string>();
  return {
    get: (key: string): unknown => (kept.has(key) ? (JSON.parse(kept.get(key)!) as unknown) : undefined),
    update: (key: string, value: unknown) => {
      kept.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
    kept,
  };
}

const file = 'file:///work/a.sql';
const sql = 'SELECT * FROM t WHERE a = :a AND b = $1';

describe('ParameterMemory', () => {
  it('gives back the values of the statement, NULL and the empty text apart', async () => {
    const state = workspaceState();
    await new ParameterMemory(state as never).keep(file, sql, { ':a': null, $1: '', ':c': 'x' });
    const again = new ParameterMemory(state as never);
    assert.deepEqual(
      [...again.recall(file, sql, [':a', '$1', ':b'])],
      [
        [':a', null],
        ['$1', ''],
      ],
    );
    assert.deepEqual([...again.recall('file:///work/other.sql', sql, [':a', '$1'])], []);
  });

  it('knows a name from another statement of the file, and a number from none', async () => {
    const memory = new ParameterMemory(workspaceState() as never);
    await memory.keep(file, 'SELECT :a', { ':a': 'old' });
    await memory.keep(file, sql, { ':a': 'new', $1: '1' });
    assert.deepEqual([...memory.recall(file, 'SELECT :a, $1, 2', [':a', '$1'])], [[':a', 'new']]);
    assert.deepEqual([...memory.recall(file, 'SELECT :a', [':a'])], [[':a', 'old']]);
  });

  it('stays small, and takes what it cannot read for nothing', async () => {
    const state = workspaceState();
    const memory = new ParameterMemory(state as never);
    for (let index = 0; index < 320; index++)
      await memory.keep(file, `SELECT :a, ${index}`, { ':a': `${index}`, ':long': 'x'.repeat(20_000) });
    assert.ok([...state.kept.values()].join('').length < 60_000);
    assert.equal(memory.recall(file, 'SELECT :a, 319', [':a', ':long']).size, 1);
    state.kept.set('parameterValues', '[{"source":1}]');
    assert.equal(memory.recall(file, sql, [':a']).size, 0);
  });
});
