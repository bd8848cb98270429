/** Leaves of a chart what a reader can take in: the largest values, the others put together where a sum means something. */
import type { ChartShape } from './chartShape.ts';
import { add, plainText, readDecimal, zero } from '../database/decimal.ts';
import { numberOfText } from './chartNumbers.ts';
import type { Point } from './chartGroups.ts';
import { tame } from './schemaText.ts';

export interface Folded {
  readonly points: Point[];
  readonly notes: string[];
}

const most = { bar: 50, pie: 9, series: 10, columns: 60, rows: 40, boxes: 30 } as const;

/** @param more there are groups that are not among the points */
export function foldPoints(shape: ChartShape, points: readonly Point[], more = false): Folded {
  const notes: string[] = [];
  const say = (kept: number, of: number, name: string): void => {
    const count = `${more ? 'more than ' : ''}${of.toLocaleString('en-US')}`;
    notes.push(`The ${kept} largest of ${count} values of ${tame(name, 60)} are shown.`);
  };
  const { kind, x, group } = shape;
  let kept = [...points];
  if (kind === 'pie') {
    const along = placesOf(points, 0);
    const largest = largestOf(points, 0, most.pie);
    if (along.size > largest.size || more) {
      const isAdded = addsUp(shape) && !more;
      const named = isAdded ? largestOf(points, 0, most.pie - 1) : largest;
      kept = isAdded ? gathered(points, 0, named) : points.filter(([cell]) => named.has(cell ?? null));
      if (!isAdded) say(named.size, along.size, x?.name ?? '');
    }
    kept.sort((a, b) => (numberOfText(b[1]) ?? 0) - (numberOfText(a[1]) ?? 0));
    return { points: kept, notes };
  }
  const limit = limitOf(shape);
  if (limit !== undefined)
    kept = onlyLargest(kept, 0, limit, (count) => say(limit, count, x?.name ?? ''), more);
  if (group === undefined) return { points: kept, notes };
  const series = kind === 'heatmap' ? most.rows : most.series;
  const found = placesOf(kept, 2).size;
  if (found > series && kind !== 'heatmap' && kind !== 'scatter' && addsUp(shape))
    kept = gathered(kept, 2, largestOf(kept, 2, series - 1));
  else kept = onlyLargest(kept, 2, series, (count) => say(series, count, group.name), false);
  return { points: kept, notes };
}

/** Along numbers and times everything stays: what is left out there would be a gap. */
function limitOf({ kind, x }: ChartShape): number | undefined {
  if (kind === 'heatmap') return x?.family === 'date' ? undefined : most.columns;
  if (kind === 'box') return most.boxes;
  const isWordy = x?.family !== 'date' && x?.family !== 'number';
  if (kind === 'bar') return isWordy ? most.bar : undefined;
  return isWordy && (kind === 'line' || kind === 'area') ? most.columns : undefined;
}

/** Whether the values of several groups together are their sum. */
function addsUp({ aggregate }: ChartShape): boolean {
  return aggregate === 'sum' || aggregate === 'count' || aggregate === 'none';
}

function placesOf(points: readonly Point[], at: number): Map<string | null, number> {
  const sizes = new Map<string | null, number>();
  for (const point of points) {
    const cell = point[at] ?? null;
    sizes.set(cell, (sizes.get(cell) ?? 0) + Math.abs(numberOfText(point[1]) ?? 0));
  }
  return sizes;
}

function largestOf(points: readonly Point[], at: number, count: number): Set<string | null> {
  const bySize = [...placesOf(points, at)].sort(([, a], [, b]) => b - a);
  return new Set(bySize.slice(0, count).map(([cell]) => cell));
}

function onlyLargest(
  points: Point[],
  at: number,
  count: number,
  onMore: (found: number) => void,
  more: boolean,
): Point[] {
  const found = placesOf(points, at).size;
  if (found <= count && !more) return points;
  onMore(found);
  const largest = largestOf(points, at, count);
  return points.filter((point) => largest.has(point[at] ?? null));
}

/** Adds what is not named up into one group of its own. */
function gathered(points: readonly Point[], at: number, named: ReadonlySet<string | null>): Point[] {
  const others = new Set(points.map((point) => point[at] ?? null).filter((cell) => !named.has(cell)));
  const name = `Other (${others.size.toLocaleString('en-US')} values)`;
  const sums = new Map<string, { readonly point: Point; sum: typeof zero }>();
  const kept: Point[] = [];
  for (const point of points) {
    if (named.has(point[at] ?? null)) {
      kept.push(point);
      continue;
    }
    const renamed = point.with(at, name);
    const key = JSON.stringify([renamed[0], renamed[2]]);
    const held = sums.get(key) ?? { point: renamed, sum: zero };
    sums.set(key, held);
    const value = point[1] === null || point[1] === undefined ? undefined : readDecimal(point[1]);
    if (value !== undefined) held.sum = add(held.sum, value);
  }
  return [...kept, ...[...sums.values()].map(({ point, sum }) => point.with(1, plainText(sum)))];
}
