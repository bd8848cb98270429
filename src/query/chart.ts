/** Proposes how a result could be drawn, from its types and cardinality; and holds a model's proposal against its columns. */
import * as z from 'zod/mini';
import {
  chartAggregates,
  chartKinds,
  type Chart,
  type ChartField,
  type ChartKind,
} from '../shared/chartProtocol.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import { familyOf, type ColumnFacts } from './columnFacts.ts';
import { isAdditive, roleOf } from './columnRole.ts';
import { leadingColumns } from './insightWords.ts';
import type { ResultFacts } from './resultFacts.ts';
import { tame } from './schemaText.ts';

/** More bars than these nobody reads. */
const mostBars = 50;
const mostSlices = 6;
const fewestPoints = 8;

/** The chart that the data themselves suggest; undefined where none would tell more than the rows do. */
export function proposeChart(facts: ResultFacts): Chart | undefined {
  const { rows, columns } = facts;
  const { label, measure } = leadingColumns(facts);
  if (rows.length === 0 || measure === undefined) return undefined;
  if (rows.length === 1) return columns.length <= 3 ? made('kpi', [undefined, measure]) : undefined;
  if (label?.family === 'date') return made('line', [label, measure]);
  if (label !== undefined && rows.length <= mostBars)
    return made(isPie(measure, label, rows.length) ? 'pie' : 'bar', [label, measure]);
  return ofManyRows(columns, measure);
}

/** Rows that nothing names: summed by a category, or spread over numbers. */
function ofManyRows(columns: readonly ColumnFacts[], measure: ColumnFacts): Chart | undefined {
  const category = columns.find(
    (column) => roleOf(column) === 'category' && column.distinct > 1 && column.distinct <= mostBars,
  );
  const times = columns.find((column) => roleOf(column) === 'time' && column.distinct > 1);
  const aggregate = isAdditive(measure) ? 'sum' : 'mean';
  if (times !== undefined)
    return made('line', [times, measure, category === undefined ? undefined : category], aggregate);
  if (category !== undefined) return made('bar', [category, measure], aggregate);
  const second = columns.find((column) => column !== measure && roleOf(column) === 'measure');
  if (measure.count < fewestPoints) return undefined;
  return second === undefined
    ? made('histogram', [measure, undefined], 'count')
    : made('scatter', [measure, second]);
}

/** Parts of a whole, and few of them. */
function isPie(measure: ColumnFacts, label: ColumnFacts, rows: number): boolean {
  const { hasNegative, sum } = measure.numbers;
  const named = /share|percent|pct|portion/i.test(measure.name);
  return named && rows <= mostSlices && label.nulls === 0 && !hasNegative && sum.digits > 0n;
}

type Placed = readonly [
  x: ColumnFacts | undefined,
  y: ColumnFacts | undefined,
  colour?: ColumnFacts | undefined,
];

function made(kind: ChartKind, [x, y, colour]: Placed, aggregate: Chart['aggregate'] = 'none'): Chart {
  const field = (column: ColumnFacts | undefined): ChartField | undefined =>
    column === undefined ? undefined : { column: column.index, name: column.name };
  const chart = { kind, x: field(x), y: field(y), colour: field(colour), aggregate };
  return { ...chart, title: titleOf(chart) };
}

function titleOf({ kind, x, y }: Omit<Chart, 'title'>): string {
  const [across, up] = [x, y].map((field) => (field === undefined ? '' : tame(field.name, 60)));
  if (kind === 'histogram') return `Distribution of ${across}`;
  if (kind === 'kpi') return up ?? '';
  return kind === 'scatter' ? `${up} against ${across}` : `${up} by ${across}`;
}

const kindWords: Readonly<Record<ChartKind, string>> = {
  bar: 'bars',
  line: 'a line',
  area: 'an area',
  scatter: 'points',
  pie: 'a pie',
  histogram: 'a histogram',
  heatmap: 'a heat map',
  box: 'a box plot',
  kpi: 'one figure',
};

/** `bars of revenue by country` */
export function chartWords({ kind, x, y, colour, aggregate }: Chart): string {
  const [across, up, by] = [x, y, colour].map((field) =>
    field === undefined ? undefined : tame(field.name, 60),
  );
  const figure = up === undefined ? undefined : aggregate === 'none' ? up : `the ${aggregate} of ${up}`;
  const subject = [figure ?? (kind === 'histogram' ? across : 'rows')];
  if (figure !== undefined || kind !== 'histogram') {
    if (across !== undefined) subject.push(`${kind === 'scatter' ? 'against' : 'by'} ${across}`);
  }
  if (by !== undefined) subject.push(`in the colours of ${by}`);
  return `${kindWords[kind]} of ${subject.join(' ')}`;
}

/** What a model writes of a chart: columns by their names. */
const modelChart = z.object({
  kind: z.enum(chartKinds),
  title: z.optional(z.nullable(z.string())),
  x: z.optional(z.nullable(z.string())),
  y: z.optional(z.nullable(z.string())),
  colour: z.optional(z.nullable(z.string())),
  aggregate: z.optional(z.nullable(z.enum(chartAggregates))),
});

export type JudgedChart = { readonly chart: Chart } | { readonly refused: string };

/** Which fields a kind cannot do without. */
const needed: Readonly<Record<ChartKind, readonly ('x' | 'y' | 'colour')[]>> = {
  bar: ['x'],
  line: ['x', 'y'],
  area: ['x', 'y'],
  scatter: ['x', 'y'],
  pie: ['x', 'y'],
  histogram: ['x'],
  heatmap: ['x', 'y', 'colour'],
  box: ['y'],
  kpi: ['y'],
};

/** Kinds whose `y` has to be a number where it is not counted. */
const measuring: ReadonlySet<ChartKind> = new Set(['bar', 'line', 'area', 'pie', 'scatter', 'box']);

/** Holds what a model proposed against the columns that there are. */
export function judgeChart(proposed: unknown, columns: readonly ResultColumn[]): JudgedChart {
  const parsed = modelChart.safeParse(proposed);
  if (!parsed.success) return { refused: 'The model proposed a chart of unknown form.' };
  const { kind, title, aggregate } = parsed.data;
  const fields: Partial<Record<'x' | 'y' | 'colour', ChartField>> = {};
  for (const place of ['x', 'y', 'colour'] as const) {
    const name = parsed.data[place];
    if (name === undefined || name === null || name === '') continue;
    const column = columns.findIndex((each) => each.name === name);
    if (column < 0)
      return { refused: `The model proposed a chart of ${tame(name, 60)}, which is no column here.` };
    fields[place] = { column, name };
  }
  const lacking = needed[kind].find((place) => fields[place] === undefined);
  if (lacking !== undefined)
    return { refused: `The model proposed ${kindWords[kind]} without saying of what.` };
  const y = fields.y === undefined ? undefined : columns[fields.y.column];
  if (y !== undefined && aggregate !== 'count' && measuring.has(kind) && familyOf(y) !== 'number')
    return { refused: `The model proposed ${kindWords[kind]} of ${tame(y.name, 60)}, which is no number.` };
  const chart = { kind, ...fields, aggregate: aggregate ?? 'none' };
  const named = tame(title ?? '', 100);
  return { chart: { ...chart, title: named === '' ? titleOf(chart) : named } };
}
