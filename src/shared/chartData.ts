/** A chart as the page asks for it and gets it: what is drawn of which columns, and the numbers behind that. */
import * as z from 'zod/mini';
import { chart } from './chartProtocol.ts';
import { requestType } from './rpc.ts';

/** How the values of a field lie on an axis. */
const pointField = z.object({ name: z.string(), scale: z.enum(['number', 'time', 'category']) });
export type PointField = z.infer<typeof pointField>;

/**
 * What is drawn. A point is cells by place; what stands where, the kind of the chart says:
 * `[x, y]` or `[x, y, colour]` for bars, lines, areas, pies and scatter plots; `[x, value, row]` for heat maps;
 * `[from, count, to]` for histograms; `[x, least, quarter, median, three quarters, greatest]` for boxes; `[value]` for a KPI.
 */
const chartPoints = z.object({
  /** What the cells at the first places of a point are. */
  fields: z.array(pointField),
  points: z.array(z.array(z.nullable(z.string()))),
});
export type ChartPoints = z.infer<typeof chartPoints>;

const drawnChart = z.object({
  /** What was drawn: what was asked for, or the proposal where nothing was. */
  chart,
  data: chartPoints,
  /** What the reader should know: what was left out, and where it was worked out. */
  notes: z.array(z.string()),
});
export type DrawnChart = z.infer<typeof drawnChart>;

/** Webview → host: draw this chart of a result, or the one that the data suggest. */
export const chartRequest = requestType(
  'results/chart',
  z.object({ resultId: z.string(), chart: z.optional(chart) }),
  drawnChart,
);

const longestPicture = 40_000_000;

const picture = z.object({
  resultId: z.string(),
  format: z.enum(['svg', 'png']),
  /** The chart's title, for the name of the file. */
  title: z.string().check(z.maxLength(1000)),
  /** The text of an SVG; a PNG in base64. */
  content: z.string().check(z.maxLength(longestPicture)),
});
export type ChartPicture = z.infer<typeof picture>;

/** Webview → host: write the picture to a file that the user chooses; false when they turn away. */
export const saveChartRequest = requestType('results/saveChart', picture, z.boolean());
