/** Chooses the tables that go into a prompt, given what the search found. */
import type { CatalogCards } from './catalogCards.ts';
import { joinPaths } from './joinPaths.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import type { RetrievedTable, TableReason } from './retrieval.ts';
import { words } from './words.ts';

/** Tokens that the schema may take of a prompt, unless told otherwise. */
export const defaultBudgetTokens = 6000;

/** Tables taken from the search. */
export const searchedTables = 8;

/** A plain word that names more tables than this ("name", "user" in a hundred schemas) names none of them. */
const ambiguous = 4;

/**
 * The tables for a question, best first: all of them when they fit the budget; otherwise those that the question
 * names, those that the search found, and those that lie on the join paths between them, as far as the budget goes.
 * @param hits of the search over tables, best first; those that the catalog no longer has are passed over
 */
export function chooseTables(
  question: string,
  cards: CatalogCards,
  hits: readonly KnowledgeHit[],
  budgetTokens: number,
): RetrievedTable[] {
  const scores = new Map(hits.filter(({ id }) => cards.tables.has(id)).map(({ id, score }) => [id, score]));
  const chosen = new Map<string, TableReason>();
  const choose = (ids: Iterable<string>, reason: TableReason): void => {
    for (const id of ids) if (!chosen.has(id)) chosen.set(id, reason);
  };
  if (fits(cards, budgetTokens)) {
    choose([...scores.keys(), ...cards.tables.keys()], 'whole-schema');
    return retrieved(chosen, cards, scores, Infinity);
  }
  const found = [...scores.keys()].slice(0, searchedTables);
  const named = namedTables(question, cards);
  choose(
    [...named].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0)),
    'named',
  );
  choose(found, 'matched');
  choose(joinPaths([...chosen.keys()], cards), 'foreign-key');
  return retrieved(chosen, cards, scores, budgetTokens);
}

/** Whether the whole schema may go into the prompt. */
export function fits(cards: CatalogCards, budgetTokens: number): boolean {
  return cards.tokens <= budgetTokens;
}

/** Within the budget; the first table always, for a prompt without any is of no use. */
function retrieved(
  chosen: ReadonlyMap<string, TableReason>,
  cards: CatalogCards,
  scores: ReadonlyMap<string, number>,
  budgetTokens: number,
): RetrievedTable[] {
  const tables: RetrievedTable[] = [];
  let left = budgetTokens;
  for (const [id, reason] of chosen) {
    const table = cards.tables.get(id);
    if (table === undefined || (table.tokens > left && tables.length > 0)) continue;
    left -= table.tokens;
    const { schema, name } = table.relation;
    tables.push({ schema, name, reason, score: scores.get(id) ?? 0 });
  }
  return tables;
}

/**
 * Ids of the tables that the question names: `schema.name` or a name of several words always, a name of one word
 * when few tables bear it.
 */
export function namedTables(question: string, cards: CatalogCards): Set<string> {
  const named = new Set<string>();
  const lower = question.toLowerCase();
  const asked = words(question);
  for (let start = 0; start < asked.length; start++) {
    for (let length = 1; length <= cards.longestName && start + length <= asked.length; length++) {
      const ids = cards.byWords.get(asked.slice(start, start + length).join(' ')) ?? [];
      const written = ids.filter((id) => lower.includes(id.toLowerCase()));
      for (const id of written.length > 0 ? written : ids.length <= ambiguous ? ids : []) named.add(id);
    }
  }
  return named;
}
