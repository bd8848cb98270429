/** A chart's points as marks with places and labels: all that Vega is given of a result are numbers, and texts that it only writes. */
import type { PointField, ChartPoints } from '../../src/shared/chartData.ts';
import type { Chart } from '../../src/shared/chartProtocol.ts';
import { plainLine } from '../cellText.ts';
import { numberOf, timeOf } from './values.ts';

export type ChartKind = Chart['kind'];

type Cell = string | null | undefined;

/** Its keys are all the field names that a specification ever has: those of columns never get there. */
export interface Mark {
  readonly x?: number;
  readonly x2?: number;
  readonly y?: number;
  readonly c?: number;
  readonly low?: number;
  readonly middle?: number;
  readonly high?: number;
  readonly y2?: number;
  readonly text?: string;
  /** What the tooltip says, line by line. */
  readonly tip: string;
}

export interface Axis {
  readonly title: string;
  readonly scale: PointField['scale'];
  /** Of a category: the words at each place. */
  readonly labels: readonly string[];
}

export interface Drawing {
  readonly kind: ChartKind;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly colour: Axis | undefined;
  readonly marks: readonly Mark[];
  /** Points that have no place: NULL, NaN, infinity. */
  readonly leftOut: number;
}

const longestLabel = 60;
const noAxis: Axis = { title: '', scale: 'number', labels: [] };

/** A text of the result as one line that does nothing: without what cannot be seen, and cut. */
export function labelOf(cell: Cell): string {
  if (cell === null || cell === undefined) return 'NULL';
  if (cell === '') return '(empty)';
  return plainLine(cell, longestLabel);
}

/** A number as its reader writes numbers; the digits stay those of the cell as far as they matter. */
export function figureOf(cell: Cell, locale?: string): string {
  const value = numberOf(cell);
  if (value === undefined || cell === null || cell === undefined) return labelOf(cell);
  if (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e21)) return value.toPrecision(4);
  const digits = Math.abs(value) >= 1 ? 2 : 4;
  // As a text: a number would lose digits beyond 2^53.
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(cell as `${number}`);
}

export function drawingOf(kind: ChartKind, title: string, { fields, points }: ChartPoints): Drawing {
  const drawer = drawers[kind];
  const { marks, ...axes } = drawer(fields, points, kind);
  const drawn = marks.filter((mark) => mark !== undefined);
  return { kind, title, ...axes, marks: drawn, leftOut: marks.length - drawn.length };
}

interface Drawn {
  readonly x: Axis;
  readonly y: Axis;
  readonly colour: Axis | undefined;
  readonly marks: readonly (Mark | undefined)[];
}
type Drawer = (fields: readonly PointField[], points: ChartPoints['points'], kind: ChartKind) => Drawn;

const drawers: Readonly<Record<ChartKind, Drawer>> = {
  bar: alongX,
  line: alongX,
  area: alongX,
  scatter: alongX,
  heatmap: alongX,
  pie: slices,
  histogram: bins,
  box: boxes,
  kpi: single,
};

/** Gives every value of a category a place, in the order in which they come. */
class Places {
  readonly #places = new Map<Cell, number>();
  readonly labels: string[] = [];

  of(cell: Cell): number {
    const known = this.#places.get(cell);
    if (known !== undefined) return known;
    this.#places.set(cell, this.labels.length);
    this.labels.push(labelOf(cell));
    return this.labels.length - 1;
  }
}

function alongX(fields: readonly PointField[], points: ChartPoints['points'], kind: ChartKind): Drawn {
  const [xField, yField, colourField] = fields;
  const inBands = kind === 'bar' || kind === 'heatmap';
  const scale = inBands ? 'category' : (xField?.scale ?? 'category');
  const xs = new Places();
  const cs = new Places();
  const marks = points.map(([x, y, c]) => {
    const at = scale === 'category' ? xs.of(x) : scale === 'time' ? timeOf(x) : numberOf(x);
    const height = numberOf(y);
    if (at === undefined || height === undefined) return undefined;
    const tip = tipOf([
      [xField, x],
      [colourField, c],
      [yField, y],
    ]);
    return { x: at, y: height, ...(colourField === undefined ? {} : { c: cs.of(c) }), tip };
  });
  const labels = inBands && xField?.scale === 'time' ? shortTimes(xs.labels) : xs.labels;
  return {
    x: { title: nameOf(xField), scale, labels },
    y: { title: nameOf(yField), scale: 'number', labels: [] },
    colour: colourField && { title: nameOf(colourField), scale: 'category', labels: cs.labels },
    marks,
  };
}

