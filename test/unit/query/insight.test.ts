import assert from 'node:assert/strict';
import { bufferedPages, type ResultPages } from '../../../src/database/resultPages.ts';
import { chartWords, judgeChart, proposeChart } from '../../../src/query/chart.ts';
import { secondsOf } from '../../../src/database/temporalOrder.ts';
import { add, compare, decimalText, divide, readDecimal, round } from '../../../src/database/decimal.ts';
import { insightOf } from '../../../src/query/insight.ts';
import { mostRows, resultFacts } from '../../../src/query/resultFacts.ts';
import type { ResultColumn, ResultRow } from '../../../src/shared/resultsProtocol.ts';

const never = new AbortController().signal;

/** `name type` each. */
function columnsOf(...written: string[]): ResultColumn[] {
  return written.map((each) => {
    const [name = '', ...type] = each.split(' ');
    return { name, type: type.join(' '), align: 'left' };
  });
}

function pagesOf(columns: ResultColumn[], rows: ResultRow[], first = rows.length): ResultPages {
  return bufferedPages({ columns, firstRows: rows.slice(0, first), ms: 1, messages: undefined }, rows);
}

async function told(columns: ResultColumn[], rows: ResultRow[]) {
  return insightOf(await resultFacts(pagesOf(columns, rows), never));
}

function decimal(text: string) {
  const read = readDecimal(text);
  assert.ok(read, text);
  return read;
}

