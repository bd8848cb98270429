/** Finds values of enums, and common values where the AI policy allows samples, that a question names: `'shipped'` says which column is meant, and how it is written. */
import type { CatalogCards } from './catalogCards.ts';
import type { ValueMatch } from './retrieval.ts';
import { contentWords, words } from './words.ts';

/**
 * Values whose words stand in the question one after the other, longest first where they overlap. Single letters, numbers
 * and words such as "all" count between quotes only.
 */
export function valueMatches(question: string, cards: CatalogCards): ValueMatch[] {
  const asked = words(question);
  const lower = question.toLowerCase();
  const found: ValueMatch[] = [];
  for (let start = 0; start < asked.length; start++) {
    for (let length = Math.min(cards.longestValue, asked.length - start); length > 0; length--) {
      const run = asked.slice(start, start + length).join(' ');
      const places = cards.values.get(run) ?? [];
      const matches = places
        .map((place) => ({ ...place, quoted: isQuoted(lower, place.value), places: places.length }))
        .filter(({ quoted }) => quoted || saysSomething(run));
      if (matches.length === 0) continue;
      found.push(...matches);
      start += length - 1;
      break;
    }
  }
  return found.filter((match, at) => found.findIndex((other) => sameValue(match, other)) === at);
}

function isQuoted(lower: string, value: string): boolean {
  return [`'${value.toLowerCase()}'`, `"${value.toLowerCase()}"`, `“${value.toLowerCase()}”`].some((each) =>
    lower.includes(each),
  );
}

function saysSomething(run: string): boolean {
  if (/^[\p{N} ]+$/u.test(run) || run.length < 2) return false;
  // contentWords gives all words back when none of them says anything.
  return run.includes(' ') || contentWords(`${run} of`).join(' ') === run;
}

function sameValue(a: ValueMatch, b: ValueMatch): boolean {
  return a.table === b.table && a.column === b.column && a.value === b.value;
}
