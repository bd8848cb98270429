/** Puts one relation of a catalog together from its entries in the parts. */
import { qualified, type Column, type ForeignKey, type Relation } from './catalog.ts';
import type { Check, Index, Key, Policy, Trigger } from './catalogObjects.ts';
import type { PartValues } from './catalogParts.ts';
import type { ServerFacts } from './catalogSnapshot.ts';

type Entry = PartValues['relations'][number];
type Constraint = NonNullable<ReturnType<PartValues['constraints']['get']>>[number];
/** A column's name by its number; undefined for 0, which stands for an expression. */
type NameOf = (columnNumber: number) => string | undefined;

/** Names by OID, of all relations of one catalog. */
interface Names {
  readonly entry: (oid: number) => Entry | undefined;
  readonly columnsOf: (oid: number) => NameOf;
}

/** Makes the assembler of a catalog's relations; it gives undefined for a composite type. */
export function relationAssembler(
  server: ServerFacts,
  parts: PartValues,
): (entry: Entry) => Relation | undefined {
  const byOid = new Map(parts.relations.map((entry) => [entry.oid, entry]));
  const names: Names = {
    entry: (oid) => byOid.get(oid),
    columnsOf: (oid) => {
      const { numbers, columns } = parts.columns.get(oid) ?? { numbers: [], columns: [] };
      return (columnNumber) => columns[numbers.indexOf(columnNumber)]?.name;
    },
  };
  return (entry) => {
    const { oid, schema, name, kind, rowSecurity } = entry;
    if (kind === 'composite') return undefined;
    const constraints = parts.constraints.get(oid) ?? [];
    const keyNumbers = constraints.find((each) => each.kind === 'primary')?.columns ?? [];
    const comments = parts.comments.get('pg_class')?.get(oid);
    return {
      schema,
      name,
      kind,
      comment: comments?.get(0),
      rowEstimate: rowEstimate(entry, server),
      sizeEstimate: sizeEstimate(entry.pages, server),
      foreignServer: parts.foreignTables.get(oid)?.[0],
      ...ancestry(entry, parts, names),
      columns: columnsOf(oid, parts, keyNumbers, comments),
      ...constraintsOf(constraints, oid, names),
      indexes: orNone(indexesOf(oid, parts, names.columnsOf(oid), server)),
      triggers: orNone(triggersOf(oid, parts)),
      rowSecurity,
      policies: orNone(policiesOf(oid, parts)),
    };
  };
}

type Ancestry = Pick<Relation, 'partitionOf' | 'partitionKey' | 'partitionBound' | 'inherits'>;

function ancestry({ oid, isPartition }: Entry, parts: PartValues, names: Names): Ancestry {
  const parents = (parts.inheritance.get(oid) ?? []).flatMap((parent) => {
    const entry = names.entry(parent);
    return entry === undefined ? [] : [qualified(entry.schema, entry.name)];
  });
  const partition = parts.partitions.get(oid)?.[0];
  return {
    partitionOf: isPartition ? parents[0] : undefined,
    partitionKey: partition?.key,
    partitionBound: partition?.bound,
    inherits: isPartition ? undefined : orNone(parents),
  };
}

type Constraints = Pick<Relation, 'primaryKey' | 'uniqueKeys' | 'foreignKeys' | 'checks'>;

function constraintsOf(constraints: readonly Constraint[], oid: number, names: Names): Constraints {
  const nameOf = names.columnsOf(oid);
  const keys = (kind: Constraint['kind']): Key[] =>
    constraints.filter((each) => each.kind === kind).map((each) => keyOf(each, nameOf));
  return {
    primaryKey: keys('primary')[0],
    uniqueKeys: orNone(keys('unique')),
    foreignKeys: ownForeignKeys(constraints).flatMap((each) => foreignKey(each, nameOf, names)),
    checks: orNone(constraints.filter((each) => each.kind === 'check').map(checkOf)),
  };
}

function foreignKey(each: Constraint, nameOf: NameOf, names: Names): ForeignKey[] {
  const target = names.entry(each.foreignRelation);
  if (target === undefined) return [];
  const toColumns = namesOf(each.foreignColumns, names.columnsOf(each.foreignRelation));
  return [{ ...keyOf(each, nameOf), toSchema: target.schema, toTable: target.name, toColumns }];
}

/** Thousands of relations have no triggers: they need no thousands of empty lists. */
function orNone<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** Before version 14 a table that was never analysed had 0 rows on 0 pages, which an empty one has as well. */
function rowEstimate({ tuples, pages }: Entry, { version }: ServerFacts): number | undefined {
  const unknown = tuples < 0 || (version < 140_000 && tuples === 0 && pages === 0);
  return unknown ? undefined : tuples;
}

function sizeEstimate(pages: number, { blockSize }: ServerFacts): number | undefined {
  return pages > 0 ? pages * blockSize : undefined;
}

/** Columns that are as they were read are shared with the part; few have a comment or a key. */
function columnsOf(
  oid: number,
  parts: PartValues,
  keyNumbers: readonly number[],
  comments: ReadonlyMap<number, string> | undefined,
): readonly Column[] {
  const { numbers, columns } = parts.columns.get(oid) ?? { numbers: [], columns: [] };
  if (keyNumbers.length === 0 && comments === undefined) return columns;
  return columns.map((column, at) => {
    const number = numbers[at] ?? 0;
    const comment = comments?.get(number);
    const primaryKey = keyNumbers.includes(number);
    return comment === undefined && !primaryKey ? column : { ...column, comment, primaryKey };
  });
}

function namesOf(columnNumbers: readonly number[], nameOf: NameOf): string[] {
  return columnNumbers.flatMap((each) => nameOf(each) ?? []);
}

function keyOf({ name, columns }: Constraint, nameOf: NameOf): Key {
  return { name, columns: namesOf(columns, nameOf) };
}

function checkOf({ name, definition }: Constraint): Check {
  return { name, definition };
}

/** A key to a partitioned table has a copy for each of its partitions, on the same table: those say nothing new. */
function ownForeignKeys(constraints: readonly Constraint[]): Constraint[] {
  return constraints.filter(
    (each) =>
      each.kind === 'foreign' && (each.parent === 0 || !constraints.some(({ oid }) => oid === each.parent)),
  );
}

function indexesOf(oid: number, parts: PartValues, nameOf: NameOf, server: ServerFacts): Index[] {
  return (parts.indexes.get(oid) ?? []).map((each) => ({
    name: each.name,
    method: each.method,
    unique: each.unique,
    primary: each.primary,
    columns: each.columns.slice(0, each.keyLength).map(nameOf),
    included: namesOf(each.columns.slice(each.keyLength), nameOf),
    definition: each.definition,
    sizeEstimate: sizeEstimate(each.pages, server),
    comment: parts.comments.get('pg_class')?.get(each.oid)?.get(0),
  }));
}

function triggersOf(oid: number, parts: PartValues): Trigger[] {
  return (parts.triggers.get(oid) ?? []).map(({ oid: trigger, ...each }) => ({
    ...each,
    comment: parts.comments.get('pg_trigger')?.get(trigger)?.get(0),
  }));
}

function policiesOf(oid: number, parts: PartValues): Policy[] {
  return (parts.policies.get(oid) ?? []).map(({ oid: policy, ...each }) => ({
    ...each,
    comment: parts.comments.get('pg_policy')?.get(policy)?.get(0),
  }));
}