describe('insight', () => {
  it('says sum, largest with its share, and smallest, and proposes bars', async () => {
    const rows = [
      ['Peru', '840.25'],
      ['Chile', '300.25'],
      ['Bolivia', '94.00'],
    ];
    const {
      sentences,
      chart,
      chartWords: words,
    } = await told(columnsOf('country text', 'revenue numeric'), rows);
    assert.deepEqual(sentences, [
      '3 rows.',
      'revenue sums to 1,234.50; the largest is Peru with 840.25 (68 %), the smallest Bolivia with 94.00.',
    ]);
    assert.equal(words, 'bars of revenue by country');
    assert.deepEqual(chart, {
      kind: 'bar',
      title: 'revenue by country',
      x: { column: 0, name: 'country' },
      y: { column: 1, name: 'revenue' },
      colour: undefined,
      aggregate: 'none',
    });
  });

  it('says the course of a time series by its dates and not by the order of its rows, with its peak', async () => {
    const rows = [
      ['2024-03-01 00:00:00+00', '250'],
      ['2024-01-01 00:00:00+00', '100'],
      ['2024-02-01 00:00:00+00', '400'],
    ];
    const { sentences, chartWords: words } = await told(
      columnsOf('month timestamp with time zone', 'orders bigint'),
      rows,
    );
    assert.equal(
      sentences[1],
      'orders goes from 100 (2024-01-01) to 250 (2024-03-01), +150 %; it peaks at 400 (2024-02-01), 750 in all.',
    );
    assert.equal(words, 'a line of orders by month');
  });

  it('adds up no prices and no keys, and says of one row what it holds', async () => {
    const many = await told(columnsOf('id integer', 'unit_price numeric'), [
      ['1', '1.50'],
      ['2', '2.00'],
    ]);
    assert.deepEqual(many.sentences, ['2 rows.', 'unit_price lies between 1.50 and 2.00, 1.75 on average.']);
    const one = await told(columnsOf('orders bigint', 'revenue numeric'), [['12', '9876543210.10']]);
    assert.deepEqual(one.sentences, ['1 row.', 'orders is 12 and revenue is 9,876,543,210.10.']);
    assert.equal(one.chart?.kind, 'kpi');
  });

  it('tells of NULLs, of frequent values, and of nothing where there is nothing', async () => {
    const { sentences } = await told(columnsOf('status text', 'email text'), [
      ['sent', null],
      ['sent', 'a@b.example'],
      ['new', null],
    ]);
    assert.deepEqual(sentences, [
      '3 rows.',
      'status has 2 values, most often sent (2 of 3).',
      'NULL: email in 2 of 3.',
    ]);
    assert.deepEqual((await told(columnsOf('a text'), [])).sentences, ['No rows.']);
    assert.equal((await told(columnsOf('a text'), [])).chart, undefined);
  });

  it('loses no digit of what a double cannot hold', async () => {
    const { sentences } = await told(columnsOf('account text', 'balance bigint'), [
      ['a', '9007199254740993'],
      ['b', '9007199254740994'],
    ]);
    assert.match(sentences[1] ?? '', /sums to 18,014,398,509,481,987;/);
  });

  it('stands hostile cells: NaN, infinity, huge numbers, dates before Christ, control characters, 10 MB', async () => {
    const huge = 'x'.repeat(10_000_000);
    const rows: ResultRow[] = [
      ['NaN', '0044-03-15 BC', `\u202Eevil\u200B\n${huge}`],
      ['Infinity', 'infinity', huge],
      ['-1e308', '12024-01-01', ''],
      [`9${'0'.repeat(20_000)}`, '-infinity', null],
      ['3', 'no date', 'a'],
    ];
    const facts = await resultFacts(
      pagesOf(columnsOf('amount numeric', 'day date', 'note text'), rows),
      never,
    );
    const { sentences } = insightOf(facts);
    const line = sentences.join(' ');
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
    assert.ok(line.length < 1500, line);
    assert.deepEqual([facts.columns[0]?.unusable, facts.columns[0]?.numbers.count], [3, 2]);
    assert.equal(facts.columns[1]?.dates.first?.text, '0044-03-15 BC');
    assert.equal(facts.columns[1].dates.last?.text, '12024-01-01');
    assert.ok(facts.rows.flat().every((cell) => cell === null || cell.length <= 200));
  });

  it('looks at the first rows only, says so, and stops when it is told to', async () => {
    const rows = Array.from({ length: mostRows + 5 }, (_, index) => [`${index}`]);
    const pages = pagesOf(columnsOf('amount integer'), rows, 100);
    const facts = await resultFacts(pages, never);
    assert.deepEqual([facts.rows.length, facts.complete], [mostRows, false]);
    assert.equal(insightOf(facts).sentences[0], 'The first 10,000 rows were looked at; there are more.');
    const exact = await resultFacts(
      pagesOf(columnsOf('amount integer'), rows.slice(0, mostRows), 100),
      never,
    );
    assert.equal(exact.complete, true);
    const stopped = new AbortController();
    stopped.abort();
    await assert.rejects(resultFacts(pages, stopped.signal));
  });

  it('never holds the event loop for 50 ms of work', async () => {
    const columns = columnsOf(
      ...Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? `n${n} numeric` : `t${n} text`)),
    );
    const rows = Array.from({ length: 5000 }, (_, row) =>
      columns.map((_column, n) => (n % 2 === 0 ? `${row * n}.${row % 100}` : `text ${row * n}`)),
    );
    const pages = pagesOf(columns, rows, 100);
    let longest = 0;
    let watching = true;
    const spent = (): number => process.threadCpuUsage().user / 1000;
    const turn = (before: number): void => {
      const now = spent();
      longest = Math.max(longest, now - before);
      if (watching) setImmediate(turn, now);
    };
    setImmediate(turn, spent());
    const facts = await resultFacts(pages, never);
    watching = false;
    assert.equal(facts.rows.length, 5000);
    assert.ok(longest < 50, `${longest.toFixed(0)} ms`);
  });
});

describe('decimals', () => {
  it('are read, added, compared and divided exactly', () => {
    assert.equal(decimalText(add(decimal('0.1'), decimal('0.2'))), '0.3');
    assert.equal(decimalText(decimal('-1234567.50')), '-1,234,567.50');
    assert.equal(decimalText(decimal('1.5e3')), '1,500');
    assert.equal(decimalText(decimal('1e40')), '1.000e+40');
    assert.equal(decimalText(round(decimal('-2.345'), 2)), '-2.35');
    assert.ok(compare(decimal('1.10'), decimal('1.1')) === 0 && compare(decimal('-2'), decimal('1')) < 0);
    const third = divide(decimal('1'), decimal('-3'), 3);
    assert.equal(third && decimalText(third), '-0.333');
    assert.equal(divide(decimal('1'), decimal('0.00'), 3), undefined);
    for (const text of ['NaN', 'Infinity', '', '1e999', '1'.repeat(121), '0x1f', '1,5'])
      assert.equal(readDecimal(text), undefined, text);
  });
});

