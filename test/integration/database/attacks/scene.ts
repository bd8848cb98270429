/** What the attacks are made on: a database with something to lose, and everything about it that an attack could change. */

export const sceneSql = `
  CREATE EXTENSION dblink; CREATE EXTENSION tablefunc; CREATE EXTENSION xml2; CREATE EXTENSION pg_surgery; CREATE EXTENSION file_fdw;
  CREATE TABLE victim (id int PRIMARY KEY, note text); INSERT INTO victim VALUES (1, 'one'), (2, 'two');
  CREATE SEQUENCE numbers;
  CREATE MATERIALIZED VIEW summary AS SELECT count(*) AS n FROM victim;
  INSERT INTO victim VALUES (3, 'three');
  CREATE PROCEDURE wipe() LANGUAGE sql AS 'DELETE FROM victim';
  CREATE FUNCTION wipe_function() RETURNS int LANGUAGE sql VOLATILE AS 'DELETE FROM victim; SELECT 1';
  CREATE FUNCTION wipe_row(victim) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN DELETE FROM victim; RETURN 1; END';
  CREATE FUNCTION wipe_both(int, int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN DELETE FROM victim; RETURN 1; END';
  CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = wipe_both);
  CREATE AGGREGATE wipe_all(int) (SFUNC = wipe_both, STYPE = int, INITCOND = '0');
  CREATE FUNCTION wipe_check(int) RETURNS boolean LANGUAGE plpgsql VOLATILE AS 'BEGIN DELETE FROM victim; RETURN true; END';
  CREATE DOMAIN noisy AS int CHECK (wipe_check(VALUE));
  CREATE TYPE pair AS (a noisy, b int);
  CREATE TYPE mark AS (text text);
  CREATE FUNCTION mark_of(text) RETURNS mark LANGUAGE plpgsql VOLATILE AS 'BEGIN DELETE FROM victim; RETURN ROW($1); END';
  CREATE CAST (text AS mark) WITH FUNCTION mark_of(text);
  CREATE VIEW wiping AS SELECT wipe_function() AS n;
  CREATE VIEW wiping_behind AS SELECT n + 1 AS n FROM wiping;
  CREATE VIEW locking AS SELECT pg_advisory_lock(4711)::text AS n;
  CREATE VIEW casting AS SELECT note, length(note)::noisy AS n FROM victim;
  CREATE FUNCTION pivot(text) RETURNS SETOF record AS '$libdir/tablefunc', 'crosstab' LANGUAGE C STABLE STRICT;
  CREATE FUNCTION quick_lock(bigint) RETURNS void LANGUAGE internal STABLE AS 'pg_advisory_lock_int8';
  CREATE FUNCTION uuid_generate_v4() RETURNS int LANGUAGE sql VOLATILE AS 'DELETE FROM victim; SELECT 1';
  CREATE FUNCTION random(text) RETURNS int LANGUAGE sql VOLATILE AS 'DELETE FROM victim; SELECT 1';
  CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
  SELECT lo_from_bytea(900, 'kept');`;

/** Puts back what an attack may have taken: rows, the sequence, large objects. */
export const repairSql = `
  TRUNCATE victim; INSERT INTO victim VALUES (1, 'one'), (2, 'two'), (3, 'three');
  SELECT setval('numbers', 1, false);
  SELECT lo_unlink(oid) FROM pg_largeobject_metadata; SELECT lo_from_bytea(900, 'kept');`;

/** The parts of the state, by the words of the document. */
export const stateParts = [
  'rows',
  'schema',
  'row locks',
  'sequence',
  'large objects',
  'settings',
  'configuration load',
  'roles and databases',
  'replication',
  'advisory locks',
  'prepared transactions',
  'statistics',
  'WAL file',
  'bystander session',
  'bystander notifications',
  'files',
] as const;
export type StatePart = (typeof stateParts)[number];

/** All parts but the last two, which are seen from outside of SQL. */
export const stateSql = `
  SELECT json_build_object(
    'rows', (SELECT COALESCE((xpath('//row', query_to_xml(
        CASE WHEN to_regclass('victim') IS NULL THEN 'SELECT 0' ELSE 'SELECT id, note FROM victim ORDER BY id' END, true, false, '')))::text, '')
      || COALESCE((xpath('//row', query_to_xml(CASE WHEN to_regclass('summary') IS NULL THEN 'SELECT 0' ELSE 'SELECT n FROM summary' END, true, false, '')))::text, '')),
    'schema', (SELECT json_agg(name ORDER BY name) FROM (
        SELECT relname || COALESCE(relacl::text, '') || COALESCE(obj_description(oid, 'pg_class'), '') AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT extname FROM pg_extension) named),
    'row locks', (xpath('//row', query_to_xml(
        CASE WHEN to_regclass('victim') IS NULL THEN 'SELECT 0' ELSE 'SELECT id, xmax FROM victim ORDER BY id' END, true, false, '')))::text,
    'sequence', (SELECT json_build_array(last_value, is_called) FROM numbers),
    'large objects', (SELECT json_agg(json_build_array(oid, lo_get(oid)) ORDER BY oid) FROM pg_largeobject_metadata),
    'settings', json_build_array((SELECT json_agg(setconfig) FROM pg_db_role_setting),
        (SELECT json_agg(json_build_array(name, setting)) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf')),
    'configuration load', pg_conf_load_time(),
    'roles and databases', (SELECT json_agg(name ORDER BY name) FROM (SELECT rolname AS name FROM pg_roles UNION ALL SELECT datname FROM pg_database) named),
    'replication', json_build_array((SELECT json_agg(slot_name ORDER BY slot_name) FROM pg_replication_slots), (SELECT json_agg(roname) FROM pg_replication_origin)),
    'advisory locks', (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
    'prepared transactions', (SELECT json_agg(gid) FROM pg_prepared_xacts),
    'statistics', json_build_array((SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()),
        (SELECT stats_reset FROM pg_stat_bgwriter), (SELECT json_agg(reltuples) FROM pg_class WHERE relname = 'victim'),
        (SELECT count(*) FROM pg_statistic WHERE starelid = to_regclass('victim'))),
    'WAL file', pg_walfile_name(pg_current_wal_lsn()),
    'bystander session', (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bystander' AND datname = current_database())
  ) AS state`;

/** What an attack can leave in the session that ran it, where the next statement of somebody else will run. */
export const sessionSql = `
  SELECT json_build_object(
    'settings', (SELECT json_agg(json_build_array(name, setting)) FROM pg_settings WHERE source = 'session' AND name <> 'application_name'),
    'role', current_user,
    'prepared', (SELECT count(*) FROM pg_prepared_statements),
    'cursors', (SELECT count(*) FROM pg_cursors WHERE is_holdable),
    'channels', (SELECT json_agg(c) FROM pg_listening_channels() c),
    'temporary', (SELECT count(*) FROM pg_class WHERE relpersistence = 't'),
    'dblink', to_json(public.dblink_get_connections()),
    'locks', (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')) AS state`;
