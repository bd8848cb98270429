/** Names that mean nearly what another one says, by the vectors of their words. */
import type { WordSense } from '../models/wordSense.ts';
import { abbreviations } from './abbreviations.ts';
import { Vocabulary } from './vocabulary.ts';
import { createWordSplitter } from './wordSplitter.ts';

/** Names that are less alike, from 0 to 1, are near by chance. */
const leastNearness = 0.14;
const mostNames = 3;

interface Entry {
  readonly name: string;
  readonly words: readonly string[];
}

/**
 * The names nearest in meaning, best first, at most three. Each word of the one name is held against its most similar word of
 * the other, both ways round (the measure of `tableScores`); `schema.name` counts by its last part.
 */
export function nearInMeaning(wanted: string, names: readonly string[], sense: WordSense): string[] {
  const splitter = createWordSplitter(sense);
  const wordsOf = (name: string): string[] =>
    splitter.split(name.slice(name.lastIndexOf('.') + 1)).map((word) => abbreviations.get(word) ?? word);
  const sought = wordsOf(wanted);
  const entries = [...new Set(names)].map((name): Entry => ({ name, words: wordsOf(name) }));
  const vocabulary = new Vocabulary(sense);
  for (const { words } of entries) for (const word of words) vocabulary.add(word);
  Array.from(vocabulary.prepare()); // few words: all at once
  const similarities = sought.map((word) => {
    const { ids, similarities: found } = vocabulary.similar(word);
    return new Map([...ids].map((id, at) => [vocabulary.word(id), found[at] ?? 0]));
  });
  const weights = sought.map((word) => sense.weight(word));
  const nearness = ({ words }: Entry): number => {
    const best = similarities.map((similar) => Math.max(0, ...words.map((word) => similar.get(word) ?? 0)));
    const back = words.map((word) => Math.max(0, ...similarities.map((similar) => similar.get(word) ?? 0)));
    // `id` says the half of `client_id` only.
    const covered = mean(
      best.map((value) => (value > 0 ? 1 : 0)),
      weights,
    );
    return (
      (covered *
        (mean(best, weights) +
          mean(
            back,
            words.map((word) => sense.weight(word)),
          ))) /
      2
    );
  };
  return entries
    .map((entry) => ({ name: entry.name, score: nearness(entry) }))
    .filter(({ score }) => score >= leastNearness)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostNames)
    .map(({ name }) => name);
}

function mean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0) / total;
}
