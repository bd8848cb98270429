/** Groups the rows of a small result for a chart: sums without loss, extremes as the server wrote them. */
import { inSlices } from '../rag/slices.ts';
import type { Chart } from '../shared/chartProtocol.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { ChartShape } from './chartShape.ts';
import { add, compare, divide, plainText, readDecimal, zero, type Decimal } from '../database/decimal.ts';
import { secondsOf } from '../database/temporalOrder.ts';
import { mostTimes, roundedDown, unitFor, type TimeUnit } from './timeUnits.ts';

type Cell = ResultRow[number];
/** `[x, value]` or `[x, value, group]`. */
export type Point = Cell[];

export interface Grouped {
  readonly points: Point[];
  /** What times were rounded to. */
  readonly unit: TimeUnit | undefined;
}

/**
 * One point for each row, or one for each group.
 * @throws KhipuError `cancelled`
 */
export async function groupRows(
  shape: ChartShape,
  rows: readonly ResultRow[],
  signal: AbortSignal,
): Promise<Grouped> {
  const { x, group, value, aggregate, kind } = shape;
  const cellAt = (row: ResultRow, column: { readonly index: number } | undefined): Cell =>
    column === undefined ? '' : (row[column.index] ?? null);
  const pointOf = (along: Cell, measure: Cell, row: ResultRow): Point => {
    const start = kind === 'kpi' ? [measure] : [along, measure];
    return group === undefined ? start : [...start, cellAt(row, group)];
  };
  if (aggregate === 'none')
    return { points: rows.map((row) => pointOf(cellAt(row, x), cellAt(row, value), row)), unit: undefined };
  const unit = x?.family === 'date' ? unitOfRows(rows, x.index) : undefined;
  const tallies = new Map<string, { readonly along: Cell; readonly row: ResultRow; readonly tally: Tally }>();
  await inSlices(
    rows,
    (row) => {
      const cell = cellAt(row, x);
      const along = unit === undefined || cell === null ? cell : roundedDown(cell, unit);
      const key = JSON.stringify([along, group === undefined ? null : cellAt(row, group)]);
      const held = tallies.get(key) ?? { along, row, tally: new Tally() };
      tallies.set(key, held);
      held.tally.add(cellAt(row, value));
    },
    signal,
  );
  if (tallies.size === 0 && kind === 'kpi') return { points: [[new Tally().of(aggregate)]], unit };
  const points = [...tallies.values()].map(({ along, row, tally }) =>
    pointOf(along, tally.of(aggregate), row),
  );
  return { points: inOrder(points, x?.family), unit };
}

/** Only as many times as are too many are rounded. */
function unitOfRows(rows: readonly ResultRow[], index: number): TimeUnit | undefined {
  const texts = new Set(rows.map((row) => row[index]));
  if (texts.size <= mostTimes) return undefined;
  let [first, last] = [Infinity, -Infinity];
  for (const text of texts) {
    const moment = text === null || text === undefined ? undefined : secondsOf(text);
    if (moment === undefined || !Number.isFinite(moment)) continue;
    first = Math.min(first, moment);
    last = Math.max(last, moment);
  }
  return first < last ? unitFor(last - first) : undefined;
}

/** Numbers and times by themselves; words as they came. */
function inOrder(points: Point[], family: string | undefined): Point[] {
  if (family === 'date') return sorted(points, (text) => secondsOf(text) ?? Infinity);
  return family === 'number' ? sorted(points, Number) : points;
}

function sorted(points: Point[], placeOf: (text: string) => number): Point[] {
  const placed = points.map((point) => {
    const [cell] = point;
    const place = cell === null || cell === undefined ? Infinity : placeOf(cell);
    return { point, place: Number.isNaN(place) ? Infinity : place };
  });
  return placed.sort((a, b) => (a.place === b.place ? 0 : a.place - b.place)).map(({ point }) => point);
}

class Tally {
  #rows = 0;
  #numbers = 0;
  #sum: Decimal = zero;
  #least: { readonly value: Decimal; readonly text: string } | undefined;
  #greatest: { readonly value: Decimal; readonly text: string } | undefined;

  /** NULL, NaN and infinity are counted as rows, and nothing else. */
  add(cell: Cell): void {
    this.#rows += 1;
    const value = cell === null ? undefined : readDecimal(cell);
    if (value === undefined || cell === null) return;
    this.#numbers += 1;
    this.#sum = add(this.#sum, value);
    const here = { value, text: cell };
    if (this.#least === undefined || compare(value, this.#least.value) < 0) this.#least = here;
    if (this.#greatest === undefined || compare(value, this.#greatest.value) > 0) this.#greatest = here;
  }

  /** As Postgres would: NULL where there was no number. */
  of(aggregate: Chart['aggregate']): Cell {
    switch (aggregate) {
      case 'count':
        return String(this.#rows);
      case 'min':
        return this.#least?.text ?? null;
      case 'max':
        return this.#greatest?.text ?? null;
      case 'mean': {
        const mean = divide(this.#sum, { digits: BigInt(this.#numbers), scale: 0 }, this.#sum.scale + 6);
        return mean === undefined ? null : plainText(mean);
      }
      case 'sum':
      case 'none':
        return this.#numbers === 0 ? null : plainText(this.#sum);
    }
  }
}
