/** The words of a catalog, and which of them are like a word of a question. */
import type { WordSense } from '../models/wordSense.ts';

/** Words of the vocabulary by number, with their similarity: 1 for the same word, else below `softness`. */
export interface SimilarWords {
  readonly ids: Int32Array;
  readonly similarities: Float32Array;
}

/** Cosines below this are chance. */
const leastCosine = 0.4;
/** What another word counts at most, however near: the same word is worth more. */
const softness = 0.8;
/** Questions repeat their words: those of the last ones are kept. */
const remembered = 2000;

export class Vocabulary {
  readonly #sense: WordSense | undefined;
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = [];
  readonly #seen = new Map<string, SimilarWords>();
  /** A row for each word whose vector is known, and the number of the word. */
  #matrix = new Float32Array(0);
  #rows: number[] = [];

  constructor(sense: WordSense | undefined) {
    this.#sense = sense;
  }

  get size(): number {
    return this.#words.length;
  }

  word(id: number): string {
    return this.#words[id] ?? '';
  }

  idOf(word: string): number | undefined {
    return this.#ids.get(word);
  }

  /** The number of a word, which it gets when it has none yet. */
  add(word: string): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    this.#ids.set(word, this.#words.length);
    this.#words.push(word);
    return this.#words.length - 1;
  }

  /** Makes the similarities ready once all words are added; a step for each word, to be run to its end. */
  *prepare(): Generator<void> {
    const sense = this.#sense;
    this.#seen.clear();
    this.#rows = [];
    if (sense === undefined) return;
    const matrix = new Float32Array(this.size * sense.dimension);
    for (const [id, word] of this.#words.entries()) {
      const vector = sense.vector(word);
      if (vector !== undefined) {
        matrix.set(vector, this.#rows.length * sense.dimension);
        this.#rows.push(id);
      }
      yield;
    }
    this.#matrix = matrix.slice(0, this.#rows.length * sense.dimension);
  }

  /** About 2 ms for 20,000 words at the first time. */
  similar(word: string): SimilarWords {
    const seen = this.#seen.get(word);
    if (seen !== undefined) return seen;
    const found = this.#compare(word);
    if (this.#seen.size >= remembered) this.#seen.clear();
    this.#seen.set(word, found);
    return found;
  }

  #compare(word: string): SimilarWords {
    const ids: number[] = [];
    const similarities: number[] = [];
    const same = this.#ids.get(word);
    if (same !== undefined) {
      ids.push(same);
      similarities.push(1);
    }
    const vector = this.#sense?.vector(word);
    const rows = vector === undefined ? [] : this.#rows;
    for (let row = 0; row < rows.length; row++) {
      const id = rows[row] ?? 0;
      if (vector === undefined || id === same) continue;
      const cosine = dot(this.#matrix, row * vector.length, vector);
      if (cosine < leastCosine) continue;
      ids.push(id);
      similarities.push(softness * Math.min(1, cosine * cosine));
    }
    return { ids: Int32Array.from(ids), similarities: Float32Array.from(similarities) };
  }
}

function dot(matrix: Float32Array, from: number, vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (matrix[from + i] ?? 0) * (vector[i] ?? 0);
  return sum;
}
