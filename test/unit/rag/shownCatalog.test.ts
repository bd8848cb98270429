import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { catalogLookup } from '../../../src/database/catalogLookup.ts';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { joinPaths } from '../../../src/rag/joinPaths.ts';
import { showCatalog, ShownCatalogs } from '../../../src/rag/shownCatalog.ts';
import { catalogOf, never, relation } from './schema.ts';

const catalog = catalogOf([
  'customers(id, name, email)',
  'orders(id, customer_id -> customers, clerk_id -> hr.employees)',
  'visits(id, email, tenant)',
  'hr.employees(id, salary)',
  relation('hr.log(id)'),
  relation('hr.log_2024(id)', { partitionOf: 'hr.log' }),
  relation('arch.log_2024_01(id)', { partitionOf: 'hr.log_2024' }),
  'other.customers(id) "Not those of hr.employees"',
]);

function idsOf({ relations }: Catalog): string[] {
  return relations.map(({ schema, name }) => `${schema}.${name}`);
}

describe('showCatalog', () => {
  it('is the catalog itself when there is nothing to change', async () => {
    for (const hidden of [[], ['nothing.such', 'x*.y']])
      assert.equal(await showCatalog(catalog, { hidden, joins: [] }, never), catalog);
  });

  it('leaves hidden tables out, with their partitions wherever they lie, and the keys that lead to them', async () => {
    const shown = await showCatalog(catalog, { hidden: ['hr.*'], joins: [] }, never);
    assert.deepEqual(idsOf(shown), ['public.customers', 'public.orders', 'public.visits', 'other.customers']);
    assert.doesNotMatch(JSON.stringify(shown.relations), /hr|employees|salary|log/);
    assert.equal(catalog.relations.at(-1)!.comment, 'Not those of hr.employees');
    assert.deepEqual(
      shown.relations[1]!.foreignKeys.map(({ toTable }) => toTable),
      ['customers'],
    );
  });

  it('still knows that the name of a hidden table is taken', async () => {
    const path = { ...catalog, searchPath: ['public', 'other'] };
    const shown = await showCatalog(path, { hidden: ['public.customers'], joins: [] }, never);
    assert.equal(catalogLookup(path).relation(undefined, 'customers')?.schema, 'public');
    assert.equal(catalogLookup(shown).relation(undefined, 'customers'), undefined);
    assert.equal(catalogLookup(shown).relation('other', 'customers')?.schema, 'other');
  });

  it('adds joins as edges between tables, and passes over those it cannot know', async () => {
    const joins = [
      { from: 'visits.email', to: 'public.customers.email', note: 'lower case' },
      { from: 'visits.nothing', to: 'customers.email' },
      { from: ['visits.email', 'orders.id'], to: ['customers.email', 'customers.id'] },
      { from: ['visits.email', 'visits.tenant'], to: ['customers.email', 'customers.name'] },
      { from: 'visits.id', to: 'hr.employees.id' },
    ];
    const shown = await showCatalog(catalog, { hidden: ['hr.employees'], joins }, never);
    const visits = shown.relations.find(({ name }) => name === 'visits')!;
    assert.deepEqual(
      visits.foreignKeys.map(({ columns, toTable, toColumns, told }) => [columns, toTable, toColumns, told]),
      [
        [['email'], 'customers', ['email'], { note: 'lower case' }],
        [['email', 'tenant'], 'customers', ['email', 'name'], { note: undefined }],
      ],
    );
    const cards = await makeCatalogCards(shown, never);
    assert.deepEqual([...joinPaths(['public.visits', 'public.orders'], cards)], ['public.customers']);
    const before = await makeCatalogCards(catalog, never);
    assert.deepEqual([...joinPaths(['public.visits', 'public.orders'], before)], []);
  });
});

describe('ShownCatalogs', () => {
  it('gives the same catalog for the same glossary, and another one for another', async () => {
    const shown = new ShownCatalogs();
    const glossary = (hidden: string[]) => ({ hidden, joins: [] });
    const first = await shown.of(catalog, glossary(['hr.*']), never);
    assert.equal(await shown.of(catalog, glossary(['hr.*']), never), first);
    assert.notEqual(await shown.of(catalog, glossary(['hr.log']), never), first);
    assert.equal(await shown.of(catalog, glossary([]), never), catalog);
  });

  it('leaves those who wait alone when one of them leaves', async () => {
    const many = catalogOf(Array.from({ length: 20_000 }, (_, at) => `t${at}(id)`));
    const shown = new ShownCatalogs();
    const glossary = { hidden: ['*.t1*'], joins: [] };
    const leaving = new AbortController();
    const first = shown.of(many, glossary, leaving.signal);
    const second = shown.of(many, glossary, never);
    leaving.abort();
    await assert.rejects(first, { kind: 'cancelled' });
    assert.equal((await second).relations.length, 20_000 - 11_111);
  });
});
