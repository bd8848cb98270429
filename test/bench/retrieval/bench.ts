/** Whether the tables and columns that a question needs are found, without a word of the schema that it is about. */
import type { Catalog } from '../../../src/database/catalog.ts';
import { Bm25 } from '../../../src/rag/bm25.ts';
import { contentWords, words } from '../../../src/rag/words.ts';
import { startPostgres } from '../../servers/postgres.ts';
import { quantile, type BenchmarkOptions, type Measurement, type Tell } from '../measurement.ts';
import { productPath, type ProductPath } from '../productPath.ts';
import { readFiles, type MeasuredQuestion } from './questionFile.ts';
import { depths, lastPlace, mean, recallAt, scoreOf, type Score } from './scores.ts';

const database = 'measured';
const worstTold = 10;

/**
 * Ours are the questions of which a table is not among the first ten; the reference is plain BM25 over names.
 * @throws when a file cannot be read, a question cannot be retrieved for, or it is interrupted
 */
export async function measure(
  tell: Tell,
  signal: AbortSignal,
  options: BenchmarkOptions,
): Promise<Measurement> {
  const { sql, questions } = readFiles(options);
  const server = await startPostgres(['-c', 'max_locks_per_transaction=4000']);
  try {
    await server.run(`CREATE DATABASE ${database}`);
    await server.run(sql, database);
    const path = await productPath(server, database, signal);
    try {
      const { added, engine, ms, notice } = await path.index(signal);
      if (engine !== 'lancedb') throw new Error(`LanceDB does not answer: ${notice ?? '?'}`);
      tell(`${added} tables indexed in ${ms.toFixed()} ms`);
      return summarised(
        await scores(path, questions, options, signal),
        questions,
        path.connected.catalog,
        tell,
      );
    } finally {
      await path.dispose();
    }
  } finally {
    await server.dispose();
  }
}

async function scores(
  path: ProductPath,
  questions: readonly MeasuredQuestion[],
  { record }: BenchmarkOptions,
  signal: AbortSignal,
): Promise<Score[]> {
  const found: Score[] = [];
  for (const asked of questions) {
    const started = performance.now();
    const retrieval = await path.retrieve(asked.question, signal);
    const ms = performance.now() - started;
    if (retrieval.engine !== 'lancedb') throw new Error(`In memory: ${retrieval.notice ?? '?'}`);
    const score = scoreOf(asked, retrieval, path.connected.catalog, ms);
    record(score);
    found.push(score);
  }
  return found;
}

function summarised(
  found: readonly Score[],
  questions: readonly MeasuredQuestion[],
  catalog: Catalog,
  tell: Tell,
): Measurement {
  const strictAt = (depth: number): number => mean(found.map((score) => (lastPlace(score) <= depth ? 1 : 0)));
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  for (const depth of depths) {
    const recall = mean(found.map((score) => recallAt(score, depth)));
    tell(
      `first ${depth}: ${percent(recall)} of the tables, ${percent(strictAt(depth))} of the questions with all of them`,
    );
  }
  const contextStrict = mean(found.map(({ missingTables }) => (missingTables.length === 0 ? 1 : 0)));
  const columnStrict = mean(
    found.map(({ missingTables, missingColumns }) =>
      missingTables.length === 0 && missingColumns.length === 0 ? 1 : 0,
    ),
  );
  const meanTokens = mean(found.map(({ tokens }) => tokens));
  tell(
    `in the prompt: all tables for ${percent(contextStrict)}, all columns for ${percent(columnStrict)}; ` +
      `${mean(found.map(({ contextTables }) => contextTables)).toFixed(1)} tables, ${meanTokens.toFixed()} tokens`,
  );
  const p95Ms = quantile(
    found.map(({ ms }) => ms),
    0.95,
  );
  tell(`95 of 100 questions within ${p95Ms.toFixed(1)} ms`);
  for (const score of found.toSorted((a, b) => lastPlace(b) - lastPlace(a)).slice(0, worstTold)) {
    tell(
      `  place ${lastPlace(score)}: ${score.question} [${score.tables.join(' ')}] ${score.first.slice(0, 4).join(' ')}`,
    );
  }
  return {
    ours: percentMissed(found.map((score) => lastPlace(score) <= 10)),
    reference: percentMissed(foundByNames(questions, catalog, 10)),
    unit: '% of the questions lacking a table among the first 10',
    extra: {
      ...{ strictAt5: strictAt(5), strictAt10: strictAt(10), strictAt20: strictAt(20) },
      ...{ contextStrict, columnStrict, meanTokens, p95Ms, questions: found.length },
    },
  };
}

function percentMissed(hits: readonly boolean[]): number {
  return 100 * mean(hits.map((hit) => (hit ? 0 : 1)));
}

/** Whether plain full text over the names of tables and columns has all tables among the first so many. */
function foundByNames(questions: readonly MeasuredQuestion[], catalog: Catalog, depth: number): boolean[] {
  const index = new Bm25();
  for (const { schema, name, columns } of catalog.relations) {
    const names = [schema, name, ...columns.map((column) => column.name)];
    index.add(`${schema}.${name}`, names.flatMap(words).join(' '));
  }
  return questions.map(({ question, tables }) => {
    const first = new Set(index.rank(contentWords(question), depth));
    return tables.every((table) => first.has(table));
  });
}
