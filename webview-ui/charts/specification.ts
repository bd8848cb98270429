/** Builds the Vega-Lite specification of a drawing: our own words throughout; of the result only numbers and labels to write. */
import type { TopLevelSpec } from 'vega-lite';
import type { Axis, Drawing } from './drawing.ts';
import type { Look } from './look.ts';

export interface Size {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

type Part = Record<string, unknown>;

/** Room for a label, in pixels a character. */
const characterWidth = 6.6;
const widestLabel = 180;
const barStep = 22;

/** Whether bars lie: words beside bars are read more easily than words that stand on their heads. */
export function isLying(drawing: Drawing, width: number): boolean {
  if (drawing.kind !== 'bar' && drawing.kind !== 'box') return false;
  const longest = longestOf(drawing.x) * characterWidth + 10;
  return longest * drawing.x.labels.length > width - 90 && isWordy(drawing.x);
}

function longestOf({ labels }: Axis): number {
  return labels.reduce((most, label) => Math.max(most, label.length), 0);
}

/** Dates and years may leave some labels out; words may not. */
function isWordy({ labels }: Axis): boolean {
  return !labels.every((label) => /^[\d.: +-]+$/.test(label));
}

/** The height that a drawing needs for its labels, in pixels; 0 when any will do. */
export function heightOf(drawing: Drawing, width: number): number {
  if (isLying(drawing, width)) return drawing.x.labels.length * barStep + 60;
  if (drawing.kind === 'heatmap') return (drawing.colour?.labels.length ?? 0) * 20 + 70;
  return 0;
}

/** @param titled whether the title is a part of the picture, as in a file */
export function specificationOf(drawing: Drawing, look: Look, size: Size, titled = false): TopLevelSpec {
  const made = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...size,
    autosize: { type: 'fit', contains: 'padding' },
    padding: titled ? 16 : 6,
    background: titled ? look.background : 'transparent',
    ...(titled && drawing.title !== '' ? { title: drawing.title } : {}),
    params: [
      { name: 'xLabels', value: drawing.x.labels },
      { name: 'colourLabels', value: drawing.colour?.labels ?? [] },
    ],
    data: { values: drawing.marks },
    ...layersOf(drawing, look, size),
    config: configOf(look),
  };
  return made as unknown as TopLevelSpec;
}

function layersOf(drawing: Drawing, look: Look, size: Size): Part {
  switch (drawing.kind) {
    case 'bar':
      return bars(drawing, look, size);
    case 'line':
      return lines(drawing, look);
    case 'area':
      return areas(drawing, look);
    case 'scatter':
      return scatter(drawing, look);
    case 'pie':
      return pie(drawing, look, size);
    case 'heatmap':
      return heatMap(drawing, look, size);
    case 'histogram':
      return histogram(drawing, look);
    case 'box':
      return boxPlot(drawing, look, size);
    case 'kpi':
      return bigNumber(drawing, look, size);
  }
}

const tooltip = { field: 'tip', type: 'nominal' };

/** Large numbers short, with the letters that people use. */
const shortNumbers = `replace(format(datum.value, '~s'), 'G', 'B')`;
const largeFrom = 100_000;

function numberAxis(drawing: Drawing, field: 'x' | 'y'): Part {
  const isLarge = drawing.marks.some((mark) => Math.abs(mark[field] ?? 0) >= largeFrom);
  return isLarge ? { labelExpr: shortNumbers } : {};
}

function quantity(field: string, drawing: Drawing, scale: Part = {}): Part {
  const isAlong = field === 'x';
  const { title } = isAlong ? drawing.x : drawing.y;
  const axis = { ...numberAxis(drawing, isAlong ? 'x' : 'y'), tickCount: isAlong ? 8 : 6, grid: !isAlong };
  return { field, type: 'quantitative', title, scale, axis };
}

function category(axis: Axis, room: number): Part {
  const wordy = isWordy(axis);
  const fits = longestOf(axis) * characterWidth + 8 < room / Math.max(1, axis.labels.length);
  return {
    field: 'x',
    type: 'ordinal',
    title: axis.title,
    sort: null,
    axis: {
      labelExpr: 'xLabels[datum.value]',
      labelAngle: fits || !wordy ? 0 : -40,
      labelOverlap: wordy ? 'parity' : 'greedy',
      labelSeparation: 8,
      labelLimit: fits ? widestLabel : 120,
      grid: false,
    },
  };
}

