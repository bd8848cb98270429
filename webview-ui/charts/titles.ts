/** Names charts by what they show. */
import type { Chart } from '../../src/shared/chartProtocol.ts';
import { labelOf } from './drawing.ts';

/** The kinds whose values are put together by an aggregate. */
export const aggregating: ReadonlySet<Chart['kind']> = new Set([
  'bar',
  'line',
  'area',
  'pie',
  'heatmap',
  'kpi',
]);

/** What a chart shows, in a few words. */
export function titleOf({ kind, x, y, colour, aggregate }: Chart): string {
  const [across, up, by] = [x, y, colour].map((field) => (field === undefined ? '' : labelOf(field.name)));
  if (kind === 'histogram') return `Distribution of ${across ?? ''}`;
  const measure = kind === 'heatmap' ? by : up;
  const figure = aggregate === 'count' && aggregating.has(kind) ? 'Rows' : (measure ?? '');
  if (kind === 'kpi') return figure;
  if (kind === 'scatter') return `${figure} against ${across ?? ''}`;
  if (kind === 'heatmap') return `${figure} by ${across ?? ''} and ${up ?? ''}`;
  const series = by === '' || kind === 'pie' || kind === 'box' ? '' : ` and ${by ?? ''}`;
  return across === '' ? figure : `${figure} by ${across ?? ''}${series}`;
}
