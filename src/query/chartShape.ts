/** What a chart needs of a result: which columns it groups by, which it measures; and whether they can do that. */
import { KhipuError } from '../shared/errors.ts';
import type { PointField } from '../shared/chartData.ts';
import type { Chart, ChartField } from '../shared/chartProtocol.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import { familyOf, type ColumnFamily } from './columnFacts.ts';
import { isAdditive } from './columnRole.ts';
import { tame } from './schemaText.ts';

export interface ShapeColumn {
  /** Its place in the row. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly family: ColumnFamily;
}

/** A chart whose columns are there and fit. */
export interface ChartShape {
  readonly kind: Chart['kind'];
  readonly aggregate: Chart['aggregate'];
  /** What it goes along, or is divided by. */
  readonly x: ShapeColumn | undefined;
  /** Series, or the rows of a heat map. */
  readonly group: ShapeColumn | undefined;
  /** What is measured; nothing where rows are counted. */
  readonly value: ShapeColumn | undefined;
}

/** @throws KhipuError `invalid-input` that says what to choose */
export function shapeOf(chart: Chart, columns: readonly ResultColumn[]): ChartShape {
  const { kind, aggregate } = chart;
  const find = (field: ChartField | undefined): ShapeColumn | undefined => {
    if (field === undefined) return undefined;
    const found = columns[field.column];
    if (found === undefined) throw choose('A column of the chart is not in this result. Choose another.');
    return { index: field.column, name: found.name, type: found.type, family: familyOf(found) };
  };
  const [x, y, colour] = [chart.x, chart.y, chart.colour].map(find);
  switch (kind) {
    case 'kpi':
      return { kind, aggregate, x: undefined, group: undefined, value: measured(y, aggregate) };
    case 'histogram':
      return { kind, aggregate: 'count', x: measured(x, 'none'), group: undefined, value: undefined };
    case 'heatmap':
      return {
        kind,
        aggregate,
        x: needed(x, 'X'),
        group: needed(y, 'Y'),
        value: measured(colour, aggregate),
      };
    case 'scatter':
      return { kind, aggregate: 'none', x: needed(x, 'X'), group: colour, value: measured(y, 'none') };
    case 'box':
      return { kind, aggregate: 'none', x, group: undefined, value: measured(y, 'none') };
    case 'pie':
      return { kind, aggregate, x: needed(x, 'the slices'), group: undefined, value: measured(y, aggregate) };
    case 'bar':
    case 'line':
    case 'area':
      return { kind, aggregate, x: needed(x, 'X'), group: colour, value: measured(y, aggregate) };
  }
}

/** Rows that are too many to be drawn each are added up, or, where a sum means nothing, averaged. */
export function aggregated(chart: Chart, { value }: ChartShape): Chart {
  const drawsEach = chart.kind === 'scatter' || chart.kind === 'box' || chart.kind === 'histogram';
  if (chart.aggregate !== 'none' || drawsEach) return chart;
  return { ...chart, aggregate: value === undefined ? 'count' : isAdditive(value) ? 'sum' : 'mean' };
}

/** The columns that are read. */
export function columnsOf({ x, group, value }: ChartShape): ShapeColumn[] {
  return [x, value, group].filter((column) => column !== undefined);
}

const aggregateNames: Readonly<Record<Chart['aggregate'], string | undefined>> = {
  none: undefined,
  sum: 'sum',
  mean: 'average',
  count: 'count',
  min: 'least',
  max: 'greatest',
};

/** @param unit what times were rounded to */
export function fieldsOf({ kind, x, group, value, aggregate }: ChartShape, unit?: string): PointField[] {
  const name = kind === 'kpi' || kind === 'box' || kind === 'scatter' ? 'none' : aggregate;
  const ways = aggregateNames[name];
  const measure = value?.name ?? 'Rows';
  const y: PointField = {
    name: ways === undefined || value === undefined ? measure : `${measure} (${ways})`,
    scale: 'number',
  };
  if (kind === 'kpi') return [{ ...y, name: kpiName(aggregate, value) }];
  const first: PointField =
    x === undefined
      ? { name: '', scale: 'category' }
      : { name: unit === undefined ? x.name : `${x.name} (${unit})`, scale: scaleOf(x) };
  return [first, y, ...(group === undefined ? [] : [{ name: group.name, scale: scaleOf(group) }])];
}

function kpiName(aggregate: Chart['aggregate'], value: ShapeColumn | undefined): string {
  if (value === undefined) return 'Rows';
  const ways = aggregateNames[aggregate];
  return ways === undefined ? value.name : `${value.name} (${ways})`;
}

function scaleOf({ family }: ShapeColumn): PointField['scale'] {
  if (family === 'number') return 'number';
  return family === 'date' ? 'time' : 'category';
}

function needed(column: ShapeColumn | undefined, place: string): ShapeColumn {
  if (column === undefined) throw choose(`Choose a column for ${place}.`);
  return column;
}

function measured(column: ShapeColumn | undefined, aggregate: Chart['aggregate']): ShapeColumn | undefined {
  if (aggregate === 'count') return undefined;
  if (column === undefined) throw choose('Choose a column of numbers, or count the rows.');
  if (column.family !== 'number')
    throw choose(`“${tame(column.name, 60)}” holds no numbers. Choose another column, or count the rows.`);
  return column;
}

function choose(words: string): KhipuError {
  return new KhipuError('invalid-input', words);
}
