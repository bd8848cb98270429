import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

/** The attacks of the field's table: each wrote, ran or disturbed something behind another product's "read-only". */
const attacks: readonly (readonly [name: string, sql: string])[] = [
  ['commit first', 'COMMIT; DELETE FROM victim'],
  ['rollback first', 'ROLLBACK; DELETE FROM victim'],
  ['commit and chain', 'COMMIT AND CHAIN; DELETE FROM victim'],
  ['begin read write', 'COMMIT; BEGIN READ WRITE; DELETE FROM victim; COMMIT'],
  ['set transaction read write', 'SET TRANSACTION READ WRITE'],
  ['set transaction, then DML', 'SET TRANSACTION READ WRITE; DELETE FROM victim'],
  ['set session', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE'],
  ['dblink_exec', `SELECT dblink_exec('dbname=postgres', 'DELETE FROM victim')`],
  ['dblink', `SELECT * FROM dblink('dbname=postgres', 'DELETE FROM victim RETURNING 1') AS t (a int)`],
  ['copy to program', `COPY victim TO PROGRAM 'touch /tmp/khipu-attack-program'`],
  ['copy to file', `COPY victim TO '/tmp/khipu-attack-file'`],
  ['copy from', `COPY victim FROM '/etc/hostname'`],
  ['read a file', `SELECT pg_read_file('/etc/hostname')`],
  ['list a directory', `SELECT pg_ls_dir('/')`],
  ['import a large object', `SELECT lo_import('/etc/hostname')`],
  ['make a large object', 'SELECT lo_create(4711)'],
  ['reload the configuration', 'SELECT pg_reload_conf()'],
  [
    'end other sessions',
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  ],
  ['cancel other sessions', 'SELECT pg_cancel_backend(pid) FROM pg_stat_activity'],
  ['advisory lock', 'SELECT pg_advisory_lock(4711)'],
  ['try advisory lock', 'SELECT pg_try_advisory_lock_shared(4711)'],
  ['notify by function', `SELECT pg_notify('khipu', 'attack')`],
  ['notify', 'NOTIFY khipu'],
  ['physical slot', `SELECT pg_create_physical_replication_slot('khipu_attack')`],
  ['logical slot', `SELECT pg_create_logical_replication_slot('khipu_attack', 'test_decoding')`],
  ['switch the WAL', 'SELECT pg_switch_wal()'],
  ['reset statistics', 'SELECT pg_stat_reset()'],
  ['poison the session', `SELECT set_config('statement_timeout', '0', false)`],
  ['poison, then commit', `SELECT set_config('search_path', 'evil', false); COMMIT`],
  ['writable CTE', 'WITH gone AS (DELETE FROM victim RETURNING *) SELECT * FROM gone'],
  ['select into', 'SELECT * INTO stolen FROM victim'],
  ['for update', 'SELECT * FROM victim FOR UPDATE'],
  ['do block', `DO $$ BEGIN DELETE FROM victim; END $$`],
  ['explain analyze of a write', 'EXPLAIN ANALYZE DELETE FROM victim'],
  [
    'explain (analyze) of a writable CTE',
    'EXPLAIN (ANALYZE) WITH gone AS (DELETE FROM victim RETURNING 1) SELECT * FROM gone',
  ],
  ['nextval', `SELECT nextval('numbers')`],
  ['setval', `SELECT setval('numbers', 4711)`],
  ['temporary table', 'CREATE TEMP TABLE t AS SELECT 1'],
  ['plain delete', 'DELETE FROM victim'],
  ['plain insert', 'INSERT INTO victim VALUES (3)'],
  ['plain update', 'UPDATE victim SET id = 3'],
  ['merge', 'MERGE INTO victim USING (SELECT 1 AS id) s ON victim.id = s.id WHEN MATCHED THEN DELETE'],
  ['truncate', 'TRUNCATE victim'],
  ['drop', 'DROP TABLE victim'],
  ['call', 'CALL wipe()'],
  ['own volatile function', 'SELECT wipe_function()'],
  ['own volatile operator', 'SELECT 1 <!> 2'],
  ['SQL in text', `SELECT query_to_xml('DELETE FROM victim', true, true, '')`],
  ['alter system', `ALTER SYSTEM SET work_mem = '1MB'`],
  ['prepare', 'PREPARE p AS DELETE FROM victim'],
  ['sleep', 'SELECT pg_sleep(60)'],
];

/** Everything that an attack could have changed. */
const stateSql = `
  SELECT json_build_object(
    'rows', (SELECT json_agg(id ORDER BY id) FROM victim),
    'relations', (SELECT json_agg(relname ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    'sequence', (SELECT json_build_array(last_value, is_called) FROM numbers),
    'large objects', (SELECT count(*) FROM pg_largeobject_metadata),
    'slots', (SELECT count(*) FROM pg_replication_slots),
    'advisory locks', (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
    'settings', (SELECT json_agg(setconfig) FROM pg_db_role_setting),
    'configuration loaded', pg_conf_load_time(),
    'statistics reset', (SELECT stats_reset FROM pg_stat_database WHERE datname = 'postgres'),
    'bystander', (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bystander')) AS state`;

const setup = `
  CREATE EXTENSION dblink;
  CREATE TABLE victim (id int PRIMARY KEY); INSERT INTO victim VALUES (1), (2);
  CREATE SEQUENCE numbers;
  CREATE PROCEDURE wipe() LANGUAGE sql AS 'DELETE FROM victim';
  CREATE FUNCTION wipe_function() RETURNS void LANGUAGE sql VOLATILE AS 'DELETE FROM victim';
  CREATE FUNCTION wipe_both(int, int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN DELETE FROM victim; RETURN 1; END';
  CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = wipe_both);`;

describe('guard and read-only transaction, as superuser on Postgres 18', () => {
  let server: PostgresServer;
  let database: Database | undefined;
  let catalog: Catalog;
  let parser: SqlParser;
  before(async () => {
    server = await startPostgres(['-c', 'wal_level=logical']);
    await server.run(setup);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    await database?.dispose();
    await server.dispose();
  });

  const state = async (): Promise<unknown> => {
    const result = await server.run(stateSql);
    assert.ok(!Array.isArray(result));
    return (result.rows as unknown[])[0];
  };

  for (const [name, sql] of attacks) {
    it(`refuses: ${name}`, async () => {
      const before = await state();
      await assert.rejects(
        async () => openResult(database!, ReadOnlySql.fromText(parser, catalog, sql), signal),
        (error) =>
          error instanceof KhipuError && error.kind === 'refused-by-guard' && error.message.length > 20,
      );
      assert.deepEqual(await state(), before);
    });
  }

  it('leaves no file behind', () => {
    assert.equal(existsSync('/tmp/khipu-attack-file') || existsSync('/tmp/khipu-attack-program'), false);
  });

  it('does not run a look-alike of a guarded statement', async () => {
    const forged = { text: 'DELETE FROM victim', kind: 'rows' } as unknown as ReadOnlySql;
    await assert.rejects(openResult(database!, forged, signal), { kind: 'internal' });
  });

  it('has the transaction stop what a mislabelled function tries', async () => {
    await server.run(`CREATE FUNCTION liar() RETURNS void LANGUAGE plpgsql STABLE AS
      'BEGIN PERFORM set_config(''transaction_read_only'', ''off'', true); DELETE FROM victim; END'`);
    const renewed = await introspect(database!, signal);
    const before = await state();
    const statement = ReadOnlySql.fromText(parser, renewed, 'SELECT liar()');
    await assert.rejects(openResult(database!, statement, signal), { kind: 'sql-failed' });
    assert.deepEqual(await state(), before);
    await server.run('DROP FUNCTION liar()');
  });

  it('refuses a table whose policy for the connected role calls a volatile function, and only for that role', async () => {
    await server.run(`CREATE TABLE guarded (id int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON guarded FOR SELECT USING (id > wipe_both(1, 2));
      CREATE POLICY writing ON guarded FOR UPDATE USING (pg_advisory_lock(1) IS NULL);
      CREATE TABLE calm (id int); ALTER TABLE calm ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON calm USING (random() > 0.5);
      CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT SELECT ON guarded, calm TO reader`);
    const { profile } = parseConnectionUrl(server.url(), 'reader');
    const asReader = openDatabase(
      { ...profile, user: 'reader' },
      { password: () => Promise.resolve('reader') },
    );
    const seenByReader = await introspect(asReader, signal);
    await asReader.dispose();
    assert.throws(() => ReadOnlySql.fromText(parser, seenByReader, 'SELECT * FROM guarded'), {
      message:
        'Reading guarded calls the function public.wipe_both, which is declared VOLATILE, so it may change something; if it only reads, its owner can declare it STABLE.',
    });
    assert.equal(ReadOnlySql.fromText(parser, seenByReader, 'TABLE calm').kind, 'rows');
    const seenByOwner = await introspect(database!, signal);
    assert.equal(ReadOnlySql.fromText(parser, seenByOwner, 'TABLE guarded').kind, 'rows');
  });

  it('names the place of what it refuses, in the text as written', () => {
    const sql = `SELECT 'é😀', pg_sleep(1)`;
    try {
      ReadOnlySql.fromText(parser, catalog, sql);
      assert.fail('it was accepted');
    } catch (error) {
      assert.ok(error instanceof KhipuError);
      assert.equal(error.detail.position, sql.indexOf('pg_sleep'));
    }
  });

  const accepted = [
    'SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM victim',
    'SELECT id, row_number() OVER (PARTITION BY id % 2 ORDER BY id) FROM victim',
    'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r',
    `SELECT date_trunc('month', now()), extract(year FROM current_date), now() - interval '1 day', random()`,
    `SELECT v.id, g FROM victim v CROSS JOIN LATERAL generate_series(1, v.id) AS g`,
    `SELECT j.* FROM JSON_TABLE('[{"a":1}]'::jsonb, '$[*]' COLUMNS (a int PATH '$.a')) AS j`,
    'SELECT * FROM victim TABLESAMPLE bernoulli(100) ORDER BY id FETCH FIRST 1 ROW WITH TIES',
    `SELECT pg_size_pretty(pg_total_relation_size('victim')), coalesce(NULL, greatest(1, 2))`,
    'EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM victim',
    'SHOW server_version',
    'VALUES (1), (2)',
    'TABLE victim',
    `SELECT string_agg(id::text, ',' ORDER BY id) FILTER (WHERE id > 0) FROM victim; -- done`,
  ];
  for (const sql of accepted) {
    it(`runs: ${sql.slice(0, 60)}`, async () => {
      const result = await openResult(database!, ReadOnlySql.fromText(parser, catalog, sql), signal);
      assert.ok(result.firstRows.length > 0);
      await result.close();
    });
  }
});