function slices([xField, yField]: readonly PointField[], points: ChartPoints['points']): Drawn {
  const places = new Places();
  const total = points.reduce((sum, [, y]) => sum + Math.max(0, numberOf(y) ?? 0), 0);
  const marks = points.map(([x, y]) => {
    const size = numberOf(y);
    if (size === undefined || size < 0) return undefined;
    const share = shareWords(total === 0 ? 0 : size / total);
    const tip = `${tipOf([
      [xField, x],
      [yField, y],
    ])}\n${share}`;
    return { c: places.of(x), y: size, text: share, tip };
  });
  const colour = { title: nameOf(xField), scale: 'category' as const, labels: places.labels };
  return { x: noAxis, y: { ...noAxis, title: nameOf(yField) }, colour, marks };
}

function bins([xField]: readonly PointField[], points: ChartPoints['points']): Drawn {
  const marks = points.map(([from, count, to]) => {
    const [x, x2, y] = [numberOf(from), numberOf(to), numberOf(count)];
    if (x === undefined || x2 === undefined || y === undefined) return undefined;
    const tip = `${nameOf(xField)}: ${figureOf(from)} – ${figureOf(to)}\nRows: ${figureOf(count)}`;
    return { x, x2, y, tip };
  });
  const x: Axis = { title: nameOf(xField), scale: 'number', labels: [] };
  return { x, y: { title: 'Rows', scale: 'number', labels: [] }, colour: undefined, marks };
}

/** What the five numbers of a box are called. */
export const boxNames = ['Least', 'Lower quarter', 'Median', 'Upper quarter', 'Greatest'];

function boxes([xField, yField]: readonly PointField[], points: ChartPoints['points']): Drawn {
  const xs = new Places();
  const marks = points.map(([x, ...five]) => {
    const [y, low, middle, high, y2] = five.map(numberOf);
    const isWhole = [y, low, middle, high, y2].every((each) => each !== undefined);
    if (!isWhole) return undefined;
    const lines = boxNames.map((name, place) => `${name}: ${figureOf(five[place])}`).toReversed();
    const tip = [`${nameOf(xField)}: ${labelOf(x)}`, ...lines].join('\n');
    return { x: xs.of(x), y, low, middle, high, y2, tip };
  });
  const x: Axis = { title: nameOf(xField), scale: 'category', labels: xs.labels };
  return { x, y: { title: nameOf(yField), scale: 'number', labels: [] }, colour: undefined, marks };
}

function single([field]: readonly PointField[], points: ChartPoints['points']): Drawn {
  const value = points[0]?.[0];
  const marks = numberOf(value) === undefined ? [undefined] : [{ text: figureOf(value), tip: value ?? '' }];
  return { x: noAxis, y: { ...noAxis, title: nameOf(field) }, colour: undefined, marks };
}

function nameOf(field: PointField | undefined): string {
  return field === undefined ? '' : labelOf(field.name);
}

function tipOf(parts: readonly (readonly [PointField | undefined, Cell])[]): string {
  return parts
    .flatMap(([field, cell]) => {
      if (field === undefined) return [];
      return [`${nameOf(field)}: ${field.scale === 'number' ? figureOf(cell) : labelOf(cell)}`];
    })
    .join('\n');
}

/** Days without their midnight, when all of them are at midnight. */
function shortTimes(labels: readonly string[]): readonly string[] {
  const midnight = /[ T]00:00:00(?:[+-]\d\d(?::?\d\d)*)?$/;
  return labels.every((label) => midnight.test(label))
    ? labels.map((label) => label.replace(midnight, ''))
    : labels;
}

export function shareWords(share: number, locale?: string): string {
  return share.toLocaleString(locale, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 });
}