describe('moments', () => {
  it('are in order across the turn of eras, centuries and time zones', () => {
    const ordered = [
      '-infinity',
      '4713-01-01 BC',
      '0001-12-31 BC',
      '0001-01-01',
      '1582-10-10',
      '1970-01-01',
      '2024-06-01 12:00:00+02',
      '2024-06-01 10:30:00+00',
      '294276-12-31 23:59:59.999999',
      'infinity',
    ].map((text) => secondsOf(text) ?? NaN);
    assert.deepEqual(
      ordered,
      [...ordered].sort((left, right) => left - right),
    );
    for (const text of ['2000-02-29', '1899-12-31', '2024-07-14'])
      assert.equal(secondsOf(text), Date.parse(text) / 1000, text);
  });
});

describe('charts', () => {
  const columns = columnsOf('country text', 'revenue numeric', 'placed_on date');

  it('of a model are taken when their columns exist and fit', () => {
    const judged = judgeChart(
      {
        kind: 'bar',
        title: 'Revenue\u202E by country',
        x: 'country',
        y: 'revenue',
        colour: null,
        aggregate: 'sum',
      },
      columns,
    );
    assert.ok('chart' in judged);
    assert.equal(judged.chart.title, 'Revenue by country');
    assert.equal(chartWords(judged.chart), 'bars of the sum of revenue by country');
  });

  it('of a model are refused with the reason when they do not', () => {
    const reasons = [
      { kind: 'bar', x: 'region', y: 'revenue' },
      { kind: 'pie', x: 'country', y: 'placed_on' },
      { kind: 'line', x: 'placed_on' },
      { kind: 'volcano', x: 'country' },
      'bars, please',
    ].map((proposed) => judgeChart(proposed, columns));
    assert.deepEqual(
      reasons.map((each) => ('refused' in each ? each.refused : each)),
      [
        'The model proposed a chart of region, which is no column here.',
        'The model proposed a pie of placed_on, which is no number.',
        'The model proposed a line without saying of what.',
        'The model proposed a chart of unknown form.',
        'The model proposed a chart of unknown form.',
      ],
    );
  });

  it('are proposed of many rows by category, over time, as points, as a histogram, or not at all', async () => {
    const proposedOf = async (written: string[], rows: ResultRow[]): Promise<string | undefined> => {
      const chart = proposeChart(await resultFacts(pagesOf(columnsOf(...written), rows), never));
      return chart && chartWords(chart);
    };
    const ten = Array.from({ length: 10 }, (_, n) => n);
    assert.equal(
      await proposedOf(
        ['country text', 'revenue numeric'],
        ten.map((n) => [`c${n % 3}`, '5']),
      ),
      'bars of the sum of revenue by country',
    );
    assert.equal(
      await proposedOf(
        ['day date', 'country text', 'avg_price numeric'],
        ten.map((n) => [`2024-01-0${(n % 5) + 1}`, `c${n % 2}`, `${n}`]),
      ),
      'a line of the mean of avg_price by day in the colours of country',
    );
    assert.equal(
      await proposedOf(
        ['width real', 'height real'],
        ten.map((n) => [`${n % 4}`, `${n % 3}`]),
      ),
      'points of height against width',
    );
    assert.equal(
      await proposedOf(
        ['width real'],
        ten.map((n) => [`${n % 4}`]),
      ),
      'a histogram of width',
    );
    assert.equal(
      await proposedOf(
        ['note text'],
        ten.map((n) => [`${n}`]),
      ),
      undefined,
    );
  });
});
