/** A table as words: which it has, in which place each stands, and what its name and its columns consist of. */
import { abbreviations } from './abbreviations.ts';
import type { TableDetail } from './tableDetail.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { WordSplitter } from './wordSplitter.ts';

/** Where a word of a table stands, and what finding it there is worth: its name says most about a table. */
const places = { name: 1, comment: 0.9, column: 0.8, schema: 0.8 } as const;

export interface ColumnWords {
  readonly name: string;
  /** Of its name, its comment and the values of its enum, by number. */
  readonly words: readonly number[];
}

export interface TableWords {
  /** Each word of the table by number, with the worth of its best place. */
  readonly words: ReadonlyMap<number, number>;
  /** The words of its name; those of one group mean the same, such as an abbreviation and its long form. */
  readonly name: readonly (readonly number[])[];
  readonly columns: readonly ColumnWords[];
}

export function tableWords(detail: TableDetail, splitter: WordSplitter, vocabulary: Vocabulary): TableWords {
  const found = new Map<number, number>();
  const numbersOf = (text: string): number[] =>
    splitter.split(text).flatMap((word) => withLongForm(word, vocabulary));
  const put = (numbers: readonly number[], worth: number): void => {
    for (const number of numbers) found.set(number, Math.max(worth, found.get(number) ?? 0));
  };
  put(numbersOf(detail.name), places.name);
  put(numbersOf(detail.comment), places.comment);
  put(numbersOf(detail.schema), places.schema);
  const columns = detail.columns.map(({ name, comment, values }) => {
    const own = [...new Set([name, comment, ...values].flatMap(numbersOf))];
    put(own, places.column);
    return { name, words: own };
  });
  const name = splitter.split(detail.name).map((word) => withLongForm(word, vocabulary));
  return { words: found, name, columns };
}

function withLongForm(word: string, vocabulary: Vocabulary): number[] {
  const long = abbreviations.get(word);
  return [word, ...(long === undefined ? [] : [long])].map((each) => vocabulary.add(each));
}
