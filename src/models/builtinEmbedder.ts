/** The embedder that needs no key, no download and no server: the mean of a text's word vectors, rare words weighing more. */
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { Embedder } from './embedder.ts';
import { decodeVectors, vectorsId, type WordVectors } from './vectorFile.ts';
import { lookUp } from './wordTable.ts';

/** GloVe 6B knows 400,000 words; by Zipf's law the word of rank r makes up 1 / (r · H) of a text, H being the sum of 1/r. */
export const harmonic = Math.log(400_000) + 0.5772;
/** The `a` of Arora, Liang and Ma: A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR 2017. */
const smoothing = 1e-3;
/** Texts embedded before other work of the process, such as a cancellation, gets its turn. */
const textsPerTurn = 500;

/** Smooth inverse frequency, a / (a + p): near 1 for rare words, near 0 for "the". */
export function wordWeight(rank: number): number {
  return smoothing / (smoothing + 1 / ((rank + 1) * harmonic));
}

/**
 * Loads the vectors; about 10 ms and synchronous, so not for the extension host's process.
 * @throws KhipuError `index-unavailable` when the file is missing, damaged or of another version
 */
export function loadBuiltinVectors(path: string, signal: AbortSignal): WordVectors {
  throwIfAborted(signal);
  try {
    const vectors = decodeVectors(readFileSync(path));
    if (vectors.id !== vectorsId) throw new Error(`it holds ${vectors.id}, not ${vectorsId}`);
    return vectors;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new KhipuError(
      'index-unavailable',
      `The built-in word vectors cannot be read: ${why}.`,
      { subject: path, hint: 'Reinstall the extension; in a checkout, run: node scripts/buildVectors.mjs' },
      { cause: thrown },
    );
  }
}

/** What an unknown word may be an inflection of, likeliest first. */
function stems(word: string): string[] {
  if (word.length < 4) return [];
  if (word.endsWith('ies')) return [`${word.slice(0, -3)}y`];
  if (word.endsWith('es')) return [word.slice(0, -1), word.slice(0, -2)];
  if (word.endsWith('s')) return [word.slice(0, -1)];
  if (word.endsWith('ing')) return [word.slice(0, -3), `${word.slice(0, -3)}e`];
  if (word.endsWith('ed')) return [word.slice(0, -2), word.slice(0, -1)];
  return [];
}

/** The number of a word, or of what it may be an inflection of. */
export function findWord(vectors: WordVectors, word: string): number | undefined {
  for (const form of [word, ...stems(word)]) {
    const at = lookUp(vectors.table, form);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The unit-length weighted mean of the words that are known; the zero vector when none is. */
function embedText(vectors: WordVectors, text: string): Float32Array {
  const { dimension, scales, ranks, numbers } = vectors;
  const sum = new Float32Array(dimension);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const at = findWord(vectors, word);
    if (at === undefined) continue;
    const factor = (scales[at] ?? 0) * wordWeight(ranks[at] ?? 0);
    for (let i = 0; i < dimension; i++) sum[i] = (sum[i] ?? 0) + factor * (numbers[at * dimension + i] ?? 0);
  }
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((number) => number / length);
}

/**
 * An embedder over the file that `scripts/buildVectors.mjs` writes; it is loaded at the first use. Texts are expected as plain
 * words: the caller splits identifiers such as `orderLines`.
 */
export function createBuiltinEmbedder(vectorsPath: string): Embedder {
  let vectors: WordVectors | undefined;
  return {
    id: vectorsId,
    dimension: 100,
    async embed(texts, signal) {
      vectors ??= loadBuiltinVectors(vectorsPath, signal);
      const embedded: Float32Array[] = [];
      for (const text of texts) {
        if (embedded.length % textsPerTurn === textsPerTurn - 1) await turn();
        throwIfAborted(signal);
        embedded.push(embedText(vectors, text));
      }
      return embedded;
    },
  };
}
