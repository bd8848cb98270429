/** Passages of documents as the text that a model reads: sanitised and capped, each after the place where it stands. */
import type { RetrievedPassage } from '../rag/retrieval.ts';
import type { Citation } from '../shared/resultsProtocol.ts';
import { placeName } from '../shared/sourcePlace.ts';
import { tame } from './schemaText.ts';

/** Characters of a passage, and of one of its lines. */
const passageLimit = 2000;

/** The passages, each with its source in front. */
export function documentText(passages: readonly RetrievedPassage[]): string {
  return passages
    .map(
      (passage, index) =>
        `[${index + 1}] ${tame(sourceName({ ...passage, ...passage.place, heading: [...passage.heading] }))}\n${tamedLines(passage.text)}`,
    )
    .join('\n\n');
}

/** Where a passage stands, for a person: `docs/returns.md, Orders > Returns, line 12`. */
export function sourceName(source: Omit<Citation, 'path'>): string {
  const { file, heading } = source;
  return [file, ...(heading.length === 0 ? [] : [heading.join(' > ')]), placeName(source)].join(', ');
}

/** Lines stay lines, for a table or a list says little without them; whatever else is invisible goes. */
function tamedLines(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/).map((line) => tame(line, passageLimit));
  const whole = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (whole.length <= passageLimit) return whole;
  return `${whole.slice(0, passageLimit).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
