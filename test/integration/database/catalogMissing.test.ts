import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../src/database/catalog.ts';
import { catalogLookup } from '../../../src/database/catalogLookup.ts';
import { openDatabase } from '../../../src/database/connect.ts';
import { CatalogReader, introspect } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startSystemPostgres, systemPostgres } from '../../servers/systemPostgres.ts';
import { sampleWithLog } from '../sample/startedSample.ts';

const signal = new AbortController().signal;

const schema = `
  CREATE ROLE least LOGIN PASSWORD 'least';
  CREATE SCHEMA shop;
  CREATE TYPE shop.mood AS ENUM ('sad', 'ok');
  CREATE TABLE shop.customers (id int PRIMARY KEY, mood shop.mood CHECK (mood <> 'sad'), name text DEFAULT 'x');
  COMMENT ON TABLE shop.customers IS 'people';
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int REFERENCES shop.customers);
  CREATE INDEX by_name ON shop.customers (lower(name));
  CREATE POLICY own ON shop.customers USING (name = current_user);
  CREATE FUNCTION shop.twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
`;

/** Reads as a role that may do nothing but log in, and once more, as a refresh does. */
async function readAsLeast(server: PostgresServer, databaseName: string): Promise<Catalog> {
  const { profile } = parseConnectionUrl(
    `postgres://least@127.0.0.1:${server.port}/${databaseName}`,
    'least',
  );
  const database = openDatabase(profile, { password: () => Promise.resolve('least') });
  try {
    const reader = new CatalogReader(database);
    const catalog = await reader.read(signal);
    assert.equal(await reader.read(signal), catalog, 'a refresh that finds the same gives the same');
    return catalog;
  } finally {
    await database.dispose();
  }
}

const missingParts = ({ missing = [] }: Catalog): string[] => missing.map(({ part }) => part);

describe('a catalog of which parts cannot be read', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
    await server.run(schema);
  });
  after(async () => server.dispose());

  /** Revokes in a copy of the database, and reads that. */
  async function readWithout(tables: readonly string[]): Promise<Catalog> {
    const name = `without_${tables.join('_')}`;
    await server.run(`CREATE DATABASE ${name} TEMPLATE postgres`, 'template1');
    await server.run(
      tables.map((table) => `REVOKE SELECT ON pg_catalog.${table} FROM PUBLIC`).join(';'),
      name,
    );
    return readAsLeast(server, name);
  }

  it('misses nothing for a role with the least rights', async () => {
    const catalog = await readAsLeast(server, 'postgres');
    assert.deepEqual(catalog.missing, []);
    const { relation } = catalogLookup(catalog);
    assert.equal(relation('shop', 'customers')?.policies?.length, 1);
    assert.equal(relation('shop', 'orders')?.foreignKeys.length, 1);
  });

  it('says that policies are missing, and has the rest', async () => {
    const catalog = await readWithout(['pg_policy']);
    assert.deepEqual(
      catalog.missing?.map(({ part, sqlState }) => [part, sqlState]),
      [
        ['policies', '42501'],
        ['what views, policies and types call', '42501'],
      ],
    );
    assert.match(catalog.missing[0]?.reason ?? '', /pg_policy/);
    const customers = catalogLookup(catalog).relation('shop', 'customers');
    assert.deepEqual(
      [customers?.policies, customers?.indexes?.length, customers?.comment],
      [undefined, 2, 'people'],
    );
    assert.equal(catalog.callables.functions.get('shop.twice'), 'immutable');
  });

  it('has columns and keys without pg_proc, and knows no function to be safe', async () => {
    const catalog = await readWithout(['pg_proc']);
    assert.deepEqual(missingParts(catalog), ['functions and procedures', 'what may be called']);
    assert.equal(catalog.callables.functions.size, 0);
    assert.equal(catalogLookup(catalog).relation('shop', 'customers')?.columns[2]?.default, "'x'::text");
    assert.equal(catalogLookup(catalog).relation('shop', 'orders')?.foreignKeys.length, 1);
  });

  it('has columns when everything that it can do without is kept from it', async () => {
    const optional =
      'pg_policy pg_proc pg_constraint pg_index pg_inherits pg_trigger pg_enum pg_sequence pg_extension pg_description';
    const catalog = await readWithout([
      ...optional.split(' '),
      'pg_roles',
      'pg_operator',
      'pg_foreign_table',
      'pg_range',
    ]);
    assert.deepEqual(
      missingParts(catalog).filter((part) => !part.includes('call')),
      [
        'comments',
        'keys and checks',
        'indexes',
        'inheritance',
        'servers of foreign tables',
        'triggers',
        'policies',
        'functions and procedures',
        'enums',
        'types and domains',
        'sequences',
        'extensions',
        'roles',
      ],
    );
    assert.deepEqual(
      catalog.relations.map(({ name, columns }) => [name, columns.length]),
      [
        ['customers', 3],
        ['orders', 2],
      ],
    );
  });

  it('finds again what it may read again', async () => {
    await server.run('CREATE DATABASE pardoned TEMPLATE postgres', 'template1');
    await server.run('REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC', 'pardoned');
    const { profile } = parseConnectionUrl(`postgres://least@127.0.0.1:${server.port}/pardoned`, 'least');
    const database = openDatabase(profile, { password: () => Promise.resolve('least') });
    try {
      const reader = new CatalogReader(database);
      assert.equal((await reader.read(signal)).missing?.length, 2);
      await server.run('GRANT SELECT ON pg_catalog.pg_policy TO PUBLIC', 'pardoned');
      const catalog = await reader.read(signal);
      assert.deepEqual(catalog.missing, []);
      assert.equal(catalogLookup(catalog).relation('shop', 'customers')?.policies?.[0]?.name, 'own');
    } finally {
      await database.dispose();
    }
  });

  it('is no catalog without its relations', async () => {
    await assert.rejects(readWithout(['pg_class']), { kind: 'permission-denied' });
  });
});

describe('the catalog of the sample', () => {
  it('misses nothing', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'khipu-cache-'));
    const { sample } = sampleWithLog(cache);
    try {
      const { host, port, database: name, user } = await sample.start(signal);
      const { profile } = parseConnectionUrl('postgres://localhost/sample', 'sample');
      const database = openDatabase(
        { ...profile, host, port, database: name, user, tls: 'disable', singleSession: true },
        { password: () => Promise.resolve(undefined) },
      );
      try {
        const reader = new CatalogReader(database);
        const catalog = await reader.read(signal);
        assert.deepEqual(catalog.missing, []);
        assert.equal(catalogLookup(catalog).relation('shop', 'orders')?.primaryKey?.columns.length, 1);
        assert.equal(await reader.read(signal), catalog);
      } finally {
        await database.dispose();
      }
    } finally {
      await sample.dispose();
      await rm(cache, { recursive: true, force: true });
    }
  });
});

if (systemPostgres !== undefined) {
  const bin = systemPostgres;
  describe("the catalog of the system's Postgres", () => {
    it('misses nothing', async () => {
      const server = await startSystemPostgres(bin);
      try {
        const { profile } = parseConnectionUrl('postgres://localhost/postgres', 'system');
        const database = openDatabase(
          { ...profile, host: server.host, user: server.user, tls: 'disable' },
          { password: () => Promise.resolve(undefined) },
        );
        try {
          const catalog = await introspect(database, signal);
          assert.equal(catalog.serverVersion < 180_000, true);
          assert.deepEqual(catalog.missing, []);
          assert.equal(catalog.systemRelations.has('pg_catalog.pg_class'), true);
        } finally {
          await database.dispose();
        }
      } finally {
        await server.dispose();
      }
    });
  });
}
