import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Figures } from '../../../src/database/figures.ts';
import { selectionFigures } from '../../../src/database/selectionFigures.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import { bufferedPages } from '../../../src/database/resultPages.ts';
import { compareMoments, momentOf } from '../../../src/database/temporalOrder.ts';
import type { SelectionFigures } from '../../../src/shared/cellsProtocol.ts';
import type { ResultRow } from '../../../src/shared/resultsProtocol.ts';

const never = new AbortController().signal;

function columnsOf(...types: string[]) {
  return types.map((type, index) => ({ name: `c${index}`, type, align: 'left' as const }));
}

function figuresOf(types: readonly string[], rows: readonly ResultRow[]): SelectionFigures {
  const places = types.map((_, index) => index);
  const figures = new Figures(columnsOf(...types), places);
  for (const row of rows) figures.add(row, places);
  return figures.result();
}

/** A decimal as its digits and how many of them stand behind the point; the reference counts in whole numbers. */
const decimals = fc.record({
  digits: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
  places: fc.nat({ max: 20 }),
});

function textOf({ digits, places }: { digits: bigint; places: number }): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const fraction = places === 0 ? '' : `.${text.slice(text.length - places)}`;
  return `${digits < 0n ? '-' : ''}${whole}${fraction}`;
}

const units = ({ digits, places }: { digits: bigint; places: number }): bigint =>
  digits * 10n ** BigInt(20 - places);

/** Without zeros that say nothing. */
function plain(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

describe('figures of cells', () => {
  it('add up decimals of any length exactly', () => {
    fc.assert(
      fc.property(fc.array(decimals, { minLength: 1, maxLength: 40 }), (values) => {
        const { numbers, least, greatest } = figuresOf(
          ['numeric'],
          values.map((value) => [textOf(value)]),
        );
        const sum = values.reduce((total, value) => total + units(value), 0n);
        assert.equal(numbers?.sum, plain(textOf({ digits: sum, places: 20 })));
        const sorted = values.map(units).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const unitsOf = (text: string | undefined): bigint =>
          units(values.find((value) => textOf(value) === text)!);
        assert.deepEqual([unitsOf(least), unitsOf(greatest)], [sorted[0], sorted.at(-1)]);
        // The average is the quotient to 20 places, rounded half up by its size.
        const [whole = '', fraction = ''] = numbers.average.split('.');
        const average = BigInt(whole.replace('-', '') + fraction.padEnd(20, '0').slice(0, 20));
        const size = sum < 0n ? -sum : sum;
        const off = average * BigInt(values.length) - size;
        assert.ok((off < 0n ? -off : off) * 2n <= BigInt(values.length), numbers.average);
      }),
    );
  });

  it('keep every digit of bigint and of doubles', () => {
    const big = figuresOf(['bigint'], [['9223372036854775807'], ['9223372036854775807'], ['-1']]);
    assert.equal(big.numbers?.sum, '18446744073709551613');
    const doubles = figuresOf(['double precision'], [['0.1'], ['0.2'], ['1e-300'], ['-1e-300']]);
    assert.equal(doubles.numbers?.sum, '0.3');
    assert.equal(doubles.numbers.average, '0.075');
    assert.equal(figuresOf(['real'], [['1e+30'], ['1e+30']]).numbers?.average, `1${'0'.repeat(30)}`);
    assert.equal(figuresOf(['double precision'], [['1e-300'], ['2e-300']]).numbers?.average, '1.5e-300');
  });

  it('leave out NULL, and what is no number, and say how many', () => {
    const found = figuresOf(
      ['numeric(12,2)', 'text'],
      [
        ['1.50', 'a'],
        [null, '7'],
        ['NaN', null],
        ['-Infinity', 'b'],
        ['1'.repeat(2000), 'c'],
        ['-2', 'd'],
      ],
    );
    assert.deepEqual(found, {
      cells: 12,
      nulls: 2,
      leftOut: 3,
      numbers: { count: 2, sum: '-0.5', average: '-0.25' },
      least: '-2',
      greatest: '1.50',
      ordered: 'numbers',
    });
    assert.deepEqual(figuresOf(['integer'], [[null]]), { cells: 1, nulls: 1, leftOut: 0 });
  });

  it('order dates by time, whatever their zone, and texts by their characters', () => {
    const zoned = figuresOf(
      ['timestamp with time zone'],
      [['2024-10-27 02:30:00+02'], ['2024-10-27 02:10:00+01'], ['0044-03-15 12:00:00+00:53:28 BC']],
    );
    assert.deepEqual(
      [zoned.least, zoned.greatest, zoned.ordered],
      ['0044-03-15 12:00:00+00:53:28 BC', '2024-10-27 02:10:00+01', 'dates'],
    );
    const texts = figuresOf(
      ['text', 'character varying(9)'],
      [
        ['b', 'Zebra'],
        ['a', 'é'],
      ],
    );
    assert.deepEqual([texts.least, texts.greatest, texts.ordered], ['Zebra', 'é', 'texts']);
    for (const types of [['date', 'text'], ['uuid'], ['boolean'], ['date', 'timestamp without time zone']])
      assert.equal(figuresOf(types, [types.map(() => '2024-01-01')]).least, undefined);
  });

  it('know the order of dates that Postgres can write', () => {
    const inOrder = [
      '-infinity',
      '4713-01-01 BC',
      '0001-12-31 BC',
      '0001-01-01',
      '1969-12-31 23:59:59.999999',
      '1970-01-01',
      '1970-01-01 00:00:00.000001',
      '1970-01-01 00:00:00.1',
      '2024-02-29',
      '2024-03-01',
      '294276-12-31 23:59:59.999999',
      'infinity',
    ].map((text) => momentOf(text)!);
    for (const [index, moment] of inOrder.entries())
      assert.ok(index === 0 || compareMoments(inOrder[index - 1]!, moment) < 0, String(index));
    assert.deepEqual(momentOf('2024-02-29 12:00:00'), [Date.UTC(2024, 1, 29, 12) / 1000, 0]);
    assert.equal(momentOf('29.02.2024'), undefined);
  });

  it('read rows in slices, each cell once, and end when they are cancelled', async () => {
    const rows = Array.from({ length: 30_000 }, (_, row): ResultRow => [String(row), '1']);
    const head = { columns: columnsOf('integer', 'integer'), firstRows: [], ms: 0, messages: undefined };
    const pages = bufferedPages(head, rows);
    const spans: number[] = [];
    const watched: ResultPages = {
      ...pages,
      each: (range, take, signal) => {
        spans.push(range.count);
        return pages.each(range, take, signal);
      },
    };
    const all = { top: 0, bottom: 29_999, columns: [0, 1] };
    const found = await selectionFigures(watched, [all, { top: 5, bottom: 6, columns: [1] }], never);
    assert.deepEqual([found.cells, found.numbers?.sum], [60_002, String((29_999 * 30_000) / 2 + 30_002)]);
    assert.deepEqual(spans, [10_000, 10_000, 10_000, 2]);
    const stop = new AbortController();
    const cancelled = selectionFigures(
      { ...pages, each: (...asked) => (stop.abort(), pages.each(asked[0], asked[1], never)) },
      [all],
      stop.signal,
    );
    await assert.rejects(cancelled, { kind: 'cancelled' });
    await assert.rejects(selectionFigures(pages, [{ ...all, columns: [2] }], never), {
      kind: 'invalid-input',
    });
  });
});
