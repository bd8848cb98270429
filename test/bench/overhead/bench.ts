/** What Khipu itself adds to the time of a model: from the question to the first rows, on the sample and on 10,000 tables. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { createModelChain } from '../../../src/models/modelChain.ts';
import { createParts, type Parts } from '../../../src/parts.ts';
import { startTrace } from '../../../src/query/trace.ts';
import { sampleProfileId } from '../../../src/sample/profileId.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { manyQuestions, manyTables } from '../manyTables.ts';
import { median, quantile, type Measurement, type Tell } from '../measurement.ts';

const tables = 10_000;
const questionsEach = 100;
/** Questions that warm caches up, and are not counted. */
const uncounted = 5;
/** What the 95th of 100 questions may take, in milliseconds. */
const allowedMs = 150;

/**
 * Ours is the 95th of 100 questions on 10,000 tables, without the time of the model; the reference is what is allowed.
 * @throws when a question fails, or it is interrupted
 */
export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  // An instant model: it counts the rows of the first table that it is shown.
  const model = await startOpenAiServer({
    models: ['instant'],
    reply: ({ messages }) => {
      const table = /^TABLE ([^\s(]+)/m.exec(messages.at(-1)?.content ?? '')?.[1] ?? 'pg_class';
      const sql = `SELECT count(*) AS rows FROM ${table}`;
      return JSON.stringify({ sql, explanation: '', assumptions: [], clarification: null });
    },
  });
  const server = await startPostgres(['-c', 'max_locks_per_transaction=4000']);
  const storage = await mkdtemp(join(tmpdir(), 'khipu-bench-'));
  try {
    const catalog = manyTables(tables);
    await makeTables(server, catalog);
    const questions = manyQuestions(catalog, questionsEach + uncounted);
    // The first start of all loads the sample's data, and keeps them.
    const first = partsOver(server, model.url, storage);
    await first.connections.connect(sampleProfileId, signal).finally(() => first.dispose());
    const started = performance.now();
    const parts = partsOver(server, model.url, storage);
    try {
      await answerMs(parts, sampleProfileId, 'Show me anything about our parcels', signal);
      const coldMs = performance.now() - started;
      tell(`from a cold start to the first rows of the sample: ${coldMs.toFixed()} ms`);
      const sample = await timesOf(
        parts,
        sampleProfileId,
        questions.map((each, at) => `${each} ${at}`),
        signal,
      );
      const many = await timesOf(parts, 'many', questions, signal);
      for (const [name, times] of [
        ['the sample', sample],
        [`${tables} tables`, many],
      ] as const)
        tell(
          `${name}: half of the questions within ${median(times).toFixed(1)} ms, 95 of 100 within ${quantile(times, 0.95).toFixed(1)} ms`,
        );
      const extra = {
        ...{ sampleP50Ms: median(sample), sampleP95Ms: quantile(sample, 0.95) },
        ...{ manyP50Ms: median(many), manyP95Ms: quantile(many, 0.95), coldMs },
      };
      return { ours: quantile(many, 0.95), reference: allowedMs, unit: 'ms', extra };
    } finally {
      await parts.dispose();
    }
  } finally {
    await Promise.all([model.close(), server.dispose()]);
    await rm(storage, { recursive: true, force: true });
  }
}

async function makeTables(
  server: PostgresServer,
  { relations }: ReturnType<typeof manyTables>,
): Promise<void> {
  const schemas = new Set(relations.map(({ schema }) => schema));
  await server.run([...schemas].map((schema) => `CREATE SCHEMA ${schema};`).join('\n'));
  const statements = relations.map(({ schema, name, columns }) => {
    const names = [...new Set(columns.map((column) => column.name))];
    return `CREATE TABLE ${schema}.${name} (${names.map((each) => `"${each}" text`).join(', ')});`;
  });
  const each = 500;
  for (let from = 0; from < statements.length; from += each)
    await server.run(statements.slice(from, from + each).join('\n'));
}

function partsOver(server: PostgresServer, modelUrl: string, storage: string): Parts {
  const { profile, password } = parseConnectionUrl(server.url('postgres', 'disable'), 'many');
  const first = { provider: 'openai', name: 'instant', baseUrl: modelUrl } as const;
  return createParts({
    dist: resolve('dist'),
    storage,
    log: () => undefined,
    models: () => createModelChain({ first, then: [], ollamaUrl: '' }, () => Promise.resolve('sk-bench')),
    profiles: {
      resolve: () => Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } }),
    },
    onConnectionChange: () => undefined,
  });
}

async function timesOf(
  parts: Parts,
  id: string,
  questions: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  await parts.answers.index(await parts.connections.connect(id, signal), signal);
  const times: number[] = [];
  for (const question of questions) times.push(await answerMs(parts, id, question, signal));
  return times.slice(uncounted);
}

/** From the question to its first rows, without the time of the model. */
async function answerMs(parts: Parts, id: string, question: string, signal: AbortSignal): Promise<number> {
  const trace = startTrace(question, id);
  const started = performance.now();
  const connected = await parts.connections.connect(id, signal);
  const answer = await parts.answers.ask({ question }, connected, trace, () => undefined, signal);
  const ms = performance.now() - started;
  if (!('rows' in answer)) throw new Error('It was not answered with rows.');
  await answer.rows.close();
  return ms - (trace.timings.model ?? 0);
}
