import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { catalogLookup } from '../../../src/database/catalogLookup.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { CatalogReader } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import type { ConnectionProfile } from '../../../src/database/profile.ts';
import { beginTransaction } from '../../../src/database/userTransaction.ts';
import { openArena, signal, type Arena } from './exportArena.ts';

/** Names that need care where they are quoted. */
const odd = `Old "Data", pg_temp; DROP`;
const quoted = `"Old ""Data"", pg_temp; DROP"`;

const setup = `
  CREATE SCHEMA north; CREATE SCHEMA south; CREATE SCHEMA ${quoted};
  CREATE TABLE public.orders (public_id int); INSERT INTO public.orders VALUES (0);
  CREATE TABLE north.orders (north_id int); INSERT INTO north.orders VALUES (1);
  CREATE TABLE south.orders (south_id int); INSERT INTO south.orders VALUES (2);
  CREATE TABLE ${quoted}.orders (odd_id int); INSERT INTO ${quoted}.orders VALUES (3);
  CREATE TABLE public.only_public (id int); INSERT INTO public.only_public VALUES (9);
  CREATE TYPE north.mood AS ENUM ('sad'); CREATE TABLE public.moods (mood north.mood);
  CREATE FUNCTION north.answer() RETURNS int STABLE LANGUAGE sql AS 'SELECT 42';
  CREATE FUNCTION south.answer() RETURNS int VOLATILE LANGUAGE sql AS 'SELECT 43';`;

describe('default schemas', () => {
  let arena: Arena;
  let parser: SqlParser;
  before(async () => {
    [arena, parser] = await Promise.all([openArena(setup), loadParser()]);
  });
  after(() => arena.dispose());

  async function read(defaultSchemas: string[], change: Partial<ConnectionProfile> = {}): Promise<Catalog> {
    return new CatalogReader(arena.open({ defaultSchemas, ...change })).read(signal);
  }

  const cases: readonly (readonly [string[], string, string])[] = [
    [[], 'public_id', '0'],
    [['north'], 'north_id', '1'],
    [['south', 'north'], 'south_id', '2'],
    [['nowhere', 'south'], 'south_id', '2'],
    [[odd], 'odd_id', '3'],
  ];
  for (const [defaultSchemas, column, value] of cases) {
    it(`mean the same to the catalog and to the server: ${defaultSchemas.join(', ') || 'none'}`, async () => {
      const database = arena.open({ defaultSchemas });
      const catalog = await new CatalogReader(database).read(signal);
      const found = catalogLookup(catalog).relation(undefined, 'orders');
      assert.deepEqual(
        found?.columns.map(({ name }) => name),
        [column],
      );
      const result = await openResult(
        database,
        ReadOnlySql.fromText(parser, catalog, 'SELECT * FROM orders'),
        signal,
      );
      assert.deepEqual(
        result.columns.map(({ name }) => name),
        [column],
      );
      assert.deepEqual(result.firstRows, [[value]]);
      const rest = await openResult(
        database,
        ReadOnlySql.fromText(parser, catalog, 'SELECT * FROM only_public'),
        signal,
      );
      assert.deepEqual(rest.firstRows, [['9']], 'the server’s own path comes after them');
    });
  }

  it('decide which function the guard judges', async () => {
    const statement = 'SELECT answer()';
    const result = await openResult(
      arena.open({ defaultSchemas: ['north'] }),
      ReadOnlySql.fromText(parser, await read(['north']), statement),
      signal,
    );
    assert.deepEqual(result.firstRows, [['42']]);
    const south = await read(['south']);
    assert.throws(() => ReadOnlySql.fromText(parser, south, statement), { kind: 'refused-by-guard' });
  });

  it('are those under which names are printed', async () => {
    const typeOf = (catalog: Catalog): string | undefined =>
      catalogLookup(catalog).relation('public', 'moods')?.columns[0]?.type;
    assert.equal(typeOf(await read([])), 'north.mood');
    assert.equal(typeOf(await read(['north'])), 'mood');
  });

  it('hold in a transaction of the user as well', async () => {
    const database = arena.open({ defaultSchemas: ['south'] });
    const transaction = await beginTransaction(
      database,
      { mode: 'read', idleLimitMs: 60_000, onEnd: () => undefined },
      signal,
    );
    const statement = ReadOnlySql.fromText(parser, await read(['south']), 'SELECT * FROM orders');
    assert.deepEqual((await transaction.read(statement, signal)).firstRows, [['2']]);
    await transaction.rollBack();
  });

  it('end with the transaction', async () => {
    const database = arena.open({ defaultSchemas: ['north'], singleSession: true });
    await openResult(database, ReadOnlySql.fromText(parser, await read(['north']), 'SELECT 1'), signal);
    const session = await database.session(signal);
    assert.deepEqual((await session.query({ text: 'SHOW search_path' }, signal)).rows, [['"$user", public']]);
    session.release();
  });

  it('go before an empty path too', async () => {
    await arena.server.run(`CREATE ROLE pathless LOGIN PASSWORD 'p'; ALTER ROLE pathless SET search_path = '';
      GRANT USAGE ON SCHEMA north TO pathless; GRANT SELECT ON north.orders TO pathless`);
    const database = arena.open(
      { user: 'pathless', defaultSchemas: ['north'] },
      { password: () => Promise.resolve('p') },
    );
    const catalog = await new CatalogReader(database).read(signal);
    const result = await openResult(
      database,
      ReadOnlySql.fromText(parser, catalog, 'SELECT * FROM orders'),
      signal,
    );
    assert.deepEqual(result.firstRows, [['1']]);
  });
});
