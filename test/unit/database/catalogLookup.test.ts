import assert from 'node:assert/strict';
import type { Catalog, Relation } from '../../../src/database/catalog.ts';
import { catalogLookup, findWritten, readName } from '../../../src/database/catalogLookup.ts';
import { catalogOf, relation } from '../rag/schema.ts';

const sequence = { type: 'bigint', start: '1', increment: '1', minimum: '1', maximum: '9', cycles: false };
const catalog: Catalog = {
  ...catalogOf([
    'a.orders(id)',
    'b.orders(id)',
    'b.pg_class(id)',
    'b.tickets(id)',
    relation('a.plain(id)', { name: 'Order Notes' }),
    relation('a.orders_2024(id)', { partitionOf: 'a.orders' }),
    relation('a.child(id)', { inherits: ['a.orders', 'b.orders'] }),
  ]),
  database: 'llamas',
  searchPath: ['pg_catalog', 'b', 'a'],
  sequences: [{ ...sequence, schema: 'pg_catalog', name: 'tickets', ownedBy: undefined, comment: undefined }],
  systemRelations: new Map([['pg_catalog.pg_class', ['oid']]]),
};
const shown = (found: Relation | undefined): string | undefined => found && `${found.schema}.${found.name}`;
const { relation: find, partsOf, relationsIn } = catalogLookup(catalog);

describe('the lookup of a catalog', () => {
  it('is made once for each catalog', () => {
    assert.equal(catalogLookup(catalog), catalogLookup(catalog));
    assert.notEqual(catalogLookup({ ...catalog }), catalogLookup(catalog));
  });

  it('takes the first on the search path when there is no schema', () => {
    assert.equal(shown(find(undefined, 'orders')), 'b.orders');
    assert.equal(shown(find('a', 'orders')), 'a.orders');
    assert.equal(shown(find(undefined, 'child')), 'a.child');
    assert.equal(find('b', 'child'), undefined);
    assert.equal(find(undefined, 'ORDERS'), undefined);
  });

  it("finds none of the user's where Postgres finds a table of its own or a sequence first", () => {
    assert.equal(find(undefined, 'pg_class'), undefined);
    assert.equal(find(undefined, 'tickets'), undefined);
    assert.equal(shown(find('b', 'pg_class')), 'b.pg_class');
  });

  it('groups by schema and by parent', () => {
    assert.equal(relationsIn.get('a')?.length, 4);
    assert.deepEqual(partsOf.get('a.orders')?.map(shown), ['a.orders_2024', 'a.child']);
    assert.deepEqual(partsOf.get('b.orders')?.map(shown), ['a.child']);
  });

  it('finds a name as SQL writes it', () => {
    assert.equal(shown(findWritten(catalog, 'ORDERS')), 'b.orders');
    assert.equal(shown(findWritten(catalog, 'A . Orders')), 'a.orders');
    assert.equal(shown(findWritten(catalog, 'a."Order Notes"')), 'a.Order Notes');
    assert.equal(shown(findWritten(catalog, 'llamas.a.orders')), 'a.orders');
    assert.equal(findWritten(catalog, 'alpacas.a.orders'), undefined);
    assert.equal(findWritten(catalog, 'a."Orders"'), undefined);
    assert.equal(findWritten(catalog, 'x.llamas.a.orders'), undefined);
  });

  it('does not look through 10,000 tables for each name', () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `s${at % 10}.t${at}(id)`);
    const large = { ...catalogOf(names), searchPath: ['pg_catalog', 's1', 's2', 's9'] };
    const { relation: findIn } = catalogLookup(large);
    const started = performance.now();
    for (let at = 0; at < 10_000; at++) findIn(undefined, `t${at}`);
    // Through all of them it would be 100 million looks.
    assert.ok(performance.now() - started < 500);
  });
});

describe('a name as SQL writes it', () => {
  const cases: readonly (readonly [written: string, names: readonly string[] | undefined])[] = [
    ['orders', ['orders']],
    ['Orders', ['orders']],
    ['"Orders"', ['Orders']],
    ['Shop."Order ""Notes"""', ['shop', 'Order "Notes"']],
    [' shop . orders ', ['shop', 'orders']],
    ['"a.b".c', ['a.b', 'c']],
    ['ÄRGER_Ab$1', ['Ärger_ab$1']],
    ['_x', ['_x']],
    ['1x', undefined],
    ['a b', undefined],
    ['a.', undefined],
    ['', undefined],
    ['""', undefined],
    ['a."b', undefined],
    ['x'.repeat(70), ['x'.repeat(63)]],
    [`"${'x'.repeat(62)}ä"`, ['x'.repeat(62)]],
  ];
  for (const [written, names] of cases) {
    it(`${written.slice(0, 30)} is ${names === undefined ? 'none' : names.join(' in ').slice(0, 30)}`, () => {
      assert.deepEqual(readName(written), names);
    });
  }
});
