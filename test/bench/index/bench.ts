/** How long the index of 1,000 and of 10,000 tables takes to make, and to find that nothing has changed, beside LanceDB alone. */
import { connect } from '@lancedb/lancedb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuiltinEmbedder } from '../../../src/models/builtinEmbedder.ts';
import type { Catalog } from '../../../src/database/catalog.ts';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { createKnowledge, type Knowledge } from '../../../src/rag/knowledge.ts';
import { manyTables, vectorsPath, workerEntry } from '../manyTables.ts';
import type { Measurement, Tell } from '../measurement.ts';

interface Times {
  readonly madeMs: number;
  /** In the process that made it, and in a new one, whose start is in it. */
  readonly unchangedMs: number;
  readonly reopenedMs: number;
  /** After one table in a hundred has changed. */
  readonly changedMs: number;
}

/** @throws when LanceDB does not answer, or it is interrupted */
export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  const directory = await mkdtemp(join(tmpdir(), 'khipu-bench-'));
  try {
    const small = await timesOf(1000, join(directory, 'small'), signal);
    tell(`1,000 tables: ${told(small)}`);
    const large = await timesOf(10_000, join(directory, 'large'), signal);
    tell(`10,000 tables: ${told(large)}`);
    const reference = await lanceAlone(10_000, join(directory, 'alone'), signal);
    tell(`10,000 rows embedded and written to LanceDB by one call: ${seconds(reference)}`);
    return {
      ours: large.madeMs,
      reference,
      unit: 'ms',
      extra: {
        ...{ ms1000: small.madeMs, unchanged1000Ms: small.unchangedMs, reopened1000Ms: small.reopenedMs },
        ...{ ms10000: large.madeMs, unchanged10000Ms: large.unchangedMs, reopened10000Ms: large.reopenedMs },
        changed10000Ms: large.changedMs,
      },
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function told({ madeMs, unchangedMs, reopenedMs, changedMs }: Times): string {
  return (
    `made in ${seconds(madeMs)}, unchanged in ${seconds(unchangedMs)}, unchanged in a new process in ${seconds(reopenedMs)}, ` +
    `a hundredth changed in ${seconds(changedMs)}`
  );
}

async function timesOf(count: number, storageDirectory: string, signal: AbortSignal): Promise<Times> {
  const open = (): Knowledge =>
    createKnowledge({ workerEntry, vectorsPath, storageDirectory, log: () => undefined });
  const [catalog, other] = [manyTables(count), manyTables(count, count / 100)];
  const timed = async (knowledge: Knowledge, catalog: Catalog): Promise<number> => {
    const started = performance.now();
    const report = await knowledge.prepare({ databaseKey: 'many', catalog, verified: [] }, signal);
    if (report.engine !== 'lancedb') throw new Error(`In memory: ${report.notice ?? '?'}`);
    return performance.now() - started;
  };
  const first = open();
  const [madeMs, unchangedMs] = [await timed(first, catalog), await timed(first, catalog)];
  await first.dispose();
  const second = open();
  const [reopenedMs, changedMs] = [await timed(second, catalog), await timed(second, other)];
  await second.dispose();
  return { madeMs, unchangedMs, reopenedMs, changedMs };
}

async function lanceAlone(count: number, directory: string, signal: AbortSignal): Promise<number> {
  const { items } = await makeCatalogCards(manyTables(count), signal);
  const embedder = createBuiltinEmbedder(vectorsPath);
  const started = performance.now();
  const vectors = await embedder.embed(
    items.map(({ text }) => text),
    signal,
  );
  const rows = items.map((item, at) => ({ ...item, vector: Array.from(vectors[at] ?? []) }));
  const database = await connect(directory);
  (await database.createTable('items', rows)).close();
  database.close();
  return performance.now() - started;
}
