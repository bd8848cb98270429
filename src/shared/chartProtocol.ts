/** How a result could be drawn: what a chart shows of which columns. */
import * as z from 'zod/mini';

export const chartKinds = [
  'bar',
  'line',
  'area',
  'scatter',
  'pie',
  'histogram',
  'heatmap',
  'box',
  'kpi',
] as const;
export type ChartKind = (typeof chartKinds)[number];

export const chartAggregates = ['none', 'sum', 'mean', 'count', 'min', 'max'] as const;

/** A column of the result: its place in the row, for two columns may share a name. */
const chartField = z.object({ column: z.number(), name: z.string() });
export type ChartField = z.infer<typeof chartField>;

export const chart = z.object({
  kind: z.enum(chartKinds),
  title: z.string(),
  /** Categories, times, or the numbers of a histogram; of a KPI nothing. */
  x: z.optional(chartField),
  /** What is measured; of a histogram nothing, for it counts. */
  y: z.optional(chartField),
  colour: z.optional(chartField),
  aggregate: z.enum(chartAggregates),
});
export type Chart = z.infer<typeof chart>;
