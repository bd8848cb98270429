/** A little English for tests: words by falling frequency, and vectors by meaning that are made, not learned. */
import type { WordSense } from '../../../src/models/wordSense.ts';

/** @param meanings words of one list are alike, cosine 0.9, and unlike all others */
export function senseOf(wordsByFrequency: readonly string[], meanings: readonly string[][] = []): WordSense {
  const ranks = new Map(wordsByFrequency.map((word, rank) => [word, rank]));
  const dimension = wordsByFrequency.length + meanings.length;
  return {
    dimension,
    logFrequency(word) {
      const rank = ranks.get(word);
      return rank === undefined ? undefined : -Math.log((rank + 1) * 13);
    },
    weight: (word) => (ranks.has(word) ? 0.5 + (ranks.get(word) ?? 0) / (2 * wordsByFrequency.length) : 1),
    vector(word) {
      const rank = ranks.get(word);
      if (rank === undefined) return undefined;
      const vector = new Float32Array(dimension);
      const meaning = meanings.findIndex((list) => list.includes(word));
      vector[rank] = meaning === -1 ? 1 : Math.sqrt(0.1);
      if (meaning !== -1) vector[wordsByFrequency.length + meaning] = Math.sqrt(0.9);
      return vector;
    },
  };
}
