import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { joinPaths } from '../../../src/rag/joinPaths.ts';
import type { KnowledgeHit } from '../../../src/rag/knowledgeStore.ts';
import { namedTables } from '../../../src/rag/namedTables.ts';
import { chooseTables } from '../../../src/rag/retrieve.ts';
import { valueMatches } from '../../../src/rag/valueMatches.ts';
import { catalogOf, never, relation, shop } from './schema.ts';

const small = 200; // tokens: less than the shop, more than three of its tables

function hits(...names: string[]): KnowledgeHit[] {
  return names.map((name, index) => ({
    id: `public.${name}`,
    score: 1 / (index + 1),
    ranks: { text: index + 1 },
  }));
}

async function choose(
  question: string,
  found: KnowledgeHit[],
  budget: number,
  catalog: Catalog = shop,
): Promise<string[]> {
  const { tables } = chooseTables(question, await makeCatalogCards(catalog, never), found, budget);
  return tables.map(({ name, reason }) => `${name}: ${reason}`);
}

describe('choosing tables', () => {
  it('takes the whole schema when it fits, the relevant ones first', async () => {
    const tables = await choose('anything', hits('products', 'reviews'), 6000);
    assert.equal(tables.length, 10);
    assert.deepEqual(tables.slice(0, 3), [
      'products: whole-schema',
      'reviews: whole-schema',
      'customers: whole-schema',
    ]);
  });

  it('takes what is named, what was found, and the join paths between them', async () => {
    assert.deepEqual(await choose('salaries in warehouse stock', hits('employees', 'orders'), 400), [
      'warehouse_stock: named',
      'employees: matched',
      'orders: matched',
      'order_lines: foreign-key',
      'products: foreign-key',
    ]);
  });

  it('stays within the budget, but never gives nothing', async () => {
    const cards = await makeCatalogCards(shop, never);
    const { tables } = chooseTables(
      'x',
      cards,
      hits('orders', 'customers', 'products', 'reviews', 'payments'),
      small,
    );
    const spent = tables.reduce(
      (sum, { schema, name }) => sum + (cards.tables.get(`${schema}.${name}`)?.tokens ?? 0),
      0,
    );
    assert.ok(tables.length >= 2 && spent <= small, `${tables.length} tables, ${spent} tokens`);
    assert.deepEqual(await choose('x', hits('orders'), 1), ['orders: matched']);
  });

  it('passes over hits that the catalog no longer has, and over partitions', async () => {
    const catalog = catalogOf([
      'events(id, at)',
      relation('events_2024(id, at)', { partitionOf: 'public.events' }),
      'other(id)',
    ]);
    assert.deepEqual(await choose('x', hits('gone', 'events_2024', 'other'), 6000, catalog), [
      'other: whole-schema',
      'events: whole-schema',
    ]);
  });
});

describe('tables named in a question', () => {
  const named = async (question: string, catalog = shop): Promise<{ written: string[]; plain: string[] }> => {
    const { written, plain } = namedTables(question, await makeCatalogCards(catalog, never));
    return { written: [...written], plain: [...plain] };
  };

  it('are found as identifiers and as words, the longest name counting', async () => {
    assert.deepEqual(await named('rows of order_lines'), { written: ['public.order_lines'], plain: [] });
    assert.deepEqual(await named('Order lines without a product?'), {
      written: ['public.order_lines'],
      plain: ['public.products'],
    });
    assert.deepEqual(await named('all of "orders" and PUBLIC.reviews'), {
      written: ['public.orders', 'public.reviews'],
      plain: [],
    });
    assert.deepEqual(await named('revenue of each buyer'), { written: [], plain: [] });
  });

  it('must be few, unless written with their schema', async () => {
    const catalog = catalogOf(['a', 'b', 'c', 'd', 'e'].map((schema) => `${schema}.users(id)`));
    assert.deepEqual(await named('How many users?', catalog), { written: [], plain: [] });
    const inB = { written: ['b.users'], plain: [] };
    assert.deepEqual(await named('How many in b.users?', catalog), inB);
    assert.deepEqual(await named('How many in bb.users or b.users_old?', catalog), {
      written: [],
      plain: [],
    });
  });
});

