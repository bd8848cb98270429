/** The catalog as models may know it: without the tables that the glossary hides, and with the joins that it tells of. */
import { qualified, type Catalog, type ForeignKey, type Relation } from '../database/catalog.ts';
import { resolvePlace } from './glossaryPlaces.ts';
import type { Glossary } from './glossary.ts';
import { hiddenBy } from './hiddenTables.ts';
import { sides } from './joinSides.ts';
import { SharedWork } from './sharedWork.ts';
import { mentions } from './hiddenMention.ts';
import { inSlices } from './slices.ts';

type Shaping = Pick<Glossary, 'hidden' | 'joins'>;

interface Shown {
  readonly shape: string;
  readonly work: SharedWork<Catalog>;
}

/** Keeps what it made of each catalog, so that the same glossary gives the same catalog and no index is made anew. */
export class ShownCatalogs {
  readonly #made = new WeakMap<Catalog, Shown>();

  /** @throws KhipuError `cancelled` */
  async of(catalog: Catalog, glossary: Shaping, signal: AbortSignal): Promise<Catalog> {
    const shape = shapeOf(glossary);
    if (shape === '') return catalog;
    let made = this.#made.get(catalog);
    if (made?.shape !== shape || made.work.failed) {
      made = { shape, work: new SharedWork((ours) => showCatalog(catalog, glossary, ours)) };
      this.#made.set(catalog, made);
    }
    return await made.work.join(signal);
  }
}

/** The same text for glossaries that give the same catalog. */
export function shapeOf({ hidden, joins }: Shaping): string {
  return hidden.length === 0 && joins.length === 0
    ? ''
    : JSON.stringify([hidden, joins.map(({ from, to, note }) => [from, to, note])]);
}

/**
 * Works it out; the catalog itself where there is nothing to change. Partitions of a hidden table are hidden with it, and so
 * are the foreign keys that lead to one and the comments that name one.
 * @throws KhipuError `cancelled`
 */
export async function showCatalog(
  catalog: Catalog,
  glossary: Shaping,
  signal: AbortSignal,
): Promise<Catalog> {
  if (shapeOf(glossary) === '') return catalog;
  const hidden = await hiddenRelations(catalog, glossary.hidden, signal);
  const joins = joinsOf(catalog, glossary, hidden);
  if (hidden.size === 0 && joins.size === 0) return catalog;
  const relations: Relation[] = [];
  const tells = mentions(hidden);
  const show = (relation: Relation): void => {
    const id = qualified(relation.schema, relation.name);
    if (hidden.has(id)) return;
    const kept = relation.foreignKeys.filter((key) => !hidden.has(qualified(key.toSchema, key.toTable)));
    const added = joins.get(id) ?? [];
    const same = kept.length === relation.foreignKeys.length && added.length === 0;
    const quiet = withoutComments(relation, tells);
    relations.push(same ? quiet : { ...quiet, foreignKeys: [...kept, ...added] });
  };
  await inSlices(catalog.relations, show, signal);
  return { ...catalog, relations, hiddenRelations: hidden };
}

/** Comments name other tables: those that name a hidden one are left out. */
function withoutComments(relation: Relation, tells: (text: string) => boolean): Relation {
  const { comment, columns } = relation;
  const some = [comment, ...columns.map((column) => column.comment)];
  if (!some.some((text) => text !== undefined && tells(text))) return relation;
  const quiet = (text: string | undefined): string | undefined =>
    text === undefined || tells(text) ? undefined : text;
  const left = columns.map((column) => ({ ...column, comment: quiet(column.comment) }));
  return { ...relation, comment: quiet(comment), columns: left };
}

async function hiddenRelations(
  catalog: Catalog,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const isHidden = hiddenBy(patterns);
  const hidden = new Set<string>();
  const parts = new Map<string, string[]>();
  const look = ({ schema, name, partitionOf }: Relation): void => {
    const id = qualified(schema, name);
    if (isHidden(schema, name)) hidden.add(id);
    if (partitionOf !== undefined) parts.set(partitionOf, [...(parts.get(partitionOf) ?? []), id]);
  };
  await inSlices(catalog.relations, look, signal);
  // A set that grows while it is walked is walked to its end: parts of parts, too.
  for (const id of hidden) for (const part of parts.get(id) ?? []) hidden.add(part);
  return hidden;
}

/** Joins whose columns all exist, by the table that they start from. */
function joinsOf(
  catalog: Catalog,
  { joins }: Shaping,
  hidden: ReadonlySet<string>,
): Map<string, ForeignKey[]> {
  const found = new Map<string, ForeignKey[]>();
  for (const { from, to, note } of joins) {
    const [left, right] = [columnsOf(catalog, sides(from)), columnsOf(catalog, sides(to))];
    if (left === undefined || right === undefined) continue;
    const id = qualified(left.schema, left.name);
    if (hidden.has(id) || hidden.has(qualified(right.schema, right.name))) continue;
    const join: ForeignKey = {
      name: '',
      columns: left.columns,
      toSchema: right.schema,
      toTable: right.name,
      toColumns: right.columns,
      told: { note },
    };
    found.set(id, [...(found.get(id) ?? []), join]);
  }
  return found;
}

/** Columns of one table; undefined where one of them is unknown, or of another table. */
function columnsOf(
  catalog: Catalog,
  places: readonly string[],
): { readonly schema: string; readonly name: string; readonly columns: readonly string[] } | undefined {
  const found = places.map((place) => resolvePlace(catalog, place));
  const table = found[0]?.relation;
  const columns = found.flatMap((each) => (each?.relation === table ? (each?.column ?? []) : []));
  if (table === undefined || columns.length !== places.length) return undefined;
  return { schema: table.schema, name: table.name, columns };
}
