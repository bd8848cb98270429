import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { foldPoints } from '../../../src/query/chartFold.ts';
import { aggregated, shapeOf } from '../../../src/query/chartShape.ts';
import { binPoints, binsOver } from '../../../src/query/chartSpread.ts';
import { plainText, readDecimal } from '../../../src/database/decimal.ts';
import { roundedDown, unitFor } from '../../../src/query/timeUnits.ts';
import type { Chart } from '../../../src/shared/chartProtocol.ts';
import type { ResultColumn } from '../../../src/shared/resultsProtocol.ts';

const columns: ResultColumn[] = [
  { name: 'region', type: 'text', align: 'left' },
  { name: 'price', type: 'numeric(10,2)', align: 'right' },
  { name: 'units', type: 'integer', align: 'right' },
];
const at = (column: number) => ({ column, name: columns[column]?.name ?? '' });
const chart = (changes: Partial<Chart>): Chart => ({ kind: 'bar', aggregate: 'none', title: '', ...changes });

describe('chart shapes', () => {
  it('say what a chart lacks', () => {
    const lacks = (changes: Partial<Chart>, words: RegExp): void =>
      assert.throws(() => shapeOf(chart(changes), columns), words);
    lacks({}, /Choose a column for X/);
    lacks({ x: at(0) }, /Choose a column of numbers, or count/);
    lacks({ x: at(0), y: at(0) }, /“region” holds no numbers/);
    lacks({ x: { column: 9, name: 'gone' }, aggregate: 'count' }, /not in this result/);
    lacks({ x: { column: -1, name: 'gone' }, aggregate: 'count' }, /not in this result/);
    lacks({ x: { column: 0.5, name: 'gone' }, aggregate: 'count' }, /not in this result/);
    lacks({ kind: 'histogram', x: at(0) }, /holds no numbers/);
    lacks({ kind: 'heatmap', x: at(0), colour: at(1) }, /Choose a column for Y/);
  });

  it('sum what can be summed, and average the rest, when rows are too many to be drawn each', () => {
    const of = (y: number): string => {
      const asked = chart({ x: at(0), y: at(y) });
      return aggregated(asked, shapeOf(asked, columns)).aggregate;
    };
    assert.deepEqual([of(1), of(2)], ['mean', 'sum']);
    const scatter = chart({ kind: 'scatter', x: at(1), y: at(2) });
    assert.equal(aggregated(scatter, shapeOf(scatter, columns)).aggregate, 'none');
  });
});

describe('folding', () => {
  const bars = shapeOf(chart({ x: at(0), y: at(2), aggregate: 'sum' }), columns);
  const points = (count: number): (string | null)[][] =>
    Array.from({ length: count }, (_, place) => [`n${place}`, String(place)]);

  it('keeps the largest bars in their order', () => {
    const { points: kept, notes } = foldPoints(bars, points(60));
    assert.equal(kept.length, 50);
    assert.deepEqual([kept[0]?.[0], kept.at(-1)?.[0]], ['n10', 'n59']);
    assert.deepEqual(notes, ['The 50 largest of 60 values of region are shown.']);
    assert.deepEqual(foldPoints(bars, points(50)).notes, []);
  });

  it('adds up the slices that are left over without loss, and never where that means nothing', () => {
    const pie = { ...bars, kind: 'pie' as const };
    const many = points(12).map(([x, y]) => [x ?? null, `${y}.1000000000000000000001`]);
    const { points: kept } = foldPoints(pie, many);
    assert.equal(kept.length, 9);
    assert.deepEqual(
      kept.find(([x]) => x?.startsWith('Other')),
      ['Other (4 values)', '6.4000000000000000000004'],
    );
    const mean = foldPoints({ ...pie, aggregate: 'mean' }, many);
    assert.deepEqual([mean.points.length, mean.notes.length], [9, 1]);
  });

  it('gathers series beyond ten', () => {
    const line = shapeOf(
      chart({ kind: 'line', x: at(2), y: at(2), colour: at(0), aggregate: 'sum' }),
      columns,
    );
    const rows = points(15).flatMap(([name, size]) => [
      ['1', size ?? null, name ?? null],
      ['2', size ?? null, name ?? null],
    ]);
    const { points: kept } = foldPoints(line, rows);
    const series = new Set(kept.map((point) => point[2]));
    assert.equal(series.size, 10);
    assert.deepEqual(
      kept.find(([x, , c]) => x === '2' && c?.startsWith('Other')),
      ['2', '15', 'Other (6 values)'],
    );
  });
});

describe('bins', () => {
  it('hold every number between the least and the greatest', () => {
    const finite = fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
      .map((number) => (Math.abs(number) < 1e-250 ? 0 : number));
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const [least, greatest] = [Math.min(a, b), Math.max(a, b)];
        const { from, step, count } = binsOver(least, greatest);
        assert.ok(from <= least && from + count * step >= greatest, `${from} ${step} ${count}`);
        assert.ok(count <= 30, `${count} bins`);
      }),
      { examples: [[-6.006e-7, 1e-250]], numRuns: 1000 },
    );
  });

  it('have edges that are easy to read', () => {
    const bins = binsOver(0.03, 2.31);
    assert.deepEqual(bins.step, 0.1);
    assert.deepEqual(binPoints(bins, new Map([[3, '7']]))[3], ['0.3', '7', '0.4']);
    assert.deepEqual(binPoints(binsOver(5, 5), new Map([[0, '2']])), [['4.5', '2', '5.5']]);
  });
});

describe('times', () => {
  it('are rounded down as date_trunc does', () => {
    const text = '2024-08-15 13:45:59.5+02';
    assert.deepEqual(
      (['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const).map((unit) =>
        roundedDown(text, unit),
      ),
      [
        '2024-01-01',
        '2024-07-01',
        '2024-08-01',
        '2024-08-12',
        '2024-08-15',
        '2024-08-15 13:00:00',
        '2024-08-15 13:45:00',
        '2024-08-15 13:45:59',
      ],
    );
    for (const odd of ['infinity', '0044-03-15 BC']) assert.equal(roundedDown(odd, 'month'), odd);
  });

  it('have a unit that fits the room', () => {
    const day = 86_400;
    assert.deepEqual([300, 3 * day, 300 * day, 3 * 365 * day, 20 * 365 * day, 900 * 365 * day].map(unitFor), [
      'second',
      'hour',
      'day',
      'week',
      'month',
      'year',
    ]);
  });
});

it('sums are written as Postgres would, without zeros at the end', () => {
  const texts = ['0', '-0.50', '100', '1e3', '12345678901234567890.10'];
  assert.deepEqual(
    texts.map((text) => plainText(readDecimal(text)!)),
    ['0', '-0.5', '100', '1000', '12345678901234567890.1'],
  );
});
