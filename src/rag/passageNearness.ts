/** How far a passage of a document speaks of what a question asks, as a share that is comparable between questions. */
import type { WordSense } from '../models/wordSense.ts';
import { questionTerms } from './questionTerms.ts';
import { createWordSplitter } from './wordSplitter.ts';

/** Cosines below this are chance; another word counts at most `softness`, for the same word is worth more. */
const leastCosine = 0.5;
const softness = 0.8;

/** As if there were so many more passages: of few, how many hold a word is chance. */
const imagined = 20;

/** Which time is meant, any question may say, and it says little about which passage is. */
const times: ReadonlySet<string> = new Set(
  (
    'last next previous current past recent recently latest today yesterday tomorrow now hour day week month quarter year date ' +
    'daily weekly monthly quarterly yearly annual since until before after ago during between'
  ).split(' '),
);
const timeWeight = 0.2;

export interface WordCounts {
  /** Passages. */
  readonly passages: number;
  /** How many of them hold this word. */
  having(word: string): number;
}

/**
 * For each word of the question its most similar word of the passage counts, weighted by how much the word says in
 * ordinary text and among these passages: the measure by which tables are ranked, see `tableScores`.
 * @param sense without it words match only themselves
 * @returns judges texts that `passageCard` has made, from 0 for nothing in common to 1 for every word of the question
 */
export function passageNearness(
  question: string,
  sense: WordSense | undefined,
  counts: WordCounts,
): (text: string) => number {
  const splitter = createWordSplitter(sense);
  const terms = questionTerms(question, splitter, sense, () => false).map(({ word, weight }) => ({
    word,
    // What no passage has weighs as what one has: the question asks for something else, too.
    weight:
      weight *
      (times.has(word) ? timeWeight : 1) *
      rarity(counts.passages + imagined, Math.max(1, counts.having(word))),
  }));
  const total = terms.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const vectors = terms.map(({ word }) => sense?.vector(word));
  const seen = new Map<string, readonly number[]>();
  const similarities = (word: string): readonly number[] => {
    const known = seen.get(word);
    if (known !== undefined) return known;
    const vector = sense?.vector(word);
    const found = terms.map((term, at) => (term.word === word ? 1 : softly(vectors[at], vector)));
    seen.set(word, found);
    return found;
  };
  return (text) => {
    const best = terms.map(() => 0);
    for (const word of new Set(text.split(' '))) {
      for (const [at, similarity] of similarities(word).entries()) {
        best[at] = Math.max(best[at] ?? 0, similarity);
      }
    }
    return terms.reduce((sum, { weight }, at) => sum + weight * (best[at] ?? 0), 0) / total;
  };
}

/** The idf of BM25 that never turns negative. */
function rarity(all: number, having: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

function softly(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const cosine = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return cosine < leastCosine ? 0 : softness * Math.min(1, cosine * cosine);
}
