/** What the sample's tests share: the real child process, a client of it, and where its files lie. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  createSampleDatabase,
  type SampleAddress,
  type SampleDatabase,
} from '../../../src/sample/sampleDatabase.ts';

export const sqlDirectory = join(import.meta.dirname, '../../../src/sample');
const entry = join(sqlDirectory, 'server.ts');

export const never = new AbortController().signal;

export function makeCacheDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'khipu-sample-cache-'));
}

/** The sample with its log kept, so that a test can look at it. */
export function sampleWithLog(
  cacheDirectory: string,
  more: { entry?: string; sqlDirectory?: string; onDidStop?: (how: string) => void } = {},
): { sample: SampleDatabase; log: string[] } {
  const log: string[] = [];
  return {
    sample: createSampleDatabase({
      entry,
      sqlDirectory,
      cacheDirectory,
      log: (line) => log.push(line),
      ...more,
    }),
    log,
  };
}

export async function connectTo({ host, port, database, user }: SampleAddress): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, user });
  client.on('error', () => undefined); // a killed server; the tests look at the queries
  await client.connect();
  return client;
}

/** A checksum of all rows of each table, partitions and the materialised view included. */
export async function checksums(client: pg.Client): Promise<Record<string, string>> {
  const relations = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('shop', 'hr') AND c.relkind IN ('r', 'p', 'm') ORDER BY 1`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of relations.rows) {
    const sum = await client.query<{ sum: string }>(
      `SELECT count(*) || ':' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS sum FROM ${name} AS t`,
    );
    sums[name] = sum.rows[0]!.sum;
  }
  return sums;
}
