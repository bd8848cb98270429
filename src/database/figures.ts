/** Count, sum, average, least and greatest of cells, exact: numbers are added as decimals, never as doubles. Pure. */
import { columnKind, isPointInTime } from '../shared/columnKind.ts';
import type { SelectionFigures } from '../shared/cellsProtocol.ts';
import type { ResultColumn, ResultRow } from '../shared/resultsProtocol.ts';
import { add, compare, divide, exponentOf, plainText, readDecimal, zero, type Decimal } from './decimal.ts';
import { compareMoments, momentOf } from './temporalOrder.ts';

/** Digits of an average, and at least so many places behind its point. */
const places = 20;

type Kind = 'numbers' | 'dates' | 'texts';

/** Amounts of money are not written as numbers, and neither keys nor flags are compared. */
function kindOf(type: string): Kind | undefined {
  const kind = columnKind(type);
  if (kind === 'number') return type === 'money' ? undefined : 'numbers';
  if (kind === 'time') return isPointInTime(type) ? 'dates' : undefined;
  return kind === 'text' && type !== 'uuid' ? 'texts' : undefined;
}

/** The least and the greatest so far, each with the text that it was read from. */
class Extremes<T> {
  readonly #compare: (one: T, other: T) => number;
  #least: { readonly value: T; readonly text: string } | undefined;
  #greatest: { readonly value: T; readonly text: string } | undefined;

  constructor(compare: (one: T, other: T) => number) {
    this.#compare = compare;
  }

  take(value: T, text: string): void {
    if (this.#least === undefined || this.#compare(value, this.#least.value) < 0)
      this.#least = { value, text };
    if (this.#greatest === undefined || this.#compare(value, this.#greatest.value) > 0)
      this.#greatest = { value, text };
  }

  get texts(): { least: string; greatest: string } | undefined {
    if (this.#least === undefined || this.#greatest === undefined) return undefined;
    return { least: this.#least.text, greatest: this.#greatest.text };
  }
}

/** Takes cells row by row. */
export class Figures {
  readonly #columns: readonly { readonly place: number; readonly kind: Kind | undefined }[];
  readonly #ordered: Kind | undefined;
  readonly #numbers = new Extremes(compare);
  readonly #dates = new Extremes(compareMoments);
  readonly #texts = new Extremes<string>((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  #sum = zero;
  #count = 0;
  #cells = 0;
  #nulls = 0;
  #leftOut = 0;

  /** @param selected places in the row of all columns of which cells will be given */
  constructor(columns: readonly ResultColumn[], selected: readonly number[]) {
    this.#columns = columns.map(({ type }, place) => ({ place, kind: kindOf(type) }));
    this.#ordered = orderedOf(selected.map((place) => columns[place]?.type ?? ''));
  }

  /** @param selected places of the cells that are wanted of this row */
  add(row: ResultRow, selected: readonly number[]): void {
    for (const place of selected) {
      const text = row[place] ?? null;
      this.#cells += 1;
      if (text === null) this.#nulls += 1;
      else if (this.#columns[place]?.kind === 'numbers') this.#addNumber(text);
      else if (this.#ordered !== 'numbers') this.#addOther(text);
    }
  }

  result(): SelectionFigures {
    const { cells, nulls, leftOut } = { cells: this.#cells, nulls: this.#nulls, leftOut: this.#leftOut };
    const ordered = this.#ordered;
    const ends = this.#endsOf(ordered);
    return {
      cells,
      nulls,
      leftOut,
      ...(this.#count === 0
        ? {}
        : {
            numbers: {
              count: this.#count,
              sum: plainText(this.#sum),
              average: plainText(mean(this.#sum, this.#count)),
            },
          }),
      ...(ends === undefined || ordered === undefined ? {} : { ...ends, ordered }),
    };
  }

  #endsOf(kind: Kind | undefined): { least: string; greatest: string } | undefined {
    if (kind === undefined) return undefined;
    return { numbers: this.#numbers, dates: this.#dates, texts: this.#texts }[kind].texts;
  }

  #addNumber(text: string): void {
    const value = readDecimal(text);
    if (value === undefined) {
      this.#leftOut += 1; // NaN, Infinity, or too long
      return;
    }
    this.#sum = add(this.#sum, value);
    this.#count += 1;
    this.#numbers.take(value, text);
  }

  #addOther(text: string): void {
    if (this.#ordered === 'texts') {
      this.#texts.take(text, text);
    } else if (this.#ordered === 'dates') {
      const moment = momentOf(text);
      if (moment === undefined) this.#leftOut += 1;
      else this.#dates.take(moment, text);
    }
  }
}

/** Numbers are ordered as soon as there are some; dates and texts only when all columns are alike. */
function orderedOf(types: readonly string[]): Kind | undefined {
  const bare = types.map((type) => type.replace(/\(.*?\)/, ''));
  const kinds = new Set(bare.map(kindOf));
  if (kinds.has('numbers')) return 'numbers';
  if (kinds.size !== 1) return undefined;
  const [kind] = kinds;
  return kind === 'dates' && new Set(bare).size > 1 ? undefined : kind;
}

/** A sum that is tiny needs its places counted from its first digit. */
function mean(sum: Decimal, count: number): Decimal {
  const wanted = Math.max(places, places - exponentOf(sum));
  return divide(sum, { digits: BigInt(count), scale: 0 }, wanted) ?? zero;
}
