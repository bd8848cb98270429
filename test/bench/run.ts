/** `npm run bench -- NAME [--json]`: runs one benchmark; the last line is JSON, with `--json` the only one on stdout. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './measurement.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const [name = ''] = positionals;
const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((each) =>
  each.isDirectory(),
);
const names = folders.map((folder) => folder.name);
if (!names.includes(name)) throw new Error(`Which benchmark? ${names.join(', ')}`);

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopped.abort(new Error(`Stopped by ${signal}.`)));
const tell = (line: string): void => (values.json === true ? console.error(line) : console.log(line));
const benchmark = (await import(join(import.meta.dirname, name, 'bench.ts'))) as Benchmark;
const { ours, reference, unit } = await benchmark.measure(tell, stopped.signal);
const rounded = (value: number): number => Number(value.toPrecision(4));
const line = {
  name,
  ours: rounded(ours),
  reference: rounded(reference),
  ratio: rounded(ours / reference),
  unit,
};
console.log(JSON.stringify(line));
