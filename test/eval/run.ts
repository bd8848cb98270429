/**
 * `npm run eval -- --model openai:NAME [--base-url URL] [--questions FILE] [--database DIR] [--out DIR]`: execution accuracy of
 * the product with a model; the last line is JSON. What was answered before is kept in the folder of `--out`, and not asked again.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createModelChain } from '../../src/models/modelChain.ts';
import { parseModelChoice } from '../../src/models/modelChoice.ts';
import { defaultOllamaUrl } from '../../src/models/ollamaModels.ts';
import { readQuestionSet } from '../bench/defog/questionSet.ts';
import { evaluate, evaluated, keyOf, type Evaluated } from './evaluate.ts';
import { report, summarise } from './summary.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    'base-url': { type: 'string' },
    questions: { type: 'string' },
    database: { type: 'string' },
    out: { type: 'string' },
    seconds: { type: 'string', default: '120' },
  },
});
const { model } = values;
if (model === undefined) throw new Error('Which model? --model openai:NAME or ollama:NAME');
const here = process.env['INIT_CWD'] ?? process.cwd();
const path = (named: string | undefined): string | undefined =>
  named === undefined ? undefined : resolve(here, named);
const set = readQuestionSet(path(values.questions), path(values.database));
const out = path(values.out) ?? resolve('.cache', 'eval', model.replace(/[^\w.-]+/g, '-'));
mkdirSync(out, { recursive: true });
const kept = join(out, 'results.jsonl');

/** Of this set only; a line that an end has torn is asked again. */
function readKept(): Evaluated[] {
  if (!existsSync(kept)) return [];
  const keys = new Set(set.questions.map(keyOf));
  return readFileSync(kept, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const read = evaluated.parse(JSON.parse(line));
        return keys.has(read.key) ? [read] : [];
      } catch {
        return [];
      }
    });
}

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () =>
    stopped.abort(new Error(`Stopped by ${signal}; what was answered is kept in ${kept}.`)),
  );

const results = readKept();
const models = createModelChain(
  { first: parseModelChoice(model, values['base-url']), then: [], ollamaUrl: defaultOllamaUrl },
  () => Promise.resolve(process.env['OPENAI_API_KEY'] || undefined),
);
console.log(`${set.questions.length} questions, ${results.length} of them answered before.`);
await evaluate(
  set,
  {
    models,
    done: new Set(results.map(({ key }) => key)),
    secondsEach: Number(values.seconds),
    onResult: (result) => {
      results.push(result);
      appendFileSync(kept, `${JSON.stringify(result)}\n`);
      const mark = result.strict
        ? 'same'
        : result.lenient
          ? 'more'
          : result.outcome === 'answered'
            ? 'other'
            : result.outcome;
      console.log(
        `${String(results.length).padStart(4)} ${mark.padEnd(9)} ${result.database}: ${result.question.replace(/\s+/g, ' ').slice(0, 100)}`,
      );
    },
  },
  stopped.signal,
);
const summary = summarise(results);
writeFileSync(join(out, 'report.md'), report(model, results));
writeFileSync(join(out, 'report.json'), `${JSON.stringify({ model, ...summary, results }, undefined, 2)}\n`);
console.log(`Report: ${join(out, 'report.md')}`);
console.log(
  JSON.stringify(
    Object.fromEntries(
      Object.entries<number>({ ...summary }).map(([key, value]) => [key, Number(value.toPrecision(4))]),
    ),
  ),
);
