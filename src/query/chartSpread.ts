/** How numbers are spread: the bins of a histogram and the five figures of a box. */
import type { ResultRow } from '../shared/resultsProtocol.ts';
import { numberOfText } from './chartNumbers.ts';
import type { Point } from './chartGroups.ts';
import type { ChartShape } from './chartShape.ts';

/** Equal bins with edges that are easy to read. */
export interface Bins {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

const wantedBins = 24;

/** Bins over `least` to `greatest`, both finite. */
export function binsOver(least: number, greatest: number): Bins {
  const largest = Math.max(Math.abs(least), Math.abs(greatest));
  // Each by itself: the span of the largest doubles is none.
  const rough = greatest / wantedBins - least / wantedBins;
  if (rough <= largest * 1e-12 || rough < 1e-290) {
    const step = Math.max(1, largest * 1e-3); // as good as one value: one bin around it
    return { from: least - step / 2, step, count: 1 };
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10);
  // Multiples of a step are rounded: the first and the last bin have to hold what is at the ends all the same.
  const first = Math.floor(least / step);
  const from = (first * step > least ? first - 1 : first) * step;
  const count = Math.max(1, Math.floor((greatest - from) / step) + 1);
  return { from, step, count: from + count * step < greatest ? count + 1 : count };
}

/** `[from, count, to]` of every bin, empty ones too. @param counts rows by the place of their bin */
export function binPoints({ from, step, count }: Bins, counts: ReadonlyMap<number, string>): Point[] {
  const edge = (place: number): string => String(Number((from + place * step).toPrecision(12)));
  return Array.from({ length: count }, (_, place) => [
    edge(place),
    counts.get(place) ?? '0',
    edge(place + 1),
  ]);
}

export function binRows({ x }: ChartShape, rows: readonly ResultRow[]): Point[] {
  const numbers = rows.flatMap((row) => numberOfText(row[x?.index ?? -1]) ?? []);
  if (numbers.length === 0) return [];
  let [least, greatest] = [Infinity, -Infinity];
  for (const number of numbers) {
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }
  const bins = binsOver(least, greatest);
  const counts = new Map<number, number>();
  for (const number of numbers) {
    const place = Math.min(bins.count - 1, Math.floor((number - bins.from) / bins.step));
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return binPoints(bins, new Map([...counts].map(([place, count]) => [place, String(count)])));
}

/** `[x, least, quarter, median, three quarters, greatest]` of each value of x, in the order in which they come. */
export function boxRows({ x, value }: ChartShape, rows: readonly ResultRow[]): Point[] {
  const groups = new Map<string | null, number[]>();
  for (const row of rows) {
    const number = numberOfText(row[value?.index ?? -1]);
    if (number === undefined) continue;
    const along = x === undefined ? '' : (row[x.index] ?? null);
    const held = groups.get(along);
    if (held === undefined) groups.set(along, [number]);
    else held.push(number);
  }
  return [...groups].map(([along, numbers]) => {
    numbers.sort((a, b) => a - b);
    return [along, ...[0, 0.25, 0.5, 0.75, 1].map((share) => String(quantile(numbers, share)))];
  });
}

/** As `percentile_cont` does: between two values in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
