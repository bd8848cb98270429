/** Finds the tables over which the chosen ones can be joined. */
import type { CatalogCards } from './catalogCards.ts';

/** Foreign keys between two chosen tables: one more and nearly everything is connected to everything. */
const longestPath = 3;

/**
 * Ids of the tables on a shortest path of foreign keys between any two of the given ones, in the order found; the
 * given ones are not among them. Link tables, which questions never name, come into the prompt this way.
 */
export function joinPaths(ids: readonly string[], cards: CatalogCards): Set<string> {
  const chosen = new Set(ids);
  const between = new Set<string>();
  for (const id of ids) {
    const parents = breadthFirst(id, cards);
    for (const other of ids) {
      if (other === id) continue;
      for (let at = parents.get(other); at !== undefined && at !== id; at = parents.get(at)) {
        if (!chosen.has(at)) between.add(at);
      }
    }
  }
  return between;
}

/** Each table within reach, with the table from which it was reached first. */
function breadthFirst(from: string, cards: CatalogCards): Map<string, string> {
  const parents = new Map<string, string>([[from, from]]);
  let edge = [from];
  for (let distance = 0; distance < longestPath; distance++) {
    const next: string[] = [];
    for (const id of edge) {
      for (const neighbour of cards.tables.get(id)?.neighbours ?? []) {
        if (parents.has(neighbour)) continue;
        parents.set(neighbour, id);
        next.push(neighbour);
      }
    }
    edge = next;
  }
  return parents;
}
