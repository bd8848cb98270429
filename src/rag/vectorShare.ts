/** What an embedder of sentences adds to the ranking of tables. */
import type { Embedder } from '../models/embedder.ts';
import { wordSenseEmbedder } from '../models/wordSense.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';

/** The built-in one knows no more than the single words, by which tables are ranked already. */
export function addsToRanking(embedder: Embedder): boolean {
  return embedder.id !== wordSenseEmbedder;
}

/** What is embedded of an item: a model of sentences is given the prose of a passage, the built-in one its words. */
export function embeddedText({ kind, text, detail }: KnowledgeItem, embedder: Embedder): string {
  return kind === 'document' && addsToRanking(embedder) ? (detail ?? text) : text;
}

/** How many of the nearest tables get a share. */
export const nearestTables = 200;

/**
 * Cosines of the nearest tables, spread over 0 to 1: models differ in what they call near, and the least near of these
 * many is not near at all.
 * Source: the min-max combination of Bruch, Gai and Ingber: An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023.
 */
export function vectorShares(cosines: ReadonlyMap<string, number>): Map<string, number> {
  const values = [...cosines.values()];
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return new Map([...cosines].map(([id, cosine]) => [id, range === 0 ? 1 : (cosine - least) / range]));
}
