/** A profile's default schemas, put before the search path that the server has for the role. */
import { quoteIdentifier } from './identifier.ts';
import type { ConnectionProfile } from './profile.ts';
import type { Session, TextStatement } from './session.ts';

/** `$1` are schemas as SQL, separated by commas. */
const searchPathSql = `SELECT pg_catalog.set_config('search_path',
  pg_catalog.concat_ws(', ', $1::text, NULLIF(pg_catalog.current_setting('search_path'), '')), true)`;

type Schemas = Pick<ConnectionProfile, 'defaultSchemas'>;

/**
 * Puts the default schemas first for the rest of the transaction; one that does not exist is passed over by Postgres. The
 * catalog is read under the same path, so that unqualified names mean the same everywhere.
 * @throws KhipuError of the server, or `cancelled`
 */
export async function setSearchPath(session: Session, schemas: Schemas, signal: AbortSignal): Promise<void> {
  for (const statement of searchPathStatements(schemas)) await session.query(statement, signal);
}

/** The statement that does so; none where the profile names no schema. */
export function searchPathStatements({ defaultSchemas }: Schemas): TextStatement[] {
  if (defaultSchemas.length === 0) return [];
  return [{ text: searchPathSql, values: [defaultSchemas.map(quoteIdentifier).join(', ')] }];
}
