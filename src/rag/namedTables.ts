/** Finds the tables that a question names. */
import type { CatalogCards } from './catalogCards.ts';
import { words } from './words.ts';

export interface NamedTables {
  /** By an identifier, or by all the words of a name of several: these are meant, whatever a search finds. */
  readonly written: ReadonlySet<string>;
  /** By a plain word that is the whole name of the table, and may be meant as a word. */
  readonly plain: ReadonlySet<string>;
}

/** A name that more tables than this bear ("name", "user" in a hundred schemas) names none of them. */
const ambiguous = 4;

/** Ids of the tables; where names overlap, the longest one counts: `order_lines` does not name `orders`. */
export function namedTables(question: string, cards: CatalogCards): NamedTables {
  const written = new Set<string>();
  const plain = new Set<string>();
  const lower = question.toLowerCase();
  const asked = words(question);
  for (let start = 0; start < asked.length; start++) {
    const length = longestName(asked, start, cards);
    const ids = cards.byWords.get(asked.slice(start, start + length).join(' ')) ?? [];
    const qualified = ids.filter((id) => standsIn(lower, id.toLowerCase()));
    if (qualified.length > 0) for (const id of qualified) written.add(id);
    else if (ids.length <= ambiguous) for (const id of ids) (isWritten(id, length) ? written : plain).add(id);
    start += Math.max(0, length - 1);
  }
  return { written, plain };

  function isWritten(id: string, length: number): boolean {
    const name = cards.tables.get(id)?.relation.name ?? '';
    return length > 1 || standsIn(lower, `"${name.toLowerCase()}"`) || standsIn(lower, `\`${name}\``);
  }
}

/** Words of the longest name that starts at this place; 0 when none does. */
function longestName(
  asked: readonly string[],
  start: number,
  { byWords, longestName: most }: CatalogCards,
): number {
  for (let length = Math.min(most, asked.length - start); length > 0; length--) {
    if (byWords.has(asked.slice(start, start + length).join(' '))) return length;
  }
  return 0;
}

/** As a whole: `a.orders` does not stand in `sa.orders_old`. */
function standsIn(text: string, name: string): boolean {
  const part = /[\p{L}\p{N}_$]/u;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + name.length] ?? ' '];
    if (!part.test(before) && !part.test(after)) return true;
  }
  return false;
}
