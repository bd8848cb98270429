/** The one quoter of identifiers: what may stand in SQL where no parameter can. */
import { KhipuError } from '../shared/errors.ts';

/** Words that Postgres 18 reserves, fully or for functions and types: they are names only in quotes (manual, appendix C). */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
   concurrently constraint create cross current_catalog current_date current_role current_schema current_time
   current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
   full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
   localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right
   select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using
   variadic verbose when where window with`.split(/\s+/),
);

/**
 * Writes a name as SQL: bare where Postgres would read it back unchanged, in double quotes otherwise.
 * @throws KhipuError `invalid-input` for what no name can be: empty, or with a NUL
 */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0'))
    throw new KhipuError('invalid-input', 'That cannot be a name in Postgres.');
  const bare = /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name);
  return bare ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `schema.name` as SQL. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
