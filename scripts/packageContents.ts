/** What a VSIX of Khipu holds: every file must match a pattern, and every pattern a file. */
import { matchesGlob } from 'node:path';

/** Globs over the paths in the VSIX. `extension/` is the extension's folder; vsce lowers the case of README and its kin. */
const allowed: readonly string[] = [
  '[[]Content_Types[]].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/{readme,changelog}.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/media/*.svg',
  'extension/schemas/khipu.schema.json',
  'extension/dist/{documentReader,extension,glossaryWorker,languageServer,ragWorker,sshKeyWorker}.cjs',
  'extension/dist/lazy.*.cjs',
  'extension/dist/sampleServer.mjs',
  'extension/dist/lancedb.*.node',
  'extension/dist/{libpg-query,pglite,initdb}.wasm',
  'extension/dist/pglite.data',
  'extension/dist/vectors.bin',
  'extension/dist/sample/{schema,data,verified}.sql',
  'extension/dist/webview/{main,charts}.js',
  'extension/dist/webview/main.css',
];

/** These must be there, whatever else is. */
const required: readonly string[] = [
  'extension/package.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/media/khipu.svg',
  'extension/dist/extension.cjs',
  'extension/dist/lazy.*.cjs',
  'extension/schemas/khipu.schema.json',
  'extension/dist/glossaryWorker.cjs',
  'extension/dist/languageServer.cjs',
  'extension/dist/sshKeyWorker.cjs',
  'extension/dist/ragWorker.cjs',
  'extension/dist/documentReader.cjs',
  'extension/dist/sampleServer.mjs',
  'extension/dist/lancedb.*.node',
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

/** Never, even where a pattern above would allow it: sources, maps, tests, secrets. */
const forbidden: readonly string[] = [
  '**/*.map',
  '**/*.{ts,mts,cts}',
  '**/.env*',
  '**/test/**',
  '**/*.tsbuildinfo',
];

/** Three lists of faults, all empty when the VSIX is as it should be. */
interface ContentFaults {
  readonly unexpected: readonly string[];
  readonly missing: readonly string[];
  readonly forbidden: readonly string[];
}

/** @param names paths in the VSIX, with `/` */
export function contentFaults(names: readonly string[]): ContentFaults {
  const matches = (name: string, patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesGlob(name, pattern));
  return {
    unexpected: names.filter((name) => !matches(name, allowed)),
    missing: required.filter((pattern) => !names.some((name) => matchesGlob(name, pattern))),
    forbidden: names.filter((name) => matches(name, forbidden)),
  };
}
