/** Chooses the tables and columns that go into a prompt, given what the search found. */
import type { CardedTable, CatalogCards } from './catalogCards.ts';
import { chooseColumns } from './columnChoice.ts';
import type { GlossaryFinding } from './glossaryMatch.ts';
import { joinPaths } from './joinPaths.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import { namedTables } from './namedTables.ts';
import type { RankedTable, Retrieval, RetrievedTable, TableReason, ValueMatch } from './retrieval.ts';
import { valueMatches } from './valueMatches.ts';

/** Tokens that the schema may take of a prompt, unless told otherwise. */
export const defaultBudgetTokens = 6000;

/** Tables asked of the search: what is not taken is told of, and shows which columns were met. */
export const searchedTables = 60;

/** Tables taken from the search: so many at most; and beyond the first ones only what comes near the best. */
const most = 20;
const always = 8;
const nearTheBest = 0.6;

/** A value that more columns have than this says little about which table is meant. */
const ambiguousValue = 4;

export type Choice = Pick<Retrieval, 'tables' | 'ranking' | 'values'>;

/** What the glossary says of a question. */
export type Told = Pick<GlossaryFinding, 'tables' | 'columns'>;

const nothingTold: Told = { tables: [], columns: new Map() };

/**
 * The tables for a question, best first: all of them when they fit the budget; otherwise those that the question
 * names, those of the glossary's words in it, those that the search found, those whose values it names, and those that lie on
 * the join paths between the best, as far as the budget goes. Of wide tables, some columns.
 * @param hits of the search over tables, best first; those that the catalog no longer has are passed over
 */
export function chooseTables(
  question: string,
  cards: CatalogCards,
  hits: readonly KnowledgeHit[],
  budgetTokens: number,
  told: Told = nothingTold,
): Choice {
  const named = namedTables(question, cards);
  const values = valueMatches(question, cards);
  const ranking = ranked(
    named.written,
    hits.filter(({ id }) => cards.tables.has(id)),
  );
  const chosen = new Map<string, TableReason>();
  const choose = (ids: Iterable<string>, reason: TableReason): void => {
    for (const id of ids) if (!chosen.has(id)) chosen.set(id, reason);
  };
  if (fits(cards, budgetTokens)) {
    choose([...ranking.map(({ id }) => id), ...cards.tables.keys()], 'whole-schema');
    return retrieved([...chosen], ranking, values, (id) => whole(cards.tables.get(id)), Infinity);
  }
  choose(named.written, 'named');
  choose(
    told.tables.filter((id) => cards.tables.has(id)),
    'glossary',
  );
  choose(taken(ranking), 'matched');
  choose(named.plain, 'named');
  choose(
    values.filter(({ quoted, places }) => quoted || places <= ambiguousValue).map(({ table }) => table),
    'value',
  );
  choose(joinPaths([...chosen.keys()].slice(0, always), cards), 'foreign-key');
  const prune = (id: string): Sized | undefined => pruned(question, id, ranking, values, told, cards);
  return retrieved([...chosen], ranking, values, prune, budgetTokens);
}

/** Whether the whole schema may go into the prompt. */
export function fits(cards: CatalogCards, budgetTokens: number): boolean {
  return cards.tokens <= budgetTokens;
}

function ranked(written: ReadonlySet<string>, hits: readonly KnowledgeHit[]): RankedTable[] {
  const found = hits.map(({ id, score, why }) => ({ id, score, why }));
  const first = found.filter(({ id }) => written.has(id));
  const unfound = [...written].filter((id) => !first.some((hit) => hit.id === id));
  return [
    ...first,
    ...unfound.map((id) => ({ id, score: 0 })),
    ...found.filter(({ id }) => !written.has(id)),
  ];
}

function taken(ranking: readonly RankedTable[]): string[] {
  const best = Math.max(0, ...ranking.map(({ score }) => score));
  return ranking
    .slice(0, most)
    .filter(({ score }, place) => place < always || score >= nearTheBest * best)
    .map(({ id }) => id);
}

/** A table with the columns that are shown of it, and the tokens that this takes. */
interface Sized {
  readonly table: CardedTable;
  readonly columns: readonly string[] | undefined;
  readonly tokens: number;
}

function whole(table: CardedTable | undefined): Sized | undefined {
  return table === undefined ? undefined : { table, columns: undefined, tokens: table.tokens };
}

function pruned(
  question: string,
  id: string,
  ranking: readonly RankedTable[],
  values: readonly ValueMatch[],
  told: Told,
  cards: CatalogCards,
): Sized | undefined {
  const table = cards.tables.get(id);
  if (table === undefined) return undefined;
  const met = new Set(ranking.find((hit) => hit.id === id)?.why?.columns.map(({ name }) => name));
  for (const match of values) if (match.table === id) met.add(match.column);
  for (const column of told.columns.get(id) ?? []) met.add(column);
  const columns = chooseColumns(question, table, met, cards);
  if (columns === undefined) return whole(table);
  const shown = new Set(columns);
  const hidden = table.relation.columns.map(({ name }, at) =>
    shown.has(name) ? 0 : (table.columnTokens[at] ?? 0),
  );
  return { table, columns, tokens: table.tokens - hidden.reduce((sum, tokens) => sum + tokens, 0) };
}

/** Within the budget; the first table always, for a prompt without any is of no use. */
function retrieved(
  chosen: readonly (readonly [id: string, reason: TableReason])[],
  ranking: readonly RankedTable[],
  values: readonly ValueMatch[],
  size: (id: string) => Sized | undefined,
  budgetTokens: number,
): Choice {
  const found = new Map(ranking.map((hit) => [hit.id, hit]));
  const tables: RetrievedTable[] = [];
  const ids = new Set<string>();
  let left = budgetTokens;
  for (const [id, reason] of chosen) {
    const sized = size(id);
    if (sized === undefined || (sized.tokens > left && tables.length > 0)) continue;
    left -= sized.tokens;
    ids.add(id);
    const { schema, name } = sized.table.relation;
    const hit = found.get(id);
    tables.push({ schema, name, reason, score: hit?.score ?? 0, why: hit?.why, columns: sized.columns });
  }
  return { tables, ranking, values: values.filter(({ table }) => ids.has(table)) };
}
