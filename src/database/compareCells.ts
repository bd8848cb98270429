/** Compares cells of a result as Postgres would, where their text alone tells the order. */
import { columnKind } from '../shared/columnKind.ts';

/** Negative, 0 or positive, as for `Array.sort`. */
export type Compare = (one: string, other: string) => number;

const decimal = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?$/;
const dateOrTime = /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?$/;

/** Decimal numbers of any length exactly; NaN is greater than all others, as in Postgres. */
export function compareNumbers(one: string, other: string): number {
  const [a, b] = [decimal.exec(one), decimal.exec(other)];
  if (a === null || b === null) return compareFloats(Number(one), Number(other));
  const [negative, otherNegative] = [signOf(a) < 0, signOf(b) < 0];
  if (negative !== otherNegative) return negative ? -1 : 1;
  const [whole = '', fraction = ''] = a.slice(2);
  const [otherWhole = '', otherFraction = ''] = b.slice(2);
  const order =
    whole.length - otherWhole.length ||
    compareTexts(whole, otherWhole) ||
    compareTexts(fraction, otherFraction);
  return negative ? -order : order;
}

function signOf([, sign, whole, fraction]: RegExpExecArray): number {
  return sign === '-' && (whole !== '' || (fraction ?? '') !== '') ? -1 : 1;
}

function compareFloats(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other))
    return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return one < other ? -1 : Number(one > other);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/**
 * How the values of a column are compared.
 * @param values all that will be compared
 * @returns undefined where only the server can tell
 */
export function comparisonOf(type: string, values: readonly string[]): Compare | undefined {
  const kind = columnKind(type);
  if (kind === 'number') {
    return type !== 'money' && values.every((value) => isNumber(value)) ? compareNumbers : undefined;
  }
  if (kind === 'boolean') return values.every((value) => /^[ft]$/.test(value)) ? compareTexts : undefined;
  // With a time zone, the text of a later time may be the smaller one.
  if (kind === 'time')
    return !type.endsWith('with time zone') && values.every((value) => dateOrTime.test(value))
      ? (one, other) => compareTexts(asTime(one), asTime(other))
      : undefined;
  if (kind !== 'text') return undefined;
  return type === 'uuid' ? compareTexts : new Intl.Collator(undefined, { numeric: false }).compare;
}

function asTime(text: string): string {
  return text.length === 10 ? `${text} 00:00:00` : text;
}

/** Whether a text is a number to Postgres, as far as this can tell. */
export function isNumber(text: string): boolean {
  return /^(-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity)$/.test(text);
}
