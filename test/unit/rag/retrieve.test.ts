import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { joinPaths } from '../../../src/rag/joinPaths.ts';
import type { KnowledgeHit } from '../../../src/rag/knowledgeStore.ts';
import { chooseTables, namedTables } from '../../../src/rag/retrieve.ts';
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
  const tables = chooseTables(question, await makeCatalogCards(catalog, never), found, budget);
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
    const tables = chooseTables(
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
  const named = async (question: string, catalog = shop): Promise<string[]> => [
    ...namedTables(question, await makeCatalogCards(catalog, never)),
  ];

  it('are found as identifiers and as words', async () => {
    assert.deepEqual(await named('rows of order_lines'), ['public.orders', 'public.order_lines']);
    assert.deepEqual(await named('Order lines without a product?'), [
      'public.orders',
      'public.order_lines',
      'public.products',
    ]);
    assert.deepEqual(await named('revenue of each buyer'), []);
  });

  it('must be few, unless written with their schema', async () => {
    const catalog = catalogOf(['a', 'b', 'c', 'd', 'e'].map((schema) => `${schema}.users(id)`));
    assert.deepEqual(await named('How many users?', catalog), []);
    assert.deepEqual(await named('How many in b.users?', catalog), ['b.users']);
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
