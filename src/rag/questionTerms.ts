/** What a question looks for: its words, each with how much it says about the tables that are needed. */
import type { WordSense } from '../models/wordSense.ts';
import type { WordSplitter } from './wordSplitter.ts';
import { contentWords } from './words.ts';

export interface QuestionTerm {
  readonly word: string;
  /** From 0 to 1. */
  readonly weight: number;
}

/** How rows are ordered, counted or compared, which any table's can be. */
const operations: ReadonlySet<string> = new Set(
  (
    'number total average mean maximum minimum maximal minimal max min sum count most least highest lowest top bottom more less ' +
    'fewer distinct different unique return ascending descending alphabetical alphabetically sorted sort ordered greater larger ' +
    'smaller largest smallest per also only'
  ).split(' '),
);

/** Not nothing: a column may be called `total`, and a table may have a number. */
const littleWeight = 0.2;

const number = /^\p{N}+$/u;

/** Where "order" is no order that somebody placed. */
const ordering =
  /\b(?:ascending|descending|alphabetical|lexicographical|chronological|reverse|increasing|decreasing)\s+order\b|\border(?:ed)?\s+by\b|\bin\s+order\s+of\b/giu;

/**
 * The words of a question that say something about tables, each once, in order. Numbers are values and left out, unless
 * there is nothing else, or a name has them.
 * @param sense by which a word says the more, the rarer it is in ordinary text; without it all say the same
 */
export function questionTerms(
  question: string,
  splitter: WordSplitter,
  sense: Pick<WordSense, 'weight'> | undefined,
  isName: (word: string) => boolean,
): QuestionTerm[] {
  const content = contentWords(question.replace(ordering, ' '));
  const named = content.filter((word) => !number.test(word) || isName(word));
  const terms = new Map<string, number>();
  for (const whole of named.length === 0 ? content : named) {
    for (const word of splitter.partsOf(whole)) {
      // The root, because the counts of the schema weigh as well.
      const rarity = Math.sqrt(sense?.weight(word) ?? 1);
      const weight = rarity * (operations.has(word) || number.test(word) ? littleWeight : 1);
      terms.set(word, Math.max(weight, terms.get(word) ?? 0));
    }
  }
  return [...terms].map(([word, weight]) => ({ word, weight }));
}