function along(drawing: Drawing, size?: Size): Part {
  const axis = drawing.x;
  switch (axis.scale) {
    case 'time':
      return {
        field: 'x',
        type: 'temporal',
        title: axis.title,
        scale: { type: 'utc' },
        axis: { grid: false },
      };
    case 'number':
      return quantity('x', drawing, { zero: false, nice: true });
    case 'category':
      return category(axis, size?.width ?? 700);
  }
}

function series({ colour }: Drawing, look: Look): Part {
  if (colour === undefined) return { value: look.series[0] };
  return {
    field: 'c',
    type: 'nominal',
    title: colour.title,
    scale: { domain: colour.labels.map((_, place) => place), range: rangeOf(colour, look) },
    legend: { labelExpr: 'colourLabels[datum.value]', labelLimit: widestLabel },
  };
}

function rangeOf({ labels }: Axis, look: Look): string[] {
  return labels.map((_, place) => look.series[place % look.series.length] ?? look.foreground);
}

function bars(drawing: Drawing, look: Look, size: Size): Part {
  const words = category(drawing.x, size.width - 90);
  const lying = isLying(drawing, size.width);
  const axis = { ...(words.axis as Part), labelAngle: 0, labelOverlap: false, labelLimit: widestLabel };
  const x = lying ? { ...words, axis } : words;
  const y = quantity('y', drawing, { zero: true });
  return {
    mark: {
      type: 'bar',
      cornerRadiusEnd: drawing.colour === undefined ? 2 : 0,
      ...(look.highContrast ? { stroke: look.background, strokeWidth: 1 } : {}),
    },
    encoding: {
      [lying ? 'y' : 'x']: x,
      [lying ? 'x' : 'y']: y,
      color: series(drawing, look),
      tooltip,
    },
  };
}

/** More points than this are not marked each. */
const mostDots = 60;

