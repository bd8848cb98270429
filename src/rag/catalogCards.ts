/** What retrieval needs of a catalog, worked out once: cards, sizes, names, and who refers to whom. */
import { qualified, type Catalog, type Relation } from '../database/catalog.ts';
import { enumValues, estimateTokens, hasCard, tableCard, tableOutline } from './card.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';
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
}

export interface CardedTable {
  readonly relation: Relation;
  /** Estimated tokens of its part of a prompt. */
  readonly tokens: number;
  /** Ids of the tables that it refers to or that refer to it, itself not among them. */
  readonly neighbours: ReadonlySet<string>;
}

/** Works it out in slices: 10,000 tables do not hold the event loop. */
export async function makeCatalogCards(catalog: Catalog, signal: AbortSignal): Promise<CatalogCards> {
  const enums = enumValues(catalog);
  const items: KnowledgeItem[] = [];
  const tables = new Map<string, CardedTable & { neighbours: Set<string> }>();
  const byWords = new Map<string, string[]>();
  let longestName = 0;
  let total = 0;
  const add = (relation: Relation): void => {
    const card = tableCard(relation, enums);
    const tokens = estimateTokens(tableOutline(relation, enums));
    const name = words(relation.name);
    items.push(card);
    tables.set(card.id, { relation, tokens, neighbours: new Set() });
    byWords.set(name.join(' '), [...(byWords.get(name.join(' ')) ?? []), card.id]);
    longestName = Math.max(longestName, name.length);
    total += tokens;
  };
  const link = ({ schema, name, foreignKeys }: Relation): void => {
    for (const { toSchema, toTable } of foreignKeys) {
      const [from, to] = [qualified(schema, name), qualified(toSchema, toTable)];
      if (from === to) continue;
      tables.get(from)?.neighbours.add(to);
      tables.get(to)?.neighbours.add(from);
    }
  };
  const relations = catalog.relations.filter(hasCard);
  await inSlices(relations, add, signal);
  await inSlices(relations, link, signal);
  return { items, tables, byWords, longestName, tokens: total };
}
