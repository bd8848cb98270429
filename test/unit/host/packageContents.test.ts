/** What a VSIX may and must hold. */
import assert from 'node:assert/strict';
import { contentFaults } from '../../../scripts/packageContents.ts';

const good = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/media/khipu.svg',
  'extension/dist/extension.cjs',
  'extension/dist/lazy.pg-ABCDEFGH.cjs',
  'extension/dist/languageServer.cjs',
  'extension/dist/glossaryWorker.cjs',
  'extension/schemas/khipu.schema.json',
  'extension/dist/sshKeyWorker.cjs',
  'extension/dist/documentReader.cjs',
  'extension/dist/ragWorker.cjs',
  'extension/dist/sampleServer.mjs',
  'extension/dist/lancedb.linux-x64-gnu.node',
  'extension/dist/libpg-query.wasm',
  'extension/dist/pglite.wasm',
  'extension/dist/initdb.wasm',
  'extension/dist/pglite.data',
  'extension/dist/vectors.bin',
  'extension/dist/sample/schema.sql',
  'extension/dist/sample/data.sql',
  'extension/dist/sample/verified.sql',
  'extension/dist/webview/charts.js',
  'extension/dist/webview/main.js',
  'extension/dist/webview/main.css',
];

describe('the contents of a VSIX', () => {
  it('are fine when every file is expected and none is missing', () => {
    assert.deepEqual(contentFaults(good), { unexpected: [], missing: [], forbidden: [] });
  });

  for (const name of [
    'extension/src/extension.ts',
    'extension/node_modules/pg/index.js',
    'extension/.env',
    'extension/dist/headless.cjs',
  ])
    it(`may not include ${name}`, () => {
      assert.deepEqual(contentFaults([...good, name]).unexpected, [name]);
    });

  it('may not include maps, even in a folder that is allowed', () => {
    const map = 'extension/media/icon.svg.map';
    assert.deepEqual(contentFaults([...good, map]).forbidden, [map]);
  });

  it('must include the native binary', () => {
    const without = good.filter((name) => !name.endsWith('.node'));
    assert.deepEqual(contentFaults(without).missing, ['extension/dist/lancedb.*.node']);
  });
});
