/** Chooses the passages of documents that go into a prompt, given what the search found. */
import type { Catalog } from '../database/catalog.ts';
import type { DocumentSet } from './documentSet.ts';
import { mentions } from './hiddenMention.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import type { RetrievedPassage } from './retrieval.ts';

/** Passages that a prompt gets at most, and the tokens that they may take of it together. */
const most = 3;
export const passageBudgetTokens = 800;

/** A passage has to speak of so much of the question; and of not much less than the one that speaks of the most. */
const leastNearness = 0.5;
const nearTheBest = 0.65;

/** Tokens of prose, by the usual average of four characters to a token. */
export function proseTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/**
 * The passages for a question, nearest first; none when no document speaks of it. One that names a table that is hidden from
 * models is left out.
 * @param hits of the search over passages; those that the documents no longer have are passed over
 */
export function choosePassages(
  hits: readonly KnowledgeHit[],
  documents: DocumentSet,
  catalog: Catalog,
): RetrievedPassage[] {
  const near = hits
    .map(({ id, nearness = 0 }) => ({ id, nearness }))
    .filter(({ id, nearness }) => nearness >= leastNearness && documents.passages.has(id))
    .sort((a, b) => b.nearness - a.nearness); // stable: among equals the search decides
  const best = near[0]?.nearness ?? 0;
  const tells = mentions(catalog.hiddenRelations);
  const chosen: RetrievedPassage[] = [];
  let left = passageBudgetTokens;
  for (const { id, nearness } of near) {
    const passage = documents.passages.get(id);
    if (passage === undefined || nearness < nearTheBest * best || chosen.length === most) continue;
    const { path, file, heading, text, place } = passage;
    if (tells([file, ...heading, text].join('\n'))) continue;
    const tokens = proseTokens(text);
    if (tokens > left) continue;
    left -= tokens;
    chosen.push({ path, file, heading, text, place, nearness });
  }
  return chosen;
}
