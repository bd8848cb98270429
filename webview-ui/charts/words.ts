/** A chart in words, for whoever does not see the picture. */
import type { ChartPoints } from '../../src/shared/chartData.ts';
import { figureOf, labelOf, type ChartKind, type Drawing } from './drawing.ts';
import { numberOf } from './values.ts';

const kindWords: Readonly<Record<ChartKind, string>> = {
  bar: 'Bar chart',
  line: 'Line chart',
  area: 'Area chart',
  scatter: 'Scatter plot',
  pie: 'Pie chart',
  heatmap: 'Heat map',
  histogram: 'Histogram',
  box: 'Box plot',
  kpi: 'Number',
};

/** What the picture shows, in a sentence or two. */
export function summaryOf({ kind, title, colour, marks }: Drawing, { fields, points }: ChartPoints): string {
  const head = `${kindWords[kind]}: ${title}.`;
  if (kind === 'kpi') return `${head} ${figureOf(points[0]?.[0])}.`;
  const thing = kind === 'histogram' ? 'bin' : kind === 'box' ? 'box' : 'value';
  const things = kind === 'box' ? 'boxes' : `${thing}s`;
  const count = `${marks.length.toLocaleString()} ${marks.length === 1 ? thing : things}`;
  const series = colour === undefined || kind === 'pie' ? '' : ` in ${colour.labels.length} groups`;
  if (kind === 'box')
    return `${head} ${count}, each from the least value to the greatest, with the quarters and the median.`;
  const least = extreme(points, (value, best) => value < best);
  const greatest = extreme(points, (value, best) => value > best);
  if (least === undefined || greatest === undefined || marks.length < 2) return `${head} ${count}${series}.`;
  const words = (point: ChartPoints['points'][number]): string => {
    const isNumber = fields[0]?.scale === 'number';
    const [x, y, c] = point;
    const place = isNumber ? figureOf(x) : labelOf(x);
    const group = c === undefined || kind === 'histogram' ? '' : `, ${labelOf(c)}`;
    return `${figureOf(y)} (${place}${group})`;
  };
  return `${head} ${count}${series}; least ${words(least)}, greatest ${words(greatest)}.`;
}

function extreme(
  points: ChartPoints['points'],
  isBetter: (value: number, best: number) => boolean,
): ChartPoints['points'][number] | undefined {
  let found: { readonly point: ChartPoints['points'][number]; readonly value: number } | undefined;
  for (const point of points) {
    const value = numberOf(point[1]);
    if (value !== undefined && (found === undefined || isBetter(value, found.value)))
      found = { point, value };
  }
  return found?.point;
}
