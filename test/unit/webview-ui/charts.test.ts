import assert from 'node:assert/strict';
import { asKind } from '../../../webview-ui/charts/otherKind.ts';
import { drawingOf, figureOf, labelOf, type ChartKind } from '../../../webview-ui/charts/drawing.ts';
import { plot } from '../../../webview-ui/charts/plot.ts';
import { specificationOf } from '../../../webview-ui/charts/specification.ts';
import { numberOf, timeOf } from '../../../webview-ui/charts/values.ts';
import { titleOf } from '../../../webview-ui/charts/titles.ts';
import { summaryOf } from '../../../webview-ui/charts/words.ts';
import { chartKinds, type Chart } from '../../../src/shared/chartProtocol.ts';
import type { ChartPoints, PointField } from '../../../src/shared/chartData.ts';

const look = {
  font: 'sans-serif',
  fontSize: 13,
  background: '#ffffff',
  foreground: '#3b3b3b',
  muted: '#6b6b6b',
  line: '#e0e0e0',
  series: ['#0063d3', '#d18616'],
  ramp: ['#e0ecf9', '#0063d3'],
  highContrast: false,
};
const size = { width: 700, height: 360 };
const field = (name: string, scale: PointField['scale']): PointField => ({ name, scale });

const samples: Readonly<Record<ChartKind, ChartPoints>> = {
  bar: {
    fields: [field('a', 'category'), field('b', 'number')],
    points: [
      ['x', '1'],
      ['y', '2'],
    ],
  },
  line: {
    fields: [field('t', 'time'), field('b', 'number'), field('g', 'category')],
    points: [
      ['2026-01-01', '1', 'x'],
      ['2026-02-01', '2', null],
    ],
  },
  area: {
    fields: [field('t', 'number'), field('b', 'number')],
    points: [
      ['1', '1'],
      ['2', '2'],
    ],
  },
  scatter: { fields: [field('a', 'number'), field('b', 'number')], points: [['1', '2']] },
  pie: {
    fields: [field('a', 'category'), field('b', 'number')],
    points: [
      ['x', '3'],
      ['y', '1'],
    ],
  },
  heatmap: {
    fields: [field('a', 'category'), field('v', 'number'), field('r', 'category')],
    points: [
      ['x', '1', 'p'],
      ['y', '2', 'q'],
    ],
  },
  histogram: {
    fields: [field('a', 'number'), field('Rows', 'number')],
    points: [
      ['0', '3', '10'],
      ['10', '5', '20'],
    ],
  },
  box: { fields: [field('a', 'category'), field('b', 'number')], points: [['x', '1', '2', '3', '4', '5']] },
  kpi: { fields: [field('total', 'number')], points: [['9007199254740993.5']] },
};

async function svgOf(kind: ChartKind, data: ChartPoints, title = 'T'): Promise<string> {
  const drawn = await plot(specificationOf(drawingOf(kind, title, data), look, size, true), undefined);
  try {
    return await drawn.svg();
  } finally {
    drawn.dispose();
  }
}
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text ?? '');

