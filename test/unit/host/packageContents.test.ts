/** What a VSIX may and must hold. */
import assert from 'node:assert/strict';
import { contentFaults } from '../../../scripts/packageContents.ts';

const good = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  'extension/media/icon.svg',
  'extension/dist/extension.cjs',
  'extension/dist/ragWorker.cjs',
  'extension/dist/languageServer.cjs',
  'extension/dist/sampleServer.cjs',
  'extension/dist/webview/results/results.js',
  'extension/dist/vectors.bin',
  'extension/dist/libpg-query.wasm',
  'extension/dist/node_modules/@lancedb/lancedb-linux-x64-gnu/lancedb.linux-x64-gnu.node',
];

describe('the contents of a VSIX', () => {
  it('are fine when every file is expected and none is missing', () => {
    assert.deepEqual(contentFaults(good), { unexpected: [], missing: [], forbidden: [] });
  });

  for (const name of ['extension/src/extension.ts', 'extension/node_modules/pg/index.js', 'extension/.env'])
    it(`may not include ${name}`, () => {
      assert.deepEqual(contentFaults([...good, name]).unexpected, [name]);
    });

  it('may not include maps, even in a folder that is allowed', () => {
    const map = 'extension/dist/webview/results.js.map';
    assert.deepEqual(contentFaults([...good, map]), { unexpected: [], missing: [], forbidden: [map] });
  });

  it('must include the native binary', () => {
    const without = good.filter((name) => !name.endsWith('.node'));
    assert.deepEqual(contentFaults(without).missing, ['extension/dist/node_modules/@lancedb/**/*.node']);
  });
});
