import assert from 'node:assert/strict';
import { emptyGlossary, glossaryFor, type Glossary } from '../../../src/rag/glossary.ts';
import { readGlossary } from '../../../src/rag/glossaryFile.ts';
import { matchGlossary, otherMetrics } from '../../../src/rag/glossaryMatch.ts';
import { showCatalog } from '../../../src/rag/shownCatalog.ts';
import { never, shop } from './schema.ts';

const glossary: Glossary = {
  ...emptyGlossary,
  terms: [
    { term: 'customer', means: 'Anyone with an account.', tables: ['customers'] },
    {
      term: 'active customer',
      synonyms: ['live customer', 'regulars'],
      means: 'Bought in the last 90 days.',
      tables: ['public.customers', 'public.orders.placed_at', 'nothing.here'],
    },
    { term: '活跃客户', means: 'The same in Chinese.', tables: ['customers'] },
  ],
  metrics: [
    {
      name: 'net revenue',
      synonyms: ['turnover'],
      sql: 'sum(public.order_lines.quantity * unit_price)',
      description: 'Without shipping.',
    },
    { name: 'head count', sql: 'count(*)', tables: ['employees'] },
  ],
};

const asked = (question: string, over: Partial<Glossary> = {}) =>
  matchGlossary(question, { ...glossary, ...over }, shop);

describe('matchGlossary', () => {
  it('finds words, several of them and synonyms, in any number and case; of two that overlap the longer one', () => {
    const named = (question: string): string[] =>
      asked(question).use.matches.map(({ name, asked: by }) => `${name} by ${by}`);
    assert.deepEqual(named('How many Active Customers are there?'), ['active customer by active customer']);
    assert.deepEqual(named('which live_customers bought?'), ['active customer by live customer']);
    assert.deepEqual(named('Regulars by country'), ['active customer by regulars']);
    assert.deepEqual(named('customers who are active'), ['customer by customer']);
    assert.deepEqual(named('turnover per customer'), ['net revenue by turnover', 'customer by customer']);
    assert.deepEqual(named('turnover, net revenue, turnover'), ['net revenue by turnover']);
    assert.deepEqual(named('有多少活跃客户?'), ['活跃客户 by 活跃客户']);
    assert.deepEqual(named('How many orders?'), []);
  });

  it('brings the tables and columns that the entries speak of, their SQL included', () => {
    const { tables, columns, use } = asked('net revenue of active customers');
    assert.deepEqual(tables, ['public.order_lines', 'public.customers', 'public.orders']);
    assert.deepEqual([...columns.get('public.order_lines')!].sort(), ['quantity', 'unit_price']);
    assert.deepEqual([...columns.get('public.orders')!], ['placed_at']);
    assert.deepEqual(
      use.matches.map((each) => each.tables),
      [['public.order_lines.quantity'], ['public.customers', 'public.orders.placed_at']],
    );
  });

  it('leaves out what would tell of a hidden table', async () => {
    const hidden = await showCatalog(shop, { hidden: ['employees', 'public.orders'], joins: [] }, never);
    const metrics = [
      ...glossary.metrics,
      { name: 'pay', sql: 'sum(public.employees.salary)' },
      { name: 'pay day', sql: 'max(x)', description: 'See PUBLIC.employees.' },
    ];
    const { use, tables } = matchGlossary(
      'head count, pay, pay day and active customers',
      { ...glossary, metrics },
      hidden,
    );
    assert.deepEqual(
      use.matches.map(({ name, tables: shown }) => [name, shown]),
      [['active customer', ['public.customers']]],
    );
    assert.deepEqual(tables, ['public.customers']);
    assert.deepEqual(use.leftOut, [
      'head count (a table of it is hidden or missing)',
      'pay (a table of it is hidden or missing)',
      'pay day (a table of it is hidden or missing)',
    ]);
  });

  it('stays within its room, and says what has none', () => {
    const terms = Array.from({ length: 40 }, (_, at) => ({ term: `w${at}x`, means: 'm'.repeat(400) }));
    const { use } = asked(terms.map(({ term }) => term).join(' '), { terms });
    assert.ok(use.matches.length > 5 && use.matches.length < 12);
    assert.equal(use.leftOut.length, 20);
    assert.match(use.leftOut[0]!, /^w\d+x \(no room\)$/);
  });

  it('reads a glossary as large as may be without holding the event loop', () => {
    const terms = Array.from({ length: 2000 }, (_, at) => ({
      term: `word ${at}`,
      synonyms: ['b'],
      means: 'm',
    }));
    asked('anything at all'); // compiled by now
    const started = performance.now();
    asked('How many b and word 7 are there?', { terms });
    assert.ok(performance.now() - started < 200, 'it took long even for a busy machine');
  });
});

describe('otherMetrics', () => {
  it('gives those whose tables are shown, when all of them fit', () => {
    const shown = new Set(['public.employees']);
    const names = (matched: string): (string | undefined)[] =>
      otherMetrics(glossary, asked(matched).use.matches, shop, shown).map(({ name }) => name);
    assert.deepEqual(names('anything'), ['head count']);
    assert.deepEqual(names('the head count'), []);
    const metrics = Array.from({ length: 60 }, (_, at) => ({
      name: `m${at}`,
      sql: 'count(*)',
      description: 'long '.repeat(9),
    }));
    assert.deepEqual(otherMetrics({ ...glossary, metrics }, [], shop, shown), []);
  });
});

describe('glossaryFor', () => {
  const file = (path: string, text: string) => ({ path, ...readGlossary(text) });

  it('adds the files up, in their order, for the connection that is meant', () => {
    const one = file(
      'a/khipu.yml',
      'terms:\n- {term: x, means: one}\n- {term: y, means: no, connections: [Other]}\nhidden: [hr.*]',
    );
    const two = file('b/khipu.yml', 'terms: [{term: x, means: two}]\nhidden: [hr.*, secret]');
    const other = file('c/khipu.yml', 'connections: [Other]\nterms: [{term: z, means: z}]\nhidden: [z]');
    const { terms, hidden, faults, hidesUnknown } = glossaryFor([one, two, other], 'Mine');
    assert.deepEqual(
      terms.map(({ means }) => means),
      ['one', 'two'],
    );
    assert.deepEqual([hidden, faults, hidesUnknown], [['hr.*', 'secret'], [], undefined]);
    assert.deepEqual(
      glossaryFor([one, two, other], 'Other').terms.map(({ term }) => term),
      ['x', 'y', 'x', 'z'],
    );
  });

  it('names the file and the line of what is wrong', () => {
    const broken = file('a/khipu.yml', 'terms: 3\nmetrics: 4');
    assert.deepEqual(glossaryFor([broken], 'Mine').faults, [
      'a/khipu.yml, line 1: “terms” has to be a list. (and 1 more)',
    ]);
    const { hidesUnknown } = glossaryFor([broken, file('b/khipu.yml', 'hidden: yes')], 'Mine');
    assert.equal(hidesUnknown, 'b/khipu.yml, line 1: “hidden” has to be a list.');
  });
});
