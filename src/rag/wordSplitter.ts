/** Splits names and texts into words that the vectors know: by case and underscores, then compounds by word frequency. */
import type { WordSense } from '../models/wordSense.ts';
import { segment } from './segment.ts';
import { singular, words } from './words.ts';

export interface WordSplitter {
  /** The words of a text, in order. */
  split(text: string): string[];
  /** The words that one word consists of: itself unless it is a compound. */
  partsOf(word: string): readonly string[];
}

/**
 * A splitter that remembers the words it has seen, for a schema uses the same few over and over.
 * @param sense without it compounds stay whole
 */
export function createWordSplitter(sense: WordSense | undefined): WordSplitter {
  const seen = new Map<string, readonly string[]>();
  const partsOf = (word: string): readonly string[] => {
    if (sense === undefined) return [word];
    const known = seen.get(word);
    if (known !== undefined) return known;
    const parts = segment(word, sense);
    const found = parts.length === 1 && parts[0] === word ? parts : parts.map(singular);
    seen.set(word, found);
    return found;
  };
  return { partsOf, split: (text) => words(text).flatMap(partsOf) };
}
