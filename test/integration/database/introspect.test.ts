import assert from 'node:assert/strict';
import type { Catalog, Column, Relation } from '../../../src/database/catalog.ts';
import { catalogLookup } from '../../../src/database/catalogLookup.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

const findRelation = (catalog: Catalog, schema: string | undefined, name: string): Relation | undefined =>
  catalogLookup(catalog).relation(schema, name);

const plain: Omit<Column, 'name' | 'type'> = {
  nullable: true,
  primaryKey: false,
  default: undefined,
  comment: undefined,
  identity: undefined,
  generated: undefined,
  collation: undefined,
};

const schema = `
  CREATE SCHEMA shop; COMMENT ON SCHEMA shop IS 'what is sold';
  CREATE TYPE shop.mood AS ENUM ('sad', 'ok', 'it''s fine');
  CREATE TABLE shop.customers (id int PRIMARY KEY, "Full Name" text NOT NULL DEFAULT 'x', mood shop.mood);
  COMMENT ON TABLE shop.customers IS 'people who buy';
  COMMENT ON COLUMN shop.customers.mood IS 'how they feel';
  CREATE TABLE shop.pairs (a int, b int, PRIMARY KEY (b, a));
  CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int REFERENCES shop.customers,
    a int, b int, total numeric(12,2), FOREIGN KEY (b, a) REFERENCES shop.pairs (b, a));
  CREATE TABLE public.customers (only_here int);
  CREATE VIEW shop.sad AS SELECT * FROM shop.customers WHERE mood = 'sad';
  CREATE MATERIALIZED VIEW shop.totals AS SELECT customer_id, sum(total) AS total FROM shop.orders GROUP BY 1;
  CREATE TABLE shop.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
  CREATE TABLE shop.events_2024 PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE FUNCTION shop.twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
  CREATE FUNCTION shop.twice(text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT $1 || $1';
  CREATE FUNCTION shop.bump(int, int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1 + $2';
  CREATE OPERATOR shop.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = shop.bump);
  CREATE AGGREGATE shop.sneaky (int) (SFUNC = shop.bump, STYPE = int, INITCOND = '0');
`;

describe('introspect', () => {
  let server: PostgresServer;
  let database: Database | undefined;
  let catalog: Catalog;
  before(async () => {
    server = await startPostgres();
    await server.run(schema);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
  });
  after(async () => {
    await database?.dispose();
    await server.dispose();
  });

  it('reads columns with type, key, nullability, default and comment', () => {
    const customers = findRelation(catalog, 'shop', 'customers');
    assert.equal(customers?.comment, 'people who buy');
    assert.deepEqual(customers.columns, [
      { ...plain, name: 'id', type: 'integer', nullable: false, primaryKey: true },
      { ...plain, name: 'Full Name', type: 'text', nullable: false, default: "'x'::text" },
      { ...plain, name: 'mood', type: 'shop.mood', comment: 'how they feel' },
    ]);
  });

  it('keeps the order of columns in composite foreign keys', () => {
    const keys = findRelation(catalog, 'shop', 'orders')?.foreignKeys ?? [];
    assert.deepEqual(
      keys.map(({ columns, toSchema, toTable, toColumns }) => [columns, toSchema, toTable, toColumns]),
      [
        [['b', 'a'], 'shop', 'pairs', ['b', 'a']],
        [['customer_id'], 'shop', 'customers', ['id']],
      ],
    );
  });

  it('knows kinds, partitions, enums and comments of schemas', () => {
    const kinds = Object.fromEntries(
      catalog.relations.filter((each) => each.schema === 'shop').map((each) => [each.name, each.kind]),
    );
    assert.deepEqual(kinds, {
      customers: 'table',
      events: 'partitioned',
      events_2024: 'table',
      orders: 'table',
      pairs: 'table',
      sad: 'view',
      totals: 'materialized-view',
    });
    assert.equal(findRelation(catalog, 'shop', 'events_2024')?.partitionOf, 'shop.events');
    assert.deepEqual(catalog.enums, [{ schema: 'shop', name: 'mood', values: ['sad', 'ok', "it's fine"] }]);
    assert.deepEqual(catalog.schemas, [
      { name: 'public', comment: 'standard public schema' },
      { name: 'shop', comment: 'what is sold' },
    ]);
  });

  it('finds an unqualified name where the search path finds it', () => {
    assert.equal(findRelation(catalog, undefined, 'customers')?.schema, 'public');
    assert.equal(findRelation(catalog, undefined, 'orders'), undefined);
  });

  it('takes the worst volatility of overloads, operators and aggregates', () => {
    assert.equal(catalog.callables.functions.get('shop.twice'), 'volatile');
    assert.equal(catalog.callables.functions.get('shop.sneaky'), 'volatile');
    assert.equal(catalog.callables.operators.get('shop.<+>'), 'volatile');
    assert.equal(catalog.callables.functions.get('pg_catalog.lower'), 'immutable');
  });

  it('reads the columns of the system catalog', () => {
    assert.ok(catalog.systemRelations.get('pg_catalog.pg_class')?.includes('relname'));
    assert.ok(catalog.systemRelations.get('information_schema.tables')?.includes('table_name'));
  });

  it('lets a role with the least rights read the catalog', async () => {
    await server.run(`CREATE ROLE least LOGIN PASSWORD 'least'; REVOKE ALL ON SCHEMA public FROM PUBLIC`);
    const { profile } = parseConnectionUrl(`postgres://least@127.0.0.1:${server.port}/postgres`, 'least');
    const least = openDatabase(profile, { password: () => Promise.resolve('least') });
    try {
      const seen = await introspect(least, signal);
      assert.equal(findRelation(seen, 'shop', 'orders')?.columns.length, 5);
    } finally {
      await least.dispose();
    }
  });
});
