/** The table that the benchmarks of results read, 1,000,000 rows × 10 columns, and both ways to it: ours and psql's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../src/database/connect.ts';
import { ReadOnlySql } from '../../src/database/guard.ts';
import { introspect } from '../../src/database/introspect.ts';
import { loadParser } from '../../src/database/parse.ts';
import { parseConnectionUrl } from '../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';

export const rowCount = 1_000_000;

const makeRows = `CREATE TABLE big AS
  SELECT i AS id, i % 1000 AS customer, 'name ' || i AS name, (i * 1.37)::numeric(12,2) AS amount,
         timestamptz '2026-01-01' - i * interval '1 minute' AS created, i % 3 = 0 AS paid, md5(i::text) AS token,
         CASE WHEN i % 10 > 0 THEN 'City ' || i % 100 END AS city, i / 7.0::float8 AS ratio,
         date '2026-01-01' - i % 365 AS due
    FROM generate_series(1, ${rowCount}) AS i`;

export interface MillionRows {
  readonly server: PostgresServer;
  readonly database: Database;
  readonly guarded: (sql: string) => ReadOnlySql;
  /** A directory for files. */
  readonly scratch: string;
  /** For psql: a URL without a password, and the environment that has it. */
  readonly psql: { readonly url: string; readonly env: NodeJS.ProcessEnv };
}

/** Makes the rows, lets `work` measure on them, and removes everything. */
export async function withMillionRows<T>(
  signal: AbortSignal,
  work: (rows: MillionRows) => Promise<T>,
): Promise<T> {
  const server = await startPostgres();
  const scratch = await mkdtemp(join(tmpdir(), 'khipu-bench-'));
  const { profile, password } = parseConnectionUrl(server.url('postgres', 'disable'), 'bench');
  const database = openDatabase(
    { ...profile, rowCap: rowCount, statementTimeoutMs: 600_000 },
    { password: () => Promise.resolve(password) },
  );
  try {
    await server.run(makeRows);
    await server.run('VACUUM ANALYZE big');
    const catalog = await introspect(database, signal);
    const parser = await loadParser();
    return await work({
      server,
      database,
      scratch,
      guarded: (sql) => ReadOnlySql.fromText(parser, catalog, sql),
      psql: {
        url: `postgres://${server.user}@127.0.0.1:${server.port}/postgres`,
        env: { ...process.env, PGPASSWORD: server.password, PSQLRC: '/dev/null' },
      },
    });
  } finally {
    await database.dispose();
    await rm(scratch, { recursive: true, force: true });
    await server.dispose();
  }
}

/**
 * The longest that the event loop was held while `work` ran, in milliseconds: of the processor's time of this thread, so that
 * other programs on the machine do not count.
 */
export async function longestHold<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly heldMs: number }> {
  let heldMs = 0;
  let before = process.threadCpuUsage();
  let isDone = false;
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    heldMs = Math.max(heldMs, (user + system) / 1000);
    before = process.threadCpuUsage();
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const result = await work();
  isDone = true;
  return { result, heldMs };
}
