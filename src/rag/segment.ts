/** Splits compounds that nothing marks, such as `countrylanguage`, by how usual their parts are. */
import type { WordSense } from '../models/wordSense.ts';

/** Shorter ones are codes and abbreviations. */
const shortestCompound = 6;
const shortestPart = 3;
const mostParts = 4;
/** How much of a compound has to be words; the rest is a prefix such as `sb` in `sbcustomer`, and is left out. */
const leastCovered = 0.7;

/** The logarithm of how likely letters are that are no word: less with each letter, far below the rarest word. */
function unknown(length: number): number {
  return (length < shortestPart ? -8 : -9) - 2.5 * length;
}

/**
 * The likeliest words whose run gives this one, each as likely as it is frequent in English; the word itself when it is
 * known, short, or not of words.
 * Source: Norvig: "Natural Language Corpus Data", in Beautiful Data, 2009; the frequencies are those of Zipf's law.
 * @param word of lower-case letters; anything else comes back whole
 */
export function segment(word: string, sense: Pick<WordSense, 'logFrequency'>): readonly string[] {
  if (word.length < shortestCompound || word.length > 40 || !/^[a-z]+$/.test(word)) return [word];
  if (sense.logFrequency(word) !== undefined) return [word];
  const parts = likeliestParts(word, sense);
  const known = parts.filter((part) => part.length >= shortestPart && sense.logFrequency(part) !== undefined);
  const covered = known.reduce((sum, part) => sum + part.length, 0) / word.length;
  return parts.length <= mostParts && covered >= leastCovered ? known : [word];
}

/** Viterbi: the best way to each place, from the best ways to those before it. */
function likeliestParts(word: string, sense: Pick<WordSense, 'logFrequency'>): string[] {
  const best = new Float64Array(word.length + 1).fill(-Infinity);
  const from = new Int32Array(word.length + 1);
  best[0] = 0;
  for (let start = 0; start < word.length; start++) {
    for (let end = start + 1; end <= word.length; end++) {
      const part = word.slice(start, end);
      const known = part.length < shortestPart ? undefined : sense.logFrequency(part);
      const score = (best[start] ?? 0) + (known ?? unknown(part.length));
      if (score <= (best[end] ?? 0)) continue;
      best[end] = score;
      from[end] = start;
    }
  }
  const parts: string[] = [];
  for (let end = word.length; end > 0; end = from[end] ?? 0) parts.unshift(word.slice(from[end], end));
  return parts;
}
