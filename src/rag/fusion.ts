/** Merges rankings into one. */
import { searchMethods, type KnowledgeHit, type SearchMethod } from './knowledgeStore.ts';

/** The constant of the paper; it damps how much the very first places weigh. */
const k = 60;

/**
 * Reciprocal Rank Fusion: an item scores the sum over the rankings of 1 / (60 + its place).
 * Items of equal score are ordered by id, so that the result does not depend on the order of the rankings.
 * Source: Cormack, Clarke, Büttcher: "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
 * Methods", SIGIR 2009.
 * @param rankings ids, best first, by the method that ranked them
 */
export function fuse(
  rankings: Readonly<Partial<Record<SearchMethod, readonly string[]>>>,
  limit: number,
): KnowledgeHit[] {
  const hits = new Map<string, { score: number; ranks: Partial<Record<SearchMethod, number>> }>();
  for (const method of searchMethods) {
    for (const [index, id] of (rankings[method] ?? []).entries()) {
      const hit = hits.get(id) ?? { score: 0, ranks: {} };
      if (hit.ranks[method] !== undefined) continue;
      hit.score += 1 / (k + index + 1);
      hit.ranks[method] = index + 1;
      hits.set(id, hit);
    }
  }
  return [...hits]
    .map(([id, { score, ranks }]) => ({ id, score, ranks }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

/** How many of each ranking to fuse: an item that one method ranks low may still win by the other. */
export function candidateCount(limit: number): number {
  return Math.max(50, limit * 4);
}
