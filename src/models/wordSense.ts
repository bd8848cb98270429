/** What the built-in vectors know of single words: how usual each is, and what it is like. */
import { findWord, harmonic, loadBuiltinVectors, wordWeight } from './builtinEmbedder.ts';
import { vectorsId, type WordVectors } from './vectorFile.ts';
import { lookUp } from './wordTable.ts';

/** The embedder that knows no more of a text than this tells of its words. */
export const wordSenseEmbedder = vectorsId;

export interface WordSense {
  /** Length of every vector. */
  readonly dimension: number;
  /** The natural logarithm of how often the word stands in English text, by its rank; undefined for no known word. */
  logFrequency(word: string): number | undefined;
  /** How much the word says, from 0 for "the" to 1 for rare and unknown ones: smooth inverse frequency. */
  weight(word: string): number;
  /** Its unit-length vector, or that of the word it inflects; undefined when neither is known. */
  vector(word: string): Float32Array | undefined;
}

/**
 * Reads the vectors' file; about 30 ms and synchronous, so not for the extension host's process unless LanceDB has failed.
 * @throws KhipuError `index-unavailable`
 */
export function loadWordSense(vectorsPath: string, signal: AbortSignal): WordSense {
  return createWordSense(loadBuiltinVectors(vectorsPath, signal));
}

export function createWordSense(vectors: WordVectors): WordSense {
  const { dimension, table, ranks, scales, numbers } = vectors;
  return {
    dimension,
    logFrequency(word) {
      const at = lookUp(table, word);
      return at === undefined ? undefined : -Math.log(((ranks[at] ?? 0) + 1) * harmonic);
    },
    weight(word) {
      const at = lookUp(table, word);
      return at === undefined ? 1 : wordWeight(ranks[at] ?? 0);
    },
    vector(word) {
      const at = findWord(vectors, word);
      if (at === undefined) return undefined;
      const vector = Float32Array.from(
        numbers.subarray(at * dimension, (at + 1) * dimension),
        (number) => number * (scales[at] ?? 0),
      );
      const length = Math.hypot(...vector);
      return length === 0 ? undefined : vector.map((number) => number / length);
    },
  };
}
