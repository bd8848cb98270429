/** Full-text ranking in plain TypeScript. */

/** Saturation of repeated words and the weight of a text's length: the usual values. */
const k1 = 1.2;
const b = 0.75;

interface Posting {
  readonly id: string;
  readonly count: number;
}

/** An inverted index over texts whose words are parted by blanks. */
export class Bm25 {
  readonly #postings = new Map<string, Posting[]>();
  readonly #lengths = new Map<string, number>();
  #total = 0;

  /** How many texts there are. */
  get size(): number {
    return this.#lengths.size;
  }

  /** How many of them hold this word. */
  having(word: string): number {
    return this.#postings.get(word)?.length ?? 0;
  }

  add(id: string, text: string): void {
    const counts = new Map<string, number>();
    let length = 0;
    for (const word of text.split(' ')) {
      if (word === '') continue;
      counts.set(word, (counts.get(word) ?? 0) + 1);
      length++;
    }
    this.#lengths.set(id, length);
    this.#total += length;
    for (const [word, count] of counts) {
      const postings = this.#postings.get(word);
      if (postings === undefined) this.#postings.set(word, [{ id, count }]);
      else postings.push({ id, count });
    }
  }

  /**
   * Ids of the texts that hold any of the words, best first.
   * Source: Robertson, Zaragoza: "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf is the one
   * that never turns negative.
   */
  rank(words: readonly string[], limit: number): string[] {
    const scores = new Map<string, number>();
    const average = this.#total / Math.max(1, this.#lengths.size);
    for (const word of new Set(words)) {
      const postings = this.#postings.get(word) ?? [];
      const idf = Math.log(1 + (this.#lengths.size - postings.length + 0.5) / (postings.length + 0.5));
      for (const { id, count } of postings) {
        const norm = k1 * (1 - b + (b * (this.#lengths.get(id) ?? 0)) / average);
        scores.set(id, (scores.get(id) ?? 0) + (idf * count * (k1 + 1)) / (count + norm));
      }
    }
    return bestIds(scores, limit);
  }
}

/** Ids by falling score; equal scores by id, so that the order is always the same. */
export function bestIds(scores: ReadonlyMap<string, number>, limit: number): string[] {
  return [...scores]
    .sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1))
    .slice(0, limit)
    .map(([id]) => id);
}
