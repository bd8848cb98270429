/** Holds the names in a glossary against the catalog and the connections that there are. */
import { qualified, type Catalog } from '../database/catalog.ts';
import { catalogLookup, readName } from '../database/catalogLookup.ts';
import { resolvePlace } from '../rag/glossaryPlaces.ts';
import type { GlossaryReference } from '../rag/glossaryReferences.ts';
import { hiddenBy } from '../rag/hiddenTables.ts';
import { inSlices } from '../rag/slices.ts';
import { nearNames } from './nearNames.ts';

export interface GlossaryWarning {
  readonly message: string;
  /** UTF-16 offsets in the text. */
  readonly start: number;
  readonly end: number;
}

/** What the names are held against. */
export interface KnownNames {
  /** Without it only connections are looked up. */
  readonly catalog: Catalog | undefined;
  /** Name of the connection whose catalog it is. */
  readonly connection: string;
  readonly connections: readonly string[];
}

/** Warnings told of: who has more has the wrong connection in use. */
const mostWarnings = 100;

/**
 * Names that there are none of, each with those that are near. In slices: a name is compared with every name of its schema.
 * @throws KhipuError `cancelled`
 */
export async function unknownNames(
  references: readonly GlossaryReference[],
  known: KnownNames,
  signal: AbortSignal,
): Promise<GlossaryWarning[]> {
  const patterns = references.filter(({ what }) => what === 'pattern').map(({ name }) => name);
  const isHidden = hiddenBy(patterns);
  const warnings: GlossaryWarning[] = [];
  const look = (reference: GlossaryReference): void => {
    if (warnings.length >= mostWarnings) return;
    const message = warningOn(reference, known, isHidden);
    if (message !== undefined) warnings.push({ message, start: reference.start, end: reference.end });
  };
  await inSlices(references, look, signal);
  return warnings;
}

function warningOn(
  { name, what }: GlossaryReference,
  known: KnownNames,
  isHidden: (schema: string, table: string) => boolean,
): string | undefined {
  const { catalog, connection, connections } = known;
  if (what === 'connection')
    return connections.includes(name)
      ? undefined
      : `There is no connection “${name}”.${near(name, connections)}`;
  if (catalog === undefined) return undefined;
  if (what === 'pattern') return hidesNothing(name, catalog, connection);
  const place = resolvePlace(catalog, name);
  if (place === undefined) return missing(name, catalog, connection);
  if (what === 'column' && place.column === undefined)
    return `“${name}” is a table; a join needs a column of it: ${name}.${place.relation.columns[0]?.name ?? 'id'}.`;
  return isHidden(place.relation.schema, place.relation.name)
    ? `“${name}” is hidden by this file, so no model is told of it.`
    : undefined;
}

function hidesNothing(pattern: string, catalog: Catalog, connection: string): string | undefined {
  const isHidden = hiddenBy([pattern]);
  if (catalog.relations.some(({ schema, name }) => isHidden(schema, name))) return undefined;
  return `“${pattern}” hides nothing in ${connection}.${told(nearTables(catalog, pattern.split('.')))}`;
}

/** Of `shop.orders.stat` the table is there, and the column is near to another one. */
function missing(name: string, catalog: Catalog, connection: string): string {
  const parts = readName(name) ?? name.split('.');
  const table =
    parts.length > 1 ? resolvePlace(catalog, parts.slice(0, -1).map(quoted).join('.')) : undefined;
  if (table !== undefined && table.column === undefined) {
    const { schema, name: relation, columns } = table.relation;
    const id = qualified(schema, relation);
    const candidates = nearNames(
      parts.at(-1) ?? '',
      columns.map((column) => column.name),
    );
    return `${id} has no column “${parts.at(-1) ?? ''}” in ${connection}.${told(candidates.map((each) => `${id}.${each}`))}`;
  }
  const named = catalogLookup(catalog).relationsNamed.get(parts.at(-1) ?? '') ?? [];
  const elsewhere = named.map((each) => qualified(each.schema, each.name));
  const tables = [...new Set([...elsewhere, ...nearTables(catalog, parts)])].slice(0, 3);
  const candidates = tables.map((table) => withColumn(catalog, table, parts));
  return `There is no table or column “${name}” in ${connection}.${told(candidates)}`;
}

/** Of `shop.customer.id` not only the table is near, where it has that column. */
function withColumn(catalog: Catalog, table: string, parts: readonly string[]): string {
  const column = parts.length === 3 ? `${table}.${parts[2] ?? ''}` : table;
  return resolvePlace(catalog, column) === undefined ? table : column;
}

function quoted(part: string): string {
  return `"${part.replaceAll('"', '""')}"`;
}

/** Near by name in the schema that is meant, or else anywhere. */
function nearTables({ relations }: Catalog, parts: readonly string[]): string[] {
  const [schema = '', name = schema] = parts;
  const within = relations.filter((each) => parts.length === 1 || each.schema === schema);
  const meant = within.length > 0 ? within : relations;
  const near = nearNames(name, new Set(meant.map((each) => each.name)));
  return near.flatMap((each) =>
    meant
      .filter((relation) => relation.name === each)
      .map((relation) => qualified(relation.schema, relation.name)),
  );
}

function near(name: string, names: readonly string[]): string {
  return told(nearNames(name, names));
}

function told(candidates: readonly string[]): string {
  return candidates.length === 0 ? '' : ` Did you mean ${candidates.join(' or ')}?`;
}