describe('join paths', () => {
  it('find the link tables, and nothing beyond three steps', async () => {
    const cards = await makeCatalogCards(shop, never);
    const paths = (...names: string[]): string[] => [
      ...joinPaths(
        names.map((name) => `public.${name}`),
        cards,
      ),
    ];
    assert.deepEqual(paths('orders', 'products'), ['public.order_lines']);
    assert.deepEqual(paths('customers', 'products'), ['public.orders', 'public.order_lines'].reverse());
    assert.deepEqual(paths('orders', 'customers'), []);
    assert.deepEqual(paths('employees', 'customers'), []);
    assert.deepEqual(paths('countries', 'products'), []);
  });
});

describe('values in a question', () => {
  const catalog = catalogOf(
    [
      'orders(id, state: state)',
      'returns(id, state: state)',
      'lines(id, size: size)',
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `flags_${name}(id, flag: flag)`),
    ],
    [
      { schema: 'public', name: 'state', values: ['new', 'On Hold', 'hold', 'all'] },
      { schema: 'public', name: 'size', values: ['L', 'XL', '42'] },
      { schema: 'public', name: 'flag', values: ['urgent'] },
    ],
  );
  const found = async (question: string): Promise<string[]> =>
    valueMatches(question, await makeCatalogCards(catalog, never)).map(
      ({ table, column, value }) => `${table}.${column} ${value}`,
    );

  it('are found by all their words, the longest one counting', async () => {
    assert.deepEqual(await found('which orders are on hold?'), [
      'public.orders.state On Hold',
      'public.returns.state On Hold',
    ]);
    assert.deepEqual(await found('XL ones'), ['public.lines.size XL']);
  });

  it('have to stand between quotes where they could be anything', async () => {
    assert.deepEqual(await found('all of size L or 42'), []);
    assert.deepEqual(await found(`size 'L' or "42"`), ['public.lines.size L', 'public.lines.size 42']);
  });

  it('bring their tables, unless too many have them', async () => {
    const cards = await makeCatalogCards(catalog, never);
    const names = (question: string): string[] =>
      chooseTables(question, cards, [], 100).tables.map(({ name, reason }) => `${name}: ${reason}`);
    assert.deepEqual(names('XL'), ['lines: value']);
    assert.deepEqual(names('urgent'), []);
    assert.equal(names("'urgent'").length, 3); // as far as the budget goes
    const { values } = chooseTables('XL and urgent', cards, [], 100);
    assert.deepEqual(
      values.map(({ value }) => value),
      ['XL'],
    );
  });
});

describe('columns of wide tables', () => {
  const many = Array.from({ length: 30 }, (_, at) => `c${at}`);
  const catalog = catalogOf([
    `wide(id, ${many.join(', ')}, owner_id -> owners, born: date, salary)`,
    'owners(id, name)',
    'parts(id, wide_c9 -> wide)',
    'others(id, c25, c26)',
    relation('key(a)', {
      foreignKeys: [{ name: 'k', columns: ['a'], toSchema: 'public', toTable: 'wide', toColumns: ['c9'] }],
    }),
  ]);
  const columns = async (question: string, met: string[] = []): Promise<readonly string[]> => {
    const cards = await makeCatalogCards(catalog, never);
    const why = {
      parts: { table: 0, name: 0, around: 0, schema: 0, bestOfSchema: 0, vector: 0 },
      matched: [],
      columns: met.map((name) => ({ name, similarity: 0.5 })),
    };
    const hit: KnowledgeHit = { id: 'public.wide', score: 1, ranks: {}, why };
    return chooseTables(question, cards, [hit], 100).tables[0]?.columns ?? [];
  };

  it('are keys, what the question meets, and then the most usual', async () => {
    const kept = await columns('x', ['c29']);
    assert.equal(kept.length, 20);
    for (const name of ['id', 'owner_id', 'c9', 'c29', 'c25', 'c26']) assert.ok(kept.includes(name), name);
    assert.ok(!kept.includes('salary'));
    assert.ok(kept.indexOf('c25') < kept.indexOf('owner_id'), 'in the order of the table');
    assert.ok((await columns('the salary')).includes('salary'));
  });

  it('never lack one that the question meets', async () => {
    const kept = await columns('x', many);
    assert.ok(many.every((name) => kept.includes(name)));
    assert.ok(!kept.includes('salary'));
  });

  it('are those of times where the question has a year', async () => {
    assert.ok(!(await columns('those of last year')).includes('born'));
    assert.ok((await columns('those of 1999')).includes('born'));
  });

  it('are all of them where the table is not wide, or the whole schema fits', async () => {
    const cards = await makeCatalogCards(catalog, never);
    const whole = chooseTables('x', cards, [], 6000).tables;
    assert.ok(whole.every((table) => table.columns === undefined));
  });
});
