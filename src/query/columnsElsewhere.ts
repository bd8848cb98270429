/** Where a column is that the tables of a statement do not have: models often ask the wrong table for the right column. */
import { qualified, type Relation } from '../database/catalog.ts';
import type { NameIndex } from './ground.ts';

/** Where more tables have it, only those that are joined to what is read say something: all have an `id`. */
const mostOffered = 2;

/**
 * The column in other tables as `schema.table.column`, at most two: first in those that a foreign key joins to the tables
 * that the statement reads.
 * @param read `schema.name` of the tables that the statement reads
 */
export function columnsElsewhere(
  name: string,
  read: readonly string[],
  { catalog, lookup }: NameIndex,
): string[] {
  const holders = catalog.relations.filter(
    (relation) =>
      relation.partitionOf === undefined &&
      !read.includes(idOf(relation)) &&
      relation.columns.some((column) => column.name === name),
  );
  const joined = new Set(
    read.flatMap((id) => {
      const dot = id.indexOf('.');
      const table = lookup.relation(id.slice(0, dot), id.slice(dot + 1));
      return (table?.foreignKeys ?? []).map((key) => qualified(key.toSchema, key.toTable));
    }),
  );
  const isNear = (relation: Relation): boolean =>
    joined.has(idOf(relation)) ||
    relation.foreignKeys.some((key) => read.includes(qualified(key.toSchema, key.toTable)));
  const far = holders.length > mostOffered ? [] : holders.filter((each) => !isNear(each));
  return [...holders.filter(isNear), ...far]
    .slice(0, mostOffered)
    .map((relation) => `${idOf(relation)}.${name}`);
}

function idOf({ schema, name }: Relation): string {
  return qualified(schema, name);
}
