/**
 * `npm run bench -- NAME [--json] [--schema FILE] [--questions FILE] [--database DIR]`: runs one benchmark; the last line is JSON. With `--json`
 * there is nothing else on stdout but JSON.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './measurement.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    schema: { type: 'string' },
    questions: { type: 'string' },
    database: { type: 'string' },
  },
});
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
const { ours, reference, unit, extra } = await benchmark.measure(tell, stopped.signal, {
  schema: values.schema,
  questions: values.questions,
  database: values.database,
  record: (each) => {
    if (values.json === true) console.log(JSON.stringify(each));
  },
});
const rounded = (value: number): number => Number(value.toPrecision(4));
const line = {
  name,
  ours: rounded(ours),
  reference: rounded(reference),
  ratio: rounded(ours / reference),
  unit,
  ...Object.fromEntries(Object.entries(extra ?? {}).map(([key, value]) => [key, rounded(value)])),
};
console.log(JSON.stringify(line));
