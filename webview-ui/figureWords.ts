/** The figures of a selection as they stand in the status line. */
import type { SelectionFigures } from '../src/shared/cellsProtocol.ts';
import { plainLine } from './cellText.ts';

export interface FigureWords {
  readonly label: string;
  /** As it is shown. */
  readonly shown: string;
  /** As it is copied: every digit, in Postgres's own spelling. */
  readonly exact: string;
}

const longestShown = 28;
const placesShown = 6;

/** A decimal text with the separators of the locale, and no more places than a person compares. */
export function numberWords(text: string, locale?: string): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return text; // with an exponent: as it is
  // Fewer places would make nothing of it.
  const isTiny = /^-?0\.0{5}/.test(text);
  const options = isTiny ? { maximumSignificantDigits: placesShown } : { maximumFractionDigits: placesShown };
  // Strings are read as exact decimals; a number would lose digits.
  return new Intl.NumberFormat(locale, options).format(text as `${number}`);
}

export function figureWords(figures: SelectionFigures, locale?: string): FigureWords[] {
  const { cells, nulls, numbers, least, greatest, ordered } = figures;
  const count = (value: number): string => value.toLocaleString(locale);
  const words: FigureWords[] = [
    { label: 'Count', shown: count(cells - nulls), exact: String(cells - nulls) },
  ];
  if (nulls > 0) words.push({ label: 'NULL', shown: count(nulls), exact: String(nulls) });
  const decimal = (label: string, text: string): void =>
    void words.push({ label, shown: plainLine(numberWords(text, locale), longestShown), exact: text });
  if (numbers !== undefined) {
    decimal('Sum', numbers.sum);
    decimal('Average', numbers.average);
  }
  for (const [label, text] of [
    ['Min', least],
    ['Max', greatest],
  ] as const) {
    if (text === undefined) continue;
    if (ordered === 'numbers') decimal(label, text);
    else words.push({ label, shown: plainLine(text, longestShown), exact: text });
  }
  return words;
}

/** What is in no figure, in words; nothing when all is. */
export function leftOutWords({ leftOut, ordered }: SelectionFigures): string {
  if (leftOut === 0) return '';
  const what =
    ordered === 'dates' ? 'dates that are not written in ISO style' : 'NaN, infinity, or over 120 digits';
  return `${leftOut.toLocaleString()} left out: ${what}`;
}
