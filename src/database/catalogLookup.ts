/** Names of a catalog, found by the rules that Postgres has for them: the case of letters, and the search path. */
import { qualified, type Catalog, type Relation, type Routine } from './catalog.ts';

/** A catalog's things by name, made once for each catalog. */
export interface CatalogLookup {
  /** A relation by its exact name; without a schema, the first that the search path leads to. */
  readonly relation: (schema: string | undefined, name: string) => Relation | undefined;
  /** Relations by name, whatever their schema. */
  readonly relationsNamed: ReadonlyMap<string, readonly Relation[]>;
  readonly relationsIn: ReadonlyMap<string, readonly Relation[]>;
  /** Partitions, and tables that inherit, by the `schema.name` of their parent. */
  readonly partsOf: ReadonlyMap<string, readonly Relation[]>;
  readonly routinesNamed: ReadonlyMap<string, readonly Routine[]>;
  readonly routinesIn: ReadonlyMap<string, readonly Routine[]>;
}

/** A memo, no state: a catalog never changes, so neither does what is made of it. */
const lookups = new WeakMap<Catalog, CatalogLookup>();

export function catalogLookup(catalog: Catalog): CatalogLookup {
  const known = lookups.get(catalog);
  if (known !== undefined) return known;
  const made = makeLookup(catalog);
  lookups.set(catalog, made);
  return made;
}

function makeLookup(catalog: Catalog): CatalogLookup {
  const byFullName = new Map(catalog.relations.map((each) => [qualified(each.schema, each.name), each]));
  const parts = catalog.relations.flatMap((part) => {
    const parents = part.partitionOf === undefined ? (part.inherits ?? []) : [part.partitionOf];
    return parents.map((parent) => ({ parent, part }));
  });
  const hiding = hidingNames(catalog);
  return {
    relation: (schema, name) => {
      if (schema !== undefined) return byFullName.get(qualified(schema, name));
      // Sequences and types share these names, and so do the system's own tables: the first of any kind is it.
      const first = catalog.searchPath
        .map((each) => qualified(each, name))
        .find((each) => byFullName.has(each) || hiding.has(each));
      return first === undefined ? undefined : byFullName.get(first);
    },
    relationsNamed: grouped(catalog.relations, ({ name }) => name),
    relationsIn: grouped(catalog.relations, ({ schema }) => schema),
    partsOf: new Map(
      [...grouped(parts, ({ parent }) => parent)].map(([key, of]) => [key, of.map(({ part }) => part)]),
    ),
    routinesNamed: grouped(catalog.routines, ({ name }) => name),
    routinesIn: grouped(catalog.routines, ({ schema }) => schema),
  };
}

/** What stands in pg_class beside the user's relations. */
function hidingNames({
  systemRelations,
  sequences = [],
  types = [],
  hiddenRelations = new Set(),
}: Catalog): Set<string> {
  const composites = types.filter(({ kind }) => kind === 'composite');
  return new Set([
    ...systemRelations.keys(),
    ...hiddenRelations,
    ...[...sequences, ...composites].map(({ schema, name }) => qualified(schema, name)),
  ]);
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * A relation by its name as SQL writes it: `orders`, `Shop.Orders`, `"Order Notes"`, `shop."Order Notes"`, `db.shop.orders`.
 * @returns undefined also for a text that is no name, or one of another database
 */
export function findWritten(catalog: Catalog, written: string): Relation | undefined {
  const names = readName(written);
  const [name, schema, database] = [...(names ?? [])].reverse();
  if (name === undefined || (names?.length ?? 0) > 3) return undefined;
  if (database !== undefined && database !== catalog.database) return undefined;
  return catalogLookup(catalog).relation(schema, name);
}

/** NAMEDATALEN - 1: longer names are cut, in quotes or not. */
const longestName = 63;
const part = /\s*(?:"((?:[^"\0]|"")+)"|([\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*))\s*(\.|$)/uy;

/**
 * The parts of a name as SQL writes it. Outside of quotes only A to Z lose their case, as in any database in UTF-8.
 * @returns undefined for a text that is no name
 */
export function readName(written: string): string[] | undefined {
  const names: string[] = [];
  part.lastIndex = 0;
  for (;;) {
    const match = part.exec(written);
    if (match === null) return undefined;
    const [, quoted, bare, end] = match;
    const name =
      quoted?.replaceAll('""', '"') ?? bare?.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    names.push(cut(name ?? ''));
    if (end === '') return names;
  }
}

/** To the bytes that a name may have, and never through a character. */
function cut(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= longestName) return name;
  let end = longestName;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
