// `npm run ask`: builds what is missing or older than its sources, silently, then asks. Stdout belongs to the answer.
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';

const built = statSync('dist/headless.cjs', { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = ['package-lock.json', 'esbuild.mjs', ...globSync('src/**/*.{ts,sql}')];
const isStale = sources.some((source) => statSync(source).mtimeMs > built);

/** @param {string[]} args @param {'inherit' | 'ignore'} out */
function run(args, out) {
  const { status } = spawnSync(process.execPath, args, { stdio: ['inherit', out, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

if (isStale || !statSync('dist/vectors.bin', { throwIfNoEntry: false })) {
  run(['scripts/buildVectors.mjs'], 'ignore');
  run(['esbuild.mjs'], 'ignore');
}
run(['dist/headless.cjs', ...process.argv.slice(2)], 'inherit');
