/** What the tests of exports and faults share: a server, a guarded way to it, and the files that exports leave. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import type { ConnectContext } from '../../../src/database/connectContext.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl, type ConnectionProfile } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

export const signal = new AbortController().signal;

export interface Arena {
  readonly server: PostgresServer;
  readonly database: Database;
  readonly guarded: (sql: string) => ReadOnlySql;
  /** A directory of its own for files. */
  readonly folder: string;
  files(): Promise<string[]>;
  /** Another pool to the same server; the arena disposes it. */
  open(profile: Partial<ConnectionProfile>, context?: Partial<ConnectContext>): Database;
  /** Connections of Khipu's: those in a transaction or at work, or all. */
  connections(which: 'busy' | 'all'): Promise<number>;
  dispose(): Promise<void>;
}

/** @param setup SQL run as superuser first */
export async function openArena(setup: string, flags: readonly string[] = []): Promise<Arena> {
  const server = await startPostgres(flags);
  const folder = await mkdtemp(join(tmpdir(), 'khipu-export-'));
  const opened: Database[] = [];
  const open: Arena['open'] = (given, context = {}) => {
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    const password$ = (): Promise<string | undefined> => Promise.resolve(password);
    const database = openDatabase(
      { ...profile, tls: 'disable', ...given },
      { password: password$, ...context },
    );
    opened.push(database);
    return database;
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.dispose()));
    await server.dispose();
    await rm(folder, { recursive: true });
  };
  try {
    await server.run(setup);
    const database = open({});
    const catalog = await introspect(database, signal);
    const parser = await loadParser();
    return {
      server,
      database,
      folder,
      open,
      dispose,
      guarded: (sql) => ReadOnlySql.fromText(parser, catalog, sql),
      files: () => readdir(folder),
      async connections(which) {
        const condition = which === 'busy' ? `AND state <> 'idle'` : '';
        const result = await server.run(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' ${condition}`,
        );
        if (Array.isArray(result)) throw new Error('One result was expected.');
        return (result.rows as { n: number }[])[0]?.n ?? -1;
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Asks until the number is right; the test's own time limit ends it otherwise. */
export async function until(count: () => Promise<number>, wanted: number): Promise<void> {
  while ((await count()) !== wanted) continue;
}
