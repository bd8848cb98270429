import assert from 'node:assert/strict';
import pg from 'pg';
import type { Catalog } from '../../../src/database/catalog.ts';
import { catalogLookup } from '../../../src/database/catalogLookup.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { Connections } from '../../../src/database/connections.ts';
import { CatalogReader, introspect } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

const schema = `
  CREATE ROLE clerk;
  CREATE SCHEMA shop;
  CREATE TYPE shop.mood AS ENUM ('sad', 'ok');
  CREATE SEQUENCE shop.numbers;
  CREATE FUNCTION shop.fresh() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE shop.customers (id int PRIMARY KEY, mood shop.mood DEFAULT 'ok', n int DEFAULT nextval('shop.numbers'),
    f int DEFAULT shop.fresh());
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int REFERENCES shop.customers);
  CREATE VIEW shop.happy AS SELECT * FROM shop.customers WHERE mood = 'ok';
  INSERT INTO shop.customers SELECT generate_series(1, 300);
`;

/** A change, what it makes of the catalog, and parts that need not be read again for it. */
interface Change {
  readonly sql: string;
  readonly shows: (catalog: Catalog) => unknown;
  readonly as: unknown;
  readonly unread: readonly string[];
}

const table = (catalog: Catalog, name: string) => catalogLookup(catalog).relation('shop', name);
const columns = (catalog: Catalog, name: string) => table(catalog, name)?.columns ?? [];

const changes: Readonly<Record<string, Change>> = {
  'a column is added': {
    sql: 'ALTER TABLE shop.orders ADD COLUMN placed_on date',
    shows: (catalog) => columns(catalog, 'orders').map(({ name }) => name),
    as: ['id', 'customer_id', 'placed_on'],
    unread: ['comments', 'enums', 'schemas', 'extensions', 'systemRelations'],
  },
  'a column is dropped': {
    sql: 'ALTER TABLE shop.orders DROP COLUMN placed_on',
    shows: (catalog) => columns(catalog, 'orders').map(({ name }) => name),
    as: ['id', 'customer_id'],
    unread: ['comments', 'enums', 'schemas', 'routines'],
  },
  'a table is renamed': {
    sql: 'ALTER TABLE shop.orders RENAME TO purchases',
    shows: (catalog) => [table(catalog, 'orders'), columns(catalog, 'purchases').length],
    as: [undefined, 2],
    unread: ['columns', 'comments', 'enums'],
  },
  'a comment is changed': {
    sql: `COMMENT ON COLUMN shop.purchases.id IS 'its number'`,
    shows: (catalog) => columns(catalog, 'purchases')[0]?.comment,
    as: 'its number',
    unread: ['relations', 'columns', 'constraints', 'indexes', 'routines', 'callables', 'types', 'sequences'],
  },
  'a function is made': {
    sql: `CREATE FUNCTION shop.twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2'`,
    shows: (catalog) => [
      catalogLookup(catalog).routinesNamed.get('twice')?.length,
      catalog.callables.functions.get('shop.twice'),
    ],
    as: [1, 'volatile'],
    unread: ['relations', 'columns', 'constraints', 'indexes', 'comments', 'types'],
  },
  'an enum gets another value': {
    sql: `ALTER TYPE shop.mood ADD VALUE 'glad'`,
    shows: (catalog) => catalog.enums[0]?.values,
    as: ['sad', 'ok', 'glad'],
    unread: ['relations', 'columns', 'constraints', 'routines', 'callables'],
  },
  'an enum is renamed, of which columns are': {
    sql: 'ALTER TYPE shop.mood RENAME TO feeling',
    shows: (catalog) => columns(catalog, 'customers')[1]?.type,
    as: 'shop.feeling',
    unread: ['relations', 'comments', 'extensions'],
  },
  'a sequence is renamed that a default names': {
    sql: 'ALTER SEQUENCE shop.numbers RENAME TO digits',
    shows: (catalog) => columns(catalog, 'customers')[2]?.default,
    as: "nextval('shop.digits'::regclass)",
    unread: ['comments', 'enums'],
  },
  'a function is renamed that a default calls': {
    sql: 'ALTER FUNCTION shop.fresh() RENAME TO stale',
    shows: (catalog) => columns(catalog, 'customers')[3]?.default,
    as: 'shop.stale()',
    unread: ['relations', 'comments', 'enums'],
  },
  'a table is analysed': {
    sql: 'ANALYZE shop.customers',
    shows: (catalog) => table(catalog, 'customers')?.rowEstimate,
    as: 300,
    unread: ['columns', 'constraints', 'comments', 'routines', 'callables', 'types'],
  },
  'a table gets an index, a trigger and a policy': {
    sql: `CREATE INDEX by_mood ON shop.customers (mood);
      CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touched BEFORE UPDATE ON shop.customers FOR EACH ROW EXECUTE FUNCTION shop.touch();
      CREATE POLICY own ON shop.customers USING (true)`,
    shows: (catalog) => {
      const { indexes, triggers, policies } = table(catalog, 'customers') ?? {};
      return [indexes, triggers, policies].map((list) => list?.map(({ name }) => name));
    },
    as: [['by_mood', 'customers_pkey'], ['touched'], ['own']],
    unread: ['comments', 'enums'],
  },
  'a schema is renamed': {
    sql: 'ALTER SCHEMA shop RENAME TO store',
    shows: (catalog) => [
      table(catalog, 'customers'),
      catalogLookup(catalog).relationsIn.get('store')?.length,
    ],
    as: [undefined, 3],
    unread: ['comments'],
  },
  'all is dropped': {
    sql: 'DROP SCHEMA store CASCADE',
    shows: (catalog) => [catalog.relations.length, catalog.routines.length, catalog.enums.length],
    as: [0, 0, 0],
    unread: ['systemRelations', 'roles'],
  },
};

