/** The same columns as a chart of another kind: each goes where that kind has a use for it. */
import type { Chart, ChartField } from '../../src/shared/chartProtocol.ts';
import type { ResultColumn } from '../../src/shared/resultsProtocol.ts';

export function asKind(chart: Chart, kind: Chart['kind'], columns: readonly ResultColumn[]): Chart {
  const isNumber = (field: ChartField | undefined): boolean =>
    field !== undefined && columns[field.column]?.align === 'right';
  const plain = chart.kind === 'heatmap' ? { ...chart, y: chart.colour, colour: chart.y } : chart;
  const { x, y, colour, aggregate } = plain;
  const numbers = [y, x, colour, ...columns.map(fieldAt)].filter(isNumber);
  switch (kind) {
    case 'histogram':
      return { ...plain, kind, x: numbers[0] };
    case 'heatmap': {
      const taken = [x?.column, numbers[0]?.column];
      const free = columns.map(fieldAt).find((field) => !taken.includes(field.column) && !isNumber(field));
      return { ...plain, kind, y: colour ?? free, colour: numbers[0] };
    }
    case 'scatter': {
      const across = isNumber(x) ? x : (numbers.find((field) => field?.column !== numbers[0]?.column) ?? x);
      return { ...plain, kind, x: across, y: numbers[0] };
    }
    case 'box':
      return { ...plain, kind, y: numbers[0] };
    case 'kpi':
      return aggregate === 'none' ? { ...plain, kind, y: numbers[0], aggregate: 'sum' } : { ...plain, kind };
    case 'bar':
    case 'line':
    case 'area':
    case 'pie': {
      // From a kind that does not measure: what can be measured is, or the rows are counted.
      const measured = y ?? (aggregate === 'count' ? undefined : numbers[0]);
      const along = chart.kind === 'histogram' || x === undefined ? (label(columns) ?? x) : x;
      return {
        ...plain,
        kind,
        x: along,
        y: measured,
        ...(measured === undefined ? { aggregate: 'count' } : {}),
      };
    }
  }
}

function label(columns: readonly ResultColumn[]): ChartField | undefined {
  const place = columns.findIndex(({ align }) => align === 'left');
  const column = columns[place];
  return column === undefined ? undefined : fieldAt(column, place);
}

function fieldAt({ name }: ResultColumn, column: number): ChartField {
  return { column, name };
}
