import assert from 'node:assert/strict';
import pg from 'pg';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { utf16ToCodePoints } from '../../../src/database/textPositions.ts';
import { figuredName, list, unwrap } from '../../../src/query/columnNames.ts';
import { ground, indexNames, type NameIndex } from '../../../src/query/ground.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { shopCatalog, shopDdl } from '../../unit/query/shop.ts';
import { knownNames, unknownNames, unmark } from '../../unit/query/statements.ts';

/** Expressions without AS, whose names the server makes up. */
const expressions: readonly string[] = [
  '1',
  '1 + 1',
  'c.name',
  'c',
  'lower(name)',
  'pg_catalog.lower(name)',
  'count(*) OVER ()',
  'name::varchar(3)',
  'lower(name)::varchar',
  "'1'::int",
  'CAST(1 AS double precision)',
  "'1'::int::text",
  '(1 + 1)::numeric(3, 1)',
  'name COLLATE "C"',
  "DATE '2020-01-01'",
  "INTERVAL '1 day'",
  'CASE WHEN true THEN 1 END',
  'CASE WHEN true THEN 1 ELSE id END',
  'CASE WHEN true THEN 1 ELSE 2::bigint END',
  '(CASE WHEN true THEN 1 END)::bigint',
  '(CASE WHEN true THEN 1 ELSE id END)::bigint',
  'CASE WHEN true THEN 1 ELSE (CASE WHEN false THEN 2 END) END',
  'coalesce(id, 1)',
  'coalesce(id, 1)::text',
  'nullif(id, 1)',
  'greatest(1, 2)',
  'least(1, 2)',
  'ARRAY[1]',
  '(ARRAY[1])[1]',
  'tags[1]',
  '(c).name',
  'ROW(1, 2)',
  'EXISTS (SELECT 1)',
  'ARRAY(SELECT 1)',
  '(SELECT max(id) FROM orders)',
  '(SELECT 1 AS one)',
  '(SELECT 1 + 1)',
  '(SELECT 1 + 1)::text',
  '1 IN (SELECT 1)',
  '1 = ANY (ARRAY[1])',
  'id IS NULL',
  'NOT true',
  'current_date',
  'current_timestamp(2)',
  'localtime',
  'current_user',
  'session_user',
  'user',
  'current_catalog',
  'current_schema',
  'extract(year FROM now())',
  'substring(name FROM 1 FOR 2)',
  'trim(name)',
  'overlay(name PLACING $$x$$ FROM 1)',
  'position($$a$$ IN name)',
  "now() AT TIME ZONE 'UTC'",
  'name IS NORMALIZED',
  'xmlelement(name a)',
  'xmlforest(name)',
  'xmlconcat(NULL)',
  "xmlparse(document '<a/>')",
  "'<a/>'::xml IS DOCUMENT",
  "xmlserialize(content '<a/>'::xml AS text)",
  "JSON_OBJECT('a' VALUE 1)",
  'JSON_ARRAY(1, 2)',
  'JSON_ARRAY(SELECT 1)',
  "JSON('{}')",
  'JSON_SCALAR(1)',
  "JSON_SERIALIZE('{}' RETURNING text)",
  "JSON_VALUE('{}'::jsonb, '$.a')",
  "JSON_QUERY('{}'::jsonb, '$.a')",
  "JSON_EXISTS('{}'::jsonb, '$.a')",
  "'{}' IS JSON",
  'name AS "named"',
];

describe('names, held against a real server', () => {
  const signal = new AbortController().signal;
  let server: PostgresServer;
  let database: Database | undefined;
  let client: pg.Client | undefined;
  let parser: SqlParser;
  let names: NameIndex;
  before(async () => {
    server = await startPostgres();
    await server.run(`${shopDdl}; ALTER DATABASE postgres SET search_path = shop`);
    client = new pg.Client({ connectionString: server.url('postgres', 'disable') });
    await client.connect();
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    names = indexNames(await introspect(database, signal));
    parser = await loadParser();
  });
  after(async () => {
    await client?.end();
    await database?.dispose();
    await server.dispose();
  });

  it('the catalog of the unit tests is that of the server', () => {
    const shape = ({ relations }: typeof shopCatalog): string[] =>
      relations
        .map(({ schema, name, columns }) => `${schema}.${name}(${columns.map((each) => each.name).join()})`)
        .sort();
    assert.deepEqual(shape(names.catalog), shape(shopCatalog));
    assert.deepEqual(names.catalog.searchPath, shopCatalog.searchPath);
  });

  it('what the server takes is without a finding', async () => {
    for (const sql of knownNames) {
      await client!.query(sql).catch((error: unknown) => assert.fail(`${String(error)}: ${sql}`));
      assert.deepEqual(ground(parser, names, sql).findings, [], sql);
    }
  });

  it('what is found unknown is unknown to the server, at the same place', async () => {
    for (const [marked, what, first, state] of unknownNames) {
      const { sql, position } = unmark(marked);
      const refusal = await client!.query(sql).then(
        () => assert.fail(`The server takes ${sql}`),
        (error: unknown) => error as pg.DatabaseError,
      );
      assert.equal(refusal.code, state, sql);
      // The server counts code points from 1.
      assert.equal(Number(refusal.position), utf16ToCodePoints(sql, position) + 1, sql);
      const [finding] = ground(parser, names, sql).findings;
      assert.deepEqual([finding?.what, finding?.candidates[0]], [what, first], sql);
    }
  });

  it('unnamed columns are called what the server calls them', async () => {
    for (const expression of expressions) {
      const sql = `SELECT ${expression} FROM customers c`;
      const { fields } = await client!.query(sql);
      const outcome = parser.parse(sql);
      assert.ok(outcome.ok, sql);
      const target = unwrap(list(unwrap(outcome.statements[0]?.node).fields['targetList'])[0]).fields;
      const named = target['name'] ?? figuredName(target['val']);
      assert.equal(named, fields[0]?.name, expression);
    }
  });
});
