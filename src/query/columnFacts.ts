/** What one column of a result holds, gathered cell by cell: counts, sums without loss, extremes, most frequent values. */
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import { add, compare, readDecimal, zero, type Decimal } from '../database/decimal.ts';
import { secondsOf } from '../database/temporalOrder.ts';
import { columnKind, isPointInTime } from '../shared/columnKind.ts';

export type ColumnFamily = 'number' | 'date' | 'boolean' | 'text' | 'other';

/** Enums and domains have names of their own, and count as text where they look like words. */
export function familyOf({ type }: Pick<ResultColumn, 'type'>): ColumnFamily {
  const kind = columnKind(type);
  if (kind === 'number') return summed.test(type) ? 'number' : 'other';
  if (kind === 'time') return isPointInTime(type) ? 'date' : 'other';
  if (kind !== 'other') return kind;
  return structured.test(type) ? 'other' : 'text';
}

/** Amounts of money are not written as numbers, and object ids are not added up. */
const summed = /^(?!money|oid)/;

const structured =
  /\[\]$|^(?:json|jsonb|xml|bytea|money|interval|time\b.*|bit.*|inet|cidr|macaddr8?|tsvector|tsquery|point|line|lseg|box|path|polygon|circle|.*range|record|geometry|geography|vector|hstore)$/;

/** A value and where it stands. */
export interface Extreme<T> {
  readonly value: T;
  /** As the server wrote it. */
  readonly text: string;
  /** From 0. */
  readonly row: number;
}

export interface ColumnFacts {
  /** Its place in the row. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly family: ColumnFamily;
  readonly count: number;
  readonly nulls: number;
  /** Different values, NULL aside. */
  readonly distinct: number;
  /** The most frequent values with their counts; at most three. */
  readonly frequent: readonly (readonly [string, number])[];
  /** Finite numbers. */
  readonly numbers: {
    readonly count: number;
    readonly sum: Decimal;
    readonly least: Extreme<Decimal> | undefined;
    readonly greatest: Extreme<Decimal> | undefined;
    readonly hasNegative: boolean;
  };
  readonly dates: {
    readonly first: Extreme<number> | undefined;
    readonly last: Extreme<number> | undefined;
  };
  /** NaN, Infinity, and numbers too long to be worked with. */
  readonly unusable: number;
}

/** Values that begin alike for this long count as one. */
export const longestKey = 200;

/** Gathers the facts of one column. */
export class ColumnTally {
  readonly #column: ResultColumn;
  readonly #index: number;
  readonly #family: ColumnFamily;
  readonly #values = new Map<string, number>();
  #count = 0;
  #nulls = 0;
  #unusable = 0;
  #numbers = 0;
  #sum = zero;
  #least: Extreme<Decimal> | undefined;
  #greatest: Extreme<Decimal> | undefined;
  #first: Extreme<number> | undefined;
  #last: Extreme<number> | undefined;

  constructor(column: ResultColumn, index: number) {
    this.#column = column;
    this.#index = index;
    this.#family = familyOf(column);
  }

  add(cell: string | null, row: number): void {
    this.#count += 1;
    if (cell === null) {
      this.#nulls += 1;
      return;
    }
    const key = cell.slice(0, longestKey);
    this.#values.set(key, (this.#values.get(key) ?? 0) + 1);
    if (this.#family === 'number') this.#addNumber(cell, row);
    if (this.#family === 'date') this.#addDate(cell, row);
  }

  #addNumber(text: string, row: number): void {
    const value = readDecimal(text);
    if (value === undefined) {
      this.#unusable += 1;
      return;
    }
    this.#numbers += 1;
    this.#sum = add(this.#sum, value);
    const here = { value, text, row };
    if (this.#least === undefined || compare(value, this.#least.value) < 0) this.#least = here;
    if (this.#greatest === undefined || compare(value, this.#greatest.value) > 0) this.#greatest = here;
  }

  #addDate(text: string, row: number): void {
    const value = secondsOf(text);
    if (value === undefined || !Number.isFinite(value)) {
      this.#unusable += 1;
      return;
    }
    const here = { value, text, row };
    if (this.#first === undefined || value < this.#first.value) this.#first = here;
    if (this.#last === undefined || value > this.#last.value) this.#last = here;
  }

  get facts(): ColumnFacts {
    const { name, type } = this.#column;
    return {
      index: this.#index,
      name,
      type,
      family: this.#family,
      count: this.#count,
      nulls: this.#nulls,
      distinct: this.#values.size,
      frequent: mostFrequent(this.#values),
      numbers: {
        count: this.#numbers,
        sum: this.#sum,
        least: this.#least,
        greatest: this.#greatest,
        hasNegative: this.#least !== undefined && this.#least.value.digits < 0n,
      },
      dates: { first: this.#first, last: this.#last },
      unusable: this.#unusable,
    };
  }
}

/** The three largest counts, in one pass: sorting every value would hold the event loop. */
function mostFrequent(values: ReadonlyMap<string, number>): [string, number][] {
  const best: [string, number][] = [];
  for (const [value, count] of values) {
    if (best.length === 3 && count <= (best[2]?.[1] ?? 0)) continue;
    best.push([value, count]);
    best.sort((left, right) => right[1] - left[1]);
    best.length = Math.min(best.length, 3);
  }
  return best;
}