describe('a refresh of the catalog', () => {
  let server: PostgresServer;
  let database: Database;
  let reader: CatalogReader;
  let catalog: Catalog;
  before(async () => {
    server = await startPostgres(['-c', 'autovacuum=off']);
    await server.run(schema);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    reader = new CatalogReader(database);
    catalog = await reader.read(signal);
  });
  after(async () => {
    await database.dispose();
    await server.dispose();
  });

  it('reads nothing and gives the very same catalog when nothing has changed', async () => {
    assert.equal(await reader.read(signal), catalog);
    assert.deepEqual(reader.lastRead, []);
  });

  it('gives the very same catalog after a grant, which changes nothing that it shows', async () => {
    await server.run('GRANT SELECT ON shop.customers TO clerk; GRANT SELECT (id) ON shop.orders TO clerk');
    assert.equal(await reader.read(signal), catalog);
    assert.ok(reader.lastRead.includes('relations'), 'the grant was noticed');
    assert.equal(await reader.read(signal), catalog);
    assert.deepEqual(reader.lastRead, []);
  });

  it("takes no notice of others' temporary tables, nor of rows", async () => {
    await server.run(
      'CREATE TEMP TABLE passing (a int); INSERT INTO shop.orders VALUES (1, 1); DELETE FROM shop.orders',
    );
    assert.equal(await reader.read(signal), catalog);
    assert.deepEqual(reader.lastRead, []);
    const other = new pg.Client({ connectionString: server.url('postgres', 'disable') });
    await other.connect();
    try {
      await other.query('CREATE TEMP TABLE staying (a serial PRIMARY KEY, b int CHECK (b > 0))');
      assert.equal(await reader.read(signal), catalog);
    } finally {
      await other.end();
    }
  });

  for (const [what, { sql, shows, as, unread }] of Object.entries(changes)) {
    it(`notices when ${what}, and reads no more than it must`, async () => {
      await server.run(sql);
      const changed = await reader.read(signal);
      assert.notEqual(changed, catalog);
      assert.deepEqual(shows(changed), as);
      assert.deepEqual(
        unread.filter((part) => reader.lastRead.some((name) => name === part)),
        [],
      );
      assert.deepEqual(changed, await introspect(database, signal), 'as if it were read afresh');
      assert.equal(await reader.read(signal), changed);
      catalog = changed;
    });
  }

  it('lets readers at the same time take turns, and gives them the same catalog', async () => {
    await server.run('CREATE TABLE public.late (a int)');
    const [one, other] = await Promise.all([reader.read(signal), reader.read(signal)]);
    assert.equal(one, other);
    assert.equal(catalogLookup(one).relationsNamed.has('late'), true);
  });

  it('can be cancelled, and the next one reads on', async () => {
    await assert.rejects(reader.read(AbortSignal.abort()), { kind: 'cancelled' });
    assert.equal(catalogLookup(await reader.read(signal)).relationsNamed.has('late'), true);
  });

  it('of a connection keeps the catalog and is silent when nothing has changed', async () => {
    const told: string[] = [];
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    const context = { password: () => Promise.resolve(password) };
    const connections = new Connections(
      { resolve: () => Promise.resolve({ profile, context }) },
      (id) => void told.push(id),
    );
    try {
      const connected = await connections.connect('test', signal);
      assert.deepEqual(told, ['test']);
      assert.equal(await connections.refresh('test', signal), connected);
      assert.deepEqual(told, ['test']);
      await server.run('CREATE TABLE public.later (a int)');
      const renewed = await connections.refresh('test', signal);
      assert.deepEqual(told, ['test', 'test']);
      assert.equal(connections.current('test'), renewed);
      assert.equal(catalogLookup(renewed.catalog).relationsNamed.has('later'), true);
    } finally {
      await connections.dispose();
    }
  });
});