describe('charts', () => {
  for (const kind of chartKinds) {
    it(`${kind} is drawn with its labels, without anything that is made at run time`, async () => {
      const original = globalThis.Function;
      // What a policy without unsafe-eval refuses.
      globalThis.Function = function () {
        throw new Error('Function was called.');
      } as unknown as FunctionConstructor;
      try {
        const svg = await svgOf(kind, samples[kind]);
        assert.match(svg, /<path /);
        assert.ok(!/NaN|undefined/.test(svg), svg);
        const texts = textsOf(svg);
        if (kind === 'kpi') assert.ok(texts.includes('9,007,199,254,740,993.5'), texts.join('|'));
        else assert.ok(texts.length > 3, texts.join('|'));
      } finally {
        globalThis.Function = original;
      }
    });
  }

  it('of a result gives the specification only numbers and texts to write', async () => {
    const name = `a.b[0]["c"] 'x' \\ <b>`;
    const hostile = `datum['x'];alert(1)`;
    const data: ChartPoints = {
      fields: [field(name, 'category'), field('__proto__', 'number')],
      points: [
        [hostile, '1'],
        ['</text><script>alert(2)</script>', '2'],
      ],
    };
    const specification = JSON.stringify(specificationOf(drawingOf('bar', hostile, data), look, size));
    const { data: values, params, ...rest } = JSON.parse(specification) as Record<string, unknown>;
    assert.ok(values !== undefined && params !== undefined);
    // The title of the axis is text, and all else is our own words.
    assert.ok(!JSON.stringify(rest).includes(hostile));
    assert.ok(!/"(?:href|url)"/.test(specification));
    const svg = await svgOf('bar', data, hostile);
    assert.ok(!/<script|<a /.test(svg));
    assert.ok(svg.includes('&lt;/text&gt;&lt;script&gt;'));
  });

  it('tells values apart whose labels are alike', () => {
    const long = 'x'.repeat(80);
    const { marks, x } = drawingOf('bar', '', {
      fields: [field('a', 'category'), field('b', 'number')],
      points: [
        [`${long}1`, '1'],
        [`${long}2`, '2'],
        [null, '3'],
        ['NULL', '4'],
        ['', '5'],
      ],
    });
    assert.deepEqual(
      marks.map((mark) => mark.x),
      [0, 1, 2, 3, 4],
    );
    assert.equal(x.labels[0], x.labels[1]);
    assert.deepEqual(x.labels.slice(2), ['NULL', 'NULL', '(empty)']);
  });

  it('leaves out what has no place, and counts it', () => {
    const { marks, leftOut } = drawingOf('line', '', {
      fields: [field('t', 'time'), field('b', 'number')],
      points: [
        ['infinity', '1'],
        ['2026-01-01', 'NaN'],
        [null, '1'],
        ['2026-01-02', null],
        ['0044-03-15 BC', '1'],
      ],
    });
    assert.deepEqual([marks.length, leftOut], [1, 4]);
    assert.equal(drawingOf('pie', '', { ...samples.pie, points: [['x', '-1']] }).marks.length, 0);
  });

  it('reads numbers and times as Postgres writes them', () => {
    assert.deepEqual(['1.5e3', '-0.25', 'NaN', 'Infinity', '', 'x', null].map(numberOf), [
      1500,
      -0.25,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assert.equal(timeOf('2024-02-29 23:59:59.1234+05:30'), Date.UTC(2024, 1, 29, 23, 59, 59, 123));
    assert.equal(timeOf('0001-01-01 BC'), new Date('0000-01-01T00:00:00Z').getTime());
    assert.equal(timeOf('0044-03-15 12:00:00+00 BC'), new Date('-000043-03-15T12:00:00Z').getTime());
    assert.deepEqual(['infinity', '294277-01-01', '15.03.2024', null].map(timeOf), Array(4).fill(undefined));
  });

  it('writes numbers without losing digits, and names without what acts', () => {
    assert.equal(figureOf('9007199254740993.126', 'en-US'), '9,007,199,254,740,993.13');
    assert.equal(figureOf('0.00001234', 'en-US'), '0.00001234');
    assert.equal(figureOf(null), 'NULL');
    assert.equal(figureOf('NaN'), 'NaN');
    assert.equal(labelOf('a\u202Eb\n'), 'aU+202Eb↵');
    assert.equal(labelOf('x'.repeat(100)).length, 61);
  });

  it('says what it shows in a sentence', () => {
    assert.equal(
      summaryOf(drawingOf('line', 'b by t', samples.line), samples.line),
      'Line chart: b by t. 2 values in 2 groups; least 1 (2026-01-01, x), greatest 2 (2026-02-01, NULL).',
    );
    assert.equal(
      summaryOf(drawingOf('histogram', 'Distribution of a', samples.histogram), samples.histogram),
      'Histogram: Distribution of a. 2 bins; least 3 (0), greatest 5 (10).',
    );
  });

  it('puts each column where another kind has a use for it', () => {
    const columns = [
      { name: 'month', type: 'date', align: 'left' },
      { name: 'region', type: 'text', align: 'left' },
      { name: 'revenue', type: 'numeric', align: 'right' },
      { name: 'units', type: 'integer', align: 'right' },
    ] as const;
    const at = (column: number) => ({ column, name: columns[column]!.name });
    const bar: Chart = { kind: 'bar', x: at(1), y: at(2), aggregate: 'sum', title: '' };
    const as = (kind: Chart['kind'], from: Chart = bar): string => titleOf(asKind(from, kind, columns));
    assert.equal(as('histogram'), 'Distribution of revenue');
    assert.equal(as('heatmap'), 'revenue by region and month');
    assert.equal(as('bar', asKind(bar, 'heatmap', columns)), 'revenue by region and month');
    assert.equal(as('scatter'), 'revenue against units');
    assert.equal(as('pie', asKind(bar, 'histogram', columns)), 'revenue by month');
    assert.equal(as('box', { kind: 'bar', x: at(1), aggregate: 'count', title: '' }), 'revenue by region');
    assert.equal(as('kpi'), 'revenue');
  });
});
