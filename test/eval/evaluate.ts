/** Puts each question of a set to the product, runs what comes back, and compares the rows with those of the reference SQL. */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import * as z from 'zod';
import { parseConnectionUrl } from '../../src/database/profile.ts';
import type { Fallback } from '../../src/models/fallback.ts';
import { createParts, type Parts } from '../../src/parts.ts';
import { startTrace, totalUsage } from '../../src/query/trace.ts';
import { contentHash } from '../../src/rag/contentHash.ts';
import { KhipuError, toKhipuError } from '../../src/shared/errors.ts';
import { freshFolder } from '../host/folders.ts';
import type { QuestionSet, SetQuestion } from '../bench/defog/questionSet.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { alternatives } from './alternatives.ts';
import { contains, isOrdered, isSame, type Table } from './compareResults.ts';

/** How one question fared. */
export const evaluated = z.object({
  /** Names the question among those of its set. */
  key: z.string(),
  database: z.string(),
  category: z.string(),
  question: z.string(),
  outcome: z.enum(['answered', 'abstained', 'failed']),
  sql: z.string().optional(),
  /** The same rows as an accepted answer; or at least its columns among others. */
  strict: z.boolean(),
  lenient: z.boolean(),
  /** How often the model had to correct itself. */
  corrections: z.number(),
  error: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  ms: z.number(),
});
export type Evaluated = z.infer<typeof evaluated>;

export interface EvaluationOptions {
  readonly models: Fallback;
  /** Keys of questions that are known already. */
  readonly done: ReadonlySet<string>;
  readonly onResult: (result: Evaluated) => void;
  /** Seconds for one question, all corrections included. */
  readonly secondsEach: number;
}

/** Rows that are compared; a reference of more is cut like the answer. */
const mostRows = 10_000;

export function keyOf({ database, question, gold }: SetQuestion): string {
  return contentHash(database, question, gold);
}

/** @throws Error when a dump or a reference cannot be run; a question that fails is a result */
export async function evaluate(
  { dumps, questions }: QuestionSet,
  options: EvaluationOptions,
  signal: AbortSignal,
): Promise<void> {
  const server = await startPostgres();
  try {
    for (const [database, dump] of dumps) {
      const left = questions.filter((each) => each.database === database && !options.done.has(keyOf(each)));
      if (left.length === 0) continue;
      await server.run(`CREATE DATABASE "${database}"`);
      await server.run(dump, database);
      await evaluateDatabase(server, database, left, options, signal);
    }
  } finally {
    await server.dispose();
  }
}

async function evaluateDatabase(
  server: PostgresServer,
  database: string,
  questions: readonly SetQuestion[],
  options: EvaluationOptions,
  signal: AbortSignal,
): Promise<void> {
  const storage = await freshFolder('eval');
  const { profile, password } = parseConnectionUrl(server.url(database, 'disable'), database);
  const parts = createParts({
    dist: resolve('dist'),
    storage,
    log: () => undefined,
    models: () => options.models,
    profiles: {
      resolve: () => Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } }),
    },
    adjust: (each) => ({ ...each, rowCap: mostRows }),
    onConnectionChange: () => undefined,
  });
  const reference = new pg.Client({ connectionString: server.url(database, 'disable') });
  try {
    await reference.connect();
    await parts.answers.index(await parts.connections.connect(profile.id, signal), signal);
    for (const question of questions) {
      signal.throwIfAborted();
      const late = AbortSignal.timeout(options.secondsEach * 1000);
      options.onResult(await evaluateOne(question, parts, reference, AbortSignal.any([signal, late])));
    }
  } finally {
    await reference.end();
    await parts.dispose();
    await rm(storage, { recursive: true, force: true });
  }
}

async function evaluateOne(
  question: SetQuestion,
  parts: Parts,
  reference: pg.Client,
  signal: AbortSignal,
): Promise<Evaluated> {
  const words =
    question.instructions === '' ? question.question : `${question.question}\n${question.instructions}`;
  const trace = startTrace(words, question.database);
  const started = performance.now();
  const result = (
    more: Pick<Evaluated, 'outcome' | 'strict' | 'lenient'> & Partial<Evaluated>,
  ): Evaluated => ({
    key: keyOf(question),
    database: question.database,
    category: question.category,
    question: question.question,
    corrections: Math.max(0, trace.exchanges.length - 1),
    ms: performance.now() - started,
    ...totalUsage(trace),
    ...more,
  });
  const wrong = { strict: false, lenient: false };
  try {
    const connected = await parts.connections.connect(question.database, signal);
    const answer = await parts.answers.ask({ question: words }, connected, trace, () => undefined, signal);
    if ('clarification' in answer)
      return result({ outcome: 'abstained', ...wrong, error: answer.clarification });
    if (!('rows' in answer)) throw new Error('There is no limit on the cost.');
    const rows = await answer.rows.page(0, mostRows, signal);
    const columns = answer.rows.columns.map(({ name }) => name);
    await answer.rows.close();
    const verdict = await compare(question, { columns, rows }, reference);
    return result({ outcome: 'answered', sql: answer.header.sql, ...verdict });
  } catch (thrown) {
    if (thrown instanceof BrokenReference) throw thrown;
    const error = toKhipuError(thrown);
    return result({
      outcome: 'failed',
      ...wrong,
      sql: error.detail.sql,
      error: `${error.kind}: ${error.message}`,
    });
  }
}

/** The set itself is broken: no result of the product. */
class BrokenReference extends KhipuError {}

async function compare(
  { gold, category, question }: SetQuestion,
  got: Table,
  reference: pg.Client,
): Promise<{ strict: boolean; lenient: boolean }> {
  const ordered = isOrdered(category, question);
  let lenient = false;
  for (const sql of alternatives(gold)) {
    const table = await run(sql, reference);
    if (isSame(table, got, ordered)) return { strict: true, lenient: true };
    lenient ||= contains(table, got, ordered);
  }
  return { strict: false, lenient };
}

async function run(sql: string, reference: pg.Client): Promise<Table> {
  try {
    const { fields, rows } = await reference.query<(string | null)[]>({
      text: sql,
      rowMode: 'array',
      types: { getTypeParser: () => String },
    });
    return { columns: fields.map(({ name }) => name), rows: rows.slice(0, mostRows) };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BrokenReference('invalid-input', `The reference does not run: ${why}\n${sql}`);
  }
}