function lines(drawing: Drawing, look: Look): Part {
  const encoding = {
    x: along(drawing),
    y: quantity('y', drawing, { zero: false }),
    color: series(drawing, look),
  };
  const seriesCount = Math.max(1, drawing.colour?.labels.length ?? 1);
  const dots = drawing.marks.length / seriesCount <= mostDots;
  return {
    encoding,
    layer: [
      { mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', interpolate: 'linear' } },
      // Points that are not seen are still what the mouse finds.
      { mark: { type: 'point', filled: true, size: 40, opacity: dots ? 1 : 0 }, encoding: { tooltip } },
    ],
  };
}

function areas(drawing: Drawing, look: Look): Part {
  const stack = drawing.colour === undefined ? null : 'zero';
  const y = { ...quantity('y', drawing, { zero: true }), stack };
  return {
    encoding: { x: along(drawing), y, color: series(drawing, look) },
    layer: [
      { mark: { type: 'area', opacity: stack === null ? 0.28 : 0.75, line: { strokeWidth: 2 } } },
      { mark: { type: 'point', filled: true, size: 40, opacity: 0 }, encoding: { tooltip } },
    ],
  };
}

function scatter(drawing: Drawing, look: Look): Part {
  return {
    mark: { type: 'point', filled: true, size: 38, opacity: drawing.marks.length > 400 ? 0.45 : 0.75 },
    encoding: {
      x: along(drawing),
      y: quantity('y', drawing, { zero: false, nice: true }),
      color: series(drawing, look),
      tooltip,
    },
  };
}

function pie(drawing: Drawing, look: Look, { width, height }: Size): Part {
  const outer = Math.max(40, Math.min(width * 0.32, height / 2 - 16));
  const shares = drawing.marks.map(({ text }) => text ?? '');
  const colour = series(drawing, look);
  return {
    params: [
      { name: 'xLabels', value: [] },
      {
        name: 'colourLabels',
        value: (drawing.colour?.labels ?? []).map((label, place) => `${label} – ${shares[place] ?? ''}`),
      },
    ],
    mark: {
      type: 'arc',
      innerRadius: outer * 0.55,
      outerRadius: outer,
      stroke: look.background,
      strokeWidth: 2,
    },
    encoding: {
      theta: { field: 'y', type: 'quantitative', stack: true },
      order: { field: 'c', type: 'quantitative' },
      color: {
        ...colour,
        legend: { ...(colour['legend'] as Part), orient: 'right', labelFontSize: look.fontSize },
      },
      tooltip,
    },
    view: { stroke: null },
  };
}

function heatMap(drawing: Drawing, look: Look, size: Size): Part {
  const rows = {
    field: 'c',
    type: 'ordinal',
    title: drawing.colour?.title ?? '',
    sort: null,
    axis: { labelExpr: 'colourLabels[datum.value]', labelLimit: widestLabel, grid: false },
  };
  return {
    mark: { type: 'rect', stroke: look.background, strokeWidth: 1 },
    encoding: {
      x: category(drawing.x, size.width - 260),
      y: rows,
      color: {
        field: 'y',
        type: 'quantitative',
        title: drawing.y.title,
        scale: { range: look.ramp, zero: false, nice: false },
        legend: { gradientLength: Math.min(180, size.height * 0.5), ...numberAxis(drawing, 'y') },
      },
      tooltip,
    },
  };
}

function histogram(drawing: Drawing, look: Look): Part {
  return {
    mark: { type: 'rect', color: look.series[0], stroke: look.background, strokeWidth: 1 },
    encoding: {
      x: quantity('x', drawing, { zero: false, nice: false }),
      x2: { field: 'x2' },
      y: quantity('y', drawing, { zero: true }),
      y2: { datum: 0 },
      tooltip,
    },
  };
}

function boxPlot(drawing: Drawing, look: Look, size: Size): Part {
  const lying = isLying(drawing, size.width);
  const [a, b] = lying ? ['y', 'x'] : ['x', 'y'];
  const words = category(drawing.x, size.width - 90);
  const step = (lying ? size.height : size.width) / Math.max(1, drawing.x.labels.length);
  const thick = Math.max(4, Math.min(46, step * 0.6));
  const from = (field: string): Part => quantity(field, drawing, { zero: false, nice: true });
  return {
    encoding: { [a]: words, tooltip },
    layer: [
      {
        mark: { type: 'rule', color: look.muted },
        encoding: { [b]: from('y'), [`${b}2`]: { field: 'y2' } },
      },
      {
        mark: { type: 'bar', size: thick, color: look.series[0], cornerRadius: 2 },
        encoding: { [b]: from('low'), [`${b}2`]: { field: 'high' } },
      },
      {
        mark: { type: 'tick', size: thick, thickness: 2, color: look.background },
        encoding: { [b]: from('middle') },
      },
    ],
  };
}

function bigNumber(drawing: Drawing, look: Look, size: Size): Part {
  const length = drawing.marks[0]?.text?.length ?? 1;
  const fontSize = Math.max(20, Math.min(84, size.height * 0.4, (size.width * 1.5) / Math.max(4, length)));
  return {
    layer: [
      {
        mark: { type: 'text', fontSize, fontWeight: 600, color: look.foreground, dy: -fontSize * 0.1 },
        encoding: { text: { field: 'text' }, tooltip },
      },
      {
        data: { values: [{ text: drawing.y.title }] },
        mark: {
          type: 'text',
          fontSize: look.fontSize * 1.1,
          color: look.muted,
          dy: fontSize * 0.62,
          limit: size.width - 20,
        },
        encoding: { text: { field: 'text' } },
      },
    ],
    view: { stroke: null },
  };
}

function configOf(look: Look): Part {
  const { font, fontSize, foreground, muted, line } = look;
  const small = fontSize - 1;
  return {
    aria: false, // the picture has a text of its own
    font,
    view: { stroke: null },
    axis: {
      labelColor: muted,
      labelFontSize: small,
      titleColor: foreground,
      titleFontSize: small,
      titleFontWeight: 600,
      titlePadding: 10,
      titleLimit: 320,
      gridColor: line,
      domainColor: line,
      tickColor: line,
      tickSize: 4,
      labelPadding: 5,
    },
    legend: {
      labelColor: foreground,
      labelFontSize: small,
      titleColor: muted,
      titleFontSize: small,
      titleFontWeight: 400,
      titleLimit: 200,
      symbolType: 'square',
      rowPadding: 5,
    },
    title: {
      color: foreground,
      fontSize: fontSize * 1.25,
      fontWeight: 600,
      anchor: 'start',
      offset: 14,
      limit: 900,
    },
    range: { category: look.series },
  };
}
