/** The statements of test/fixtures/sql/analytical.sql on a real Postgres 18 that has what they speak of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase } from '../../../src/database/connect.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { repository } from '../../host/folders.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const fixtures = join(repository, 'test/fixtures/sql');

/** One statement a line. */
export const analyticalStatements: readonly string[] = readFileSync(join(fixtures, 'analytical.sql'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('-- '));

export interface AnalyticalServer {
  readonly server: PostgresServer;
  readonly catalog: Catalog;
}

export async function startAnalyticalServer(): Promise<AnalyticalServer> {
  const server = await startPostgres();
  await server.run(readFileSync(join(fixtures, 'analytical-schema.sql'), 'utf8'));
  await server.run('ALTER DATABASE postgres SET search_path = shop, public');
  const { profile, password } = parseConnectionUrl(server.url(), 'corpus');
  const database = openDatabase(profile, { password: () => Promise.resolve(password) });
  try {
    return { server, catalog: await introspect(database, new AbortController().signal) };
  } finally {
    await database.dispose();
  }
}
