/**
 * How a change of the catalog is noticed cheaply: one query with a checksum for each of Postgres's own tables that parts are
 * read from. A row that is added or replaced carries the number of the transaction that did it (`xmin`), so that the count
 * of rows and a sum over hashed xmins change with any change; ANALYZE writes in place and has checksums of its own.
 */
import { ofUser } from './catalogPart.ts';

const relationKinds = `c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S', 'i', 'I')`;
const userRelations = `SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE ${relationKinds} AND ${ofUser}`;

function versions(from: string): string {
  return `SELECT count(*) || ' ' || COALESCE(sum(pg_catalog.hashtext(x.xmin::text)), 0) FROM pg_catalog.${from}`;
}

/** A checksum of what others print of an object: its name, as it has to be written now. */
function printed(name: string, from: string): string {
  return `SELECT count(*) || ' ' || COALESCE(sum(pg_catalog.hashtext(${name})), 0) FROM ${from}`;
}

/** Objects of a kind that columns, defaults, checks and policies mention by name: a renaming changes their text, not their rows. */
function mentioned(catalog: string): string {
  return `SELECT DISTINCT d.refobjid FROM pg_catalog.pg_depend d
   WHERE d.refclassid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.deptype = 'n'`;
}

const sources = {
  /** Who looks, and what unqualified names mean to them. */
  session: `SELECT pg_catalog.concat_ws(' ', pg_catalog.current_database(), current_user,
    pg_catalog.current_setting('server_version_num'), pg_catalog.current_schemas(true))`,
  namespaces: versions(
    `pg_namespace x WHERE x.oid IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE ${ofUser})`,
  ),
  relations: versions(`pg_class x WHERE x.oid IN (${userRelations})`),
  /** Row estimates and pages, rewritten in place by ANALYZE and VACUUM. */
  statistics: `SELECT count(*) || ' ' || COALESCE(sum(pg_catalog.hashint8((c.reltuples * 31)::int8 + c.relpages + c.oid::int8)), 0)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${relationKinds} AND ${ofUser}`,
  sequenceNames: printed(`x.oid::pg_catalog.regclass::text`, `pg_catalog.pg_class x WHERE x.relkind = 'S'`),
  columns: versions(`pg_attribute x WHERE x.attnum > 0 AND x.attrelid IN (${userRelations})`),
  defaults: versions(`pg_attrdef x`),
  mentionedTypes: printed(
    `pg_catalog.format_type(x.oid, NULL)`,
    `pg_catalog.pg_type x WHERE x.oid IN (${mentioned('pg_type')})`,
  ),
  mentionedFunctions: printed(
    `x.oid::pg_catalog.regproc::text`,
    `pg_catalog.pg_proc x WHERE x.oid IN (${mentioned('pg_proc')})`,
  ),
  mentionedCollations: versions(`pg_collation x WHERE x.oid IN (${mentioned('pg_collation')})`),
  constraints: versions(`pg_constraint x`),
  indexes: versions(`pg_index x`),
  inheritance: versions(`pg_inherits x`),
  triggers: versions(`pg_trigger x`),
  policies: versions(`pg_policy x`),
  rules: versions(`pg_rewrite x`),
  foreignTables: versions(`pg_foreign_table x`),
  foreignServers: versions(`pg_foreign_server x`),
  functions: versions(`pg_proc x`),
  operators: versions(`pg_operator x`),
  casts: versions(`pg_cast x`),
  /** But for the row types and arrays that come with each table. */
  types: versions(`pg_type x WHERE x.typtype NOT IN ('c', 'p') AND x.typelem = 0`),
  enumValues: versions(`pg_enum x`),
  sequences: versions(`pg_sequence x`),
  extensions: versions(`pg_extension x`),
  comments: versions(`pg_description x`),
  roles: `SELECT count(*) || ' ' || COALESCE(sum(pg_catalog.hashtext(pg_catalog.concat_ws(' ', r.oid, r.rolname, r.rolcanlogin, r.rolsuper))), 0)
    FROM pg_catalog.pg_roles r`,
  memberships: versions(`pg_auth_members x`),
} as const;
export type CatalogSource = keyof typeof sources;

export const catalogSources = Object.keys(sources) as CatalogSource[];

/** One row with the checksums of these sources, in this order. */
export function checksumsSql(of: readonly CatalogSource[]): string {
  return `SELECT ${of.map((source) => `(${sources[source]})`).join(',\n  ')}`;
}
