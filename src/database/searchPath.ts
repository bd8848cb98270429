/** A profile's default schemas, put before the search path that the server has for the role. */
import { quoteIdentifier } from './identifier.ts';
import type { ConnectionProfile } from './profile.ts';

/**
 * Puts the schemas first for the rest of the transaction; `$1` is what `searchPathPrefix` makes, and an empty one changes
 * nothing. A schema that does not exist is passed over by Postgres.
 */
export const searchPathSql = `SELECT pg_catalog.set_config('search_path',
  pg_catalog.concat_ws(', ', NULLIF($1, ''), NULLIF(pg_catalog.current_setting('search_path'), '')), true)`;

/** The default schemas as SQL: `shop, "Old Data"`; empty when there are none. */
export function searchPathPrefix({ defaultSchemas }: Pick<ConnectionProfile, 'defaultSchemas'>): string {
  return defaultSchemas.map(quoteIdentifier).join(', ');
}
