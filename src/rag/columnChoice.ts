/** Which columns of a wide table go into the prompt. */
import type { CardedTable, CatalogCards } from './catalogCards.ts';
import { contentWords, words } from './words.ts';

/** A table with more columns is wide, and is cut down to so many, or to those that may not be left out. */
const wide = 20;

/** A year in the question is looked for in columns of years and times. */
const year = /\b(?:19|20)\d\d\b/;
const timeType = /^(?:date|timestamp)/;
const timeWords: ReadonlySet<string> = new Set(['year', 'date', 'time']);

/**
 * The columns by name, in the table's order: keys, those that the question's words meet, and of the others those whose
 * names are most usual in this database, as far as there is room. Undefined when all of them go in.
 * @param met columns that the search says the question met
 */
export function chooseColumns(
  question: string,
  table: CardedTable,
  met: ReadonlySet<string>,
  cards: CatalogCards,
): readonly string[] | undefined {
  const { columns, foreignKeys } = table.relation;
  if (columns.length <= wide) return undefined;
  const asked = new Set(contentWords(question));
  const kept = new Set([...table.referenced, ...foreignKeys.flatMap((key) => key.columns)]);
  const aboutTime = year.test(question);
  for (const { name, type, comment, primaryKey } of columns) {
    const ofTime = aboutTime && (timeType.test(type) || words(name).some((word) => timeWords.has(word)));
    const said = [...words(name), ...words(comment ?? '')].some((word) => asked.has(word));
    if (primaryKey || met.has(name) || said || ofTime) kept.add(name);
  }
  const use = (name: string): number => cards.columnUse.get(name) ?? 0;
  const others = columns.map(({ name }) => name).filter((name) => !kept.has(name));
  others.sort((a, b) => use(b) - use(a));
  for (const name of others.slice(0, Math.max(0, wide - kept.size))) kept.add(name);
  return kept.size === columns.length
    ? undefined
    : columns.map(({ name }) => name).filter((name) => kept.has(name));
}
