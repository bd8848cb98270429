/** What retrieval needs of a catalog, worked out once: cards, sizes, names, and who refers to whom. */
import { qualified, type Catalog, type Relation } from '../database/catalog.ts';
import { enumValues, estimateTokens, hasCard, tableCard, tableOutline, valuesOf } from './card.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';
import type { ValuePlace } from './retrieval.ts';
import { inSlices } from './slices.ts';
import { words } from './words.ts';

export interface CatalogCards {
  readonly items: readonly KnowledgeItem[];
  /** By `schema.name`, in the catalog's order; partitions are not among them. */
  readonly tables: ReadonlyMap<string, CardedTable>;
  /** Ids of the tables whose name consists of these words, joined by blanks. */
  readonly byWords: ReadonlyMap<string, readonly string[]>;
  /** The longest name of a table, in words. */
  readonly longestName: number;
  /** Estimated tokens of all tables together. */
  readonly tokens: number;
  /** In how many tables there is a column of this name. */
  readonly columnUse: ReadonlyMap<string, number>;
  /** Columns with a value of these words, joined by blanks: of their enum, or common in them where that may be known. */
  readonly values: ReadonlyMap<string, readonly ValuePlace[]>;
  /** The longest value, in words. */
  readonly longestValue: number;
}

export interface CardedTable {
  readonly relation: Relation;
  /** Estimated tokens of its part of a prompt. */
  readonly tokens: number;
  /** The same of each column. */
  readonly columnTokens: readonly number[];
  /** Columns of it that foreign keys of other tables lead to. */
  readonly referenced: ReadonlySet<string>;
  /** Ids of the tables that it refers to or that refer to it, itself not among them. */
  readonly neighbours: ReadonlySet<string>;
}

/** A label longer than this is no word of a question. */
const mostValueWords = 6;

type Growing = CardedTable & { readonly neighbours: Set<string>; readonly referenced: Set<string> };

/** Works it out in slices: 10,000 tables do not hold the event loop. */
export async function makeCatalogCards(catalog: Catalog, signal: AbortSignal): Promise<CatalogCards> {
  const enums = enumValues(catalog);
  const items: KnowledgeItem[] = [];
  const tables = new Map<string, Growing>();
  const byWords = new Map<string, string[]>();
  const columnUse = new Map<string, number>();
  const values = new Map<string, ValuePlace[]>();
  let tokens = 0;
  const add = (relation: Relation): void => {
    const card = tableCard(relation, enums);
    const outline = tableOutline(relation, enums);
    const columnTokens = outline.columns.map(estimateTokens);
    const own = estimateTokens(outline.rest) + columnTokens.reduce((sum, each) => sum + each, 0);
    items.push(card);
    tables.set(card.id, {
      ...{ relation, tokens: own, columnTokens },
      ...{ neighbours: new Set(), referenced: new Set() },
    });
    append(byWords, words(relation.name).join(' '), card.id);
    tokens += own;
    for (const each of relation.columns) {
      const column = each.name;
      columnUse.set(column, (columnUse.get(column) ?? 0) + 1);
      for (const value of valuesOf(each, enums)) {
        const split = words(value);
        if (split.length === 0 || split.length > mostValueWords) continue;
        append(values, split.join(' '), { table: card.id, column, value });
      }
    }
  };
  const link = ({ schema, name, foreignKeys }: Relation): void => {
    for (const { toSchema, toTable, toColumns } of foreignKeys) {
      const [from, to] = [qualified(schema, name), qualified(toSchema, toTable)];
      for (const column of toColumns) tables.get(to)?.referenced.add(column);
      if (from === to) continue;
      tables.get(from)?.neighbours.add(to);
      tables.get(to)?.neighbours.add(from);
    }
  };
  const relations = catalog.relations.filter(hasCard);
  await inSlices(relations, add, signal);
  await inSlices(relations, link, signal);
  const longest = { longestName: mostWords(byWords.keys()), longestValue: mostWords(values.keys()) };
  return { items, tables, byWords, ...longest, tokens, columnUse, values };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function mostWords(keys: Iterable<string>): number {
  let most = 0;
  for (const key of keys) most = Math.max(most, key.split(' ').length);
  return most;
}
