import assert from 'node:assert/strict';
import { withFile, withoutDeleted, withRenamed } from '../../../src/editor/fileConnectionMap.ts';

describe('connections of files', () => {
  const map = { 'file:///w/a.sql': 'one', 'file:///w/sub/b.sql': 'two', 'file:///w/subs.sql': 'three' };

  it('are set, replaced and forgotten one by one', () => {
    assert.equal(withFile(map, 'file:///w/a.sql', 'four')['file:///w/a.sql'], 'four');
    assert.deepEqual(withFile({ x: 'one' }, 'x', undefined), {});
  });

  it('follow a file, or a folder with all that is in it, and nothing that is only named alike', () => {
    assert.deepEqual(withRenamed(map, 'file:///w/sub', 'file:///w/new'), {
      'file:///w/a.sql': 'one',
      'file:///w/new/b.sql': 'two',
      'file:///w/subs.sql': 'three',
    });
    assert.equal(withRenamed(map, 'file:///w/a.sql', 'file:///w/z.sql')['file:///w/z.sql'], 'one');
  });

  it('go with what is deleted', () => {
    assert.deepEqual(Object.values(withoutDeleted(map, 'file:///w/sub')), ['one', 'three']);
    assert.deepEqual(Object.values(withoutDeleted(map, 'file:///w/subs.sql')), ['one', 'two']);
  });
});
