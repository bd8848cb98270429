/** The attacks: what each does, in the plain form, and how one sees that it has been done. */
import type { StatePart } from './scene.ts';

/**
 * How the control run sees that the payload bites: a part of the state that changed, the session that ran it, data from
 * where the statement names no table, or time that passed.
 */
export type Bite = StatePart | 'session' | 'data from outside' | 'waiting';

/** Whether READ ONLY alone would have stopped it: the control runs where it bites. */
export type ControlMode = 'read-only' | 'autocommit';

interface Attack {
  readonly name: string;
  readonly bite: Bite;
  /** `read-only`: it bites even in BEGIN READ ONLY … COMMIT, so only the guard and the role stand against it. */
  readonly control: ControlMode;
}

/** An attack inside an expression, by a name that can be spelt in several ways. */
export interface ExpressionAttack extends Attack {
  readonly kind: 'expression';
  readonly schema: 'pg_catalog' | 'public';
  readonly target: string;
  /** `symbol`: an operator, which cannot be quoted; `dotted`: attribute notation, which takes no schema. */
  readonly spelling: 'identifier' | 'symbol' | 'dotted';
  /** The expression, with the target as spelt. */
  readonly write: (target: string) => string;
}

export interface StatementAttack extends Attack {
  readonly kind: 'statement';
  readonly sql: string;
}

export type Payload = ExpressionAttack | StatementAttack;

function call(
  bite: Bite,
  control: ControlMode,
  target: string,
  args: string,
  name = `${target}(${args})`,
): ExpressionAttack {
  const write = (spelt: string): string => `${spelt}(${args})`;
  return {
    kind: 'expression',
    name,
    bite,
    control,
    schema: 'pg_catalog',
    target,
    spelling: 'identifier',
    write,
  };
}

function ownCall(bite: Bite, control: ControlMode, target: string, args: string): ExpressionAttack {
  return { ...call(bite, control, target, args), schema: 'public' };
}

function rowsOf(
  bite: Bite,
  control: ControlMode,
  target: string,
  args: string,
  columns: string,
): ExpressionAttack {
  const write = (spelt: string): string => `(SELECT count(*) FROM ${spelt}(${args}) AS t (${columns}))`;
  return { ...ownCall(bite, control, target, args), write };
}

function reading(bite: Bite, control: ControlMode, target: string, name: string): ExpressionAttack {
  const write = (spelt: string): string => `(SELECT count(n) FROM ${spelt})`;
  return { ...ownCall(bite, control, target, ''), name, write };
}

function dotted(bite: Bite, control: ControlMode, target: string, before: string): ExpressionAttack {
  const write = (spelt: string): string => `(${before}).${spelt}`;
  return { ...call(bite, control, target, before, `(${before}).${target}`), spelling: 'dotted', write };
}

function statement(bite: Bite, control: ControlMode, name: string, sql: string): StatementAttack {
  return { kind: 'statement', name, bite, control, sql };
}

const bystanderPid = `(SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'bystander' AND datname = current_database())`;
const lockIt = `'SELECT pg_advisory_lock(4711)'`;

/** Files that attacks write go here: `@files@` stands for a directory of the run that the server may write to. */
export const filesMark = '@files@';

export const payloads: readonly Payload[] = [
  // Built-in functions, most of which a READ ONLY transaction runs without a word
  call('advisory locks', 'read-only', 'pg_advisory_lock', '4711'),
  call('advisory locks', 'read-only', 'pg_advisory_lock_shared', '4711'),
  call('advisory locks', 'read-only', 'pg_try_advisory_lock', '4711'),
  call('bystander notifications', 'read-only', 'pg_notify', `'khipu', 'attack'`),
  call(
    'bystander session',
    'read-only',
    'pg_terminate_backend',
    bystanderPid,
    'pg_terminate_backend(another)',
  ),
  call('data from outside', 'read-only', 'pg_cancel_backend', bystanderPid, 'pg_cancel_backend(another)'),
  call(
    'data from outside',
    'read-only',
    'pg_log_backend_memory_contexts',
    bystanderPid,
    'pg_log_backend_memory_contexts(another)',
  ),
  call('configuration load', 'read-only', 'pg_reload_conf', ''),
  call('WAL file', 'read-only', 'pg_switch_wal', ''),
  call('data from outside', 'read-only', 'pg_create_restore_point', `'attack'`),
  call('data from outside', 'read-only', 'pg_logical_emit_message', `false, 'khipu', 'attack'`),
  call('data from outside', 'read-only', 'pg_backup_start', `'attack', true`),
  call('statistics', 'read-only', 'pg_stat_reset', ''),
  call('statistics', 'read-only', 'pg_stat_reset_shared', `'bgwriter'`),
  call(
    'statistics',
    'autocommit',
    'pg_restore_relation_stats',
    `'schemaname', 'public', 'relname', 'victim', 'reltuples', 4711::real`,
  ),
  call('replication', 'read-only', 'pg_create_physical_replication_slot', `'attack'`),
  call('replication', 'read-only', 'pg_create_logical_replication_slot', `'attack2', 'test_decoding'`),
  call('replication', 'read-only', 'pg_drop_replication_slot', `'kept'`),
  call('replication', 'autocommit', 'pg_replication_origin_create', `'attack'`),
  call('data from outside', 'read-only', 'pg_read_file', `'postgresql.conf'`),
  call('data from outside', 'read-only', 'pg_read_binary_file', `'postgresql.conf'`),
  call('data from outside', 'read-only', 'pg_ls_dir', `'.'`),
  call('data from outside', 'read-only', 'pg_ls_waldir', ''),
  call('data from outside', 'read-only', 'pg_stat_file', `'postgresql.conf'`),
  call('data from outside', 'read-only', 'pg_hba_file_rules', ''),
  call('large objects', 'autocommit', 'lo_create', '901'),
  call('large objects', 'autocommit', 'lo_from_bytea', `902, 'attack'`),
  call('large objects', 'autocommit', 'lo_import', `'/etc/hostname'`),
  call('large objects', 'autocommit', 'lo_put', `900, 0, 'lost'`),
  call('large objects', 'autocommit', 'lo_unlink', '900'),
  call('files', 'autocommit', 'lo_export', `900, '${filesMark}/large-object'`),
  call('sequence', 'autocommit', 'nextval', `'numbers'`),
  call('sequence', 'autocommit', 'setval', `'numbers', 4711`),
  call('session', 'read-only', 'set_config', `'statement_timeout', '0', false`),
  call('data from outside', 'read-only', 'pg_export_snapshot', ''),
  call('waiting', 'read-only', 'pg_sleep', '0.2'),
  call('waiting', 'read-only', 'pg_sleep_for', `'200 ms'`),
  // Functions that run SQL given as text
  call('advisory locks', 'read-only', 'query_to_xml', `${lockIt}, true, true, ''`, 'query_to_xml(SQL)'),
  call(
    'advisory locks',
    'read-only',
    'query_to_xml_and_xmlschema',
    `${lockIt}, true, true, ''`,
    'query_to_xml_and_xmlschema(SQL)',
  ),
  call(
    'advisory locks',
    'read-only',
    'ts_stat',
    `'SELECT to_tsvector(pg_advisory_lock(4711)::text)'`,
    'ts_stat(SQL)',
  ),
  call(
    'advisory locks',
    'read-only',
    'ts_rewrite',
    `'a'::tsquery, 'SELECT t, t FROM (SELECT pg_advisory_lock(4711), ''a''::tsquery AS t) s'`,
    'ts_rewrite(query, SQL)',
  ),
  call('data from outside', 'read-only', 'table_to_xml', `'victim', true, true, ''`),
  call('data from outside', 'read-only', 'table_to_xml_and_xmlschema', `'victim', true, true, ''`),
  rowsOf(
    'advisory locks',
    'read-only',
    'crosstab',
    `'SELECT 1, 1, pg_advisory_lock(4711)::text'`,
    'a int, b text',
  ),
  rowsOf(
    'advisory locks',
    'read-only',
    'pivot',
    `'SELECT 1, 1, pg_advisory_lock(4711)::text'`,
    'a int, b text',
  ),
  rowsOf(
    'advisory locks',
    'read-only',
    'connectby',
    `'(SELECT pg_advisory_lock(4711), 1 AS k, 2 AS p) s', 'k', 'p', '2', 0`,
    'k int, p int, l int',
  ),
  rowsOf(
    'advisory locks',
    'read-only',
    'xpath_table',
    `'1', '2', '(SELECT 1, pg_advisory_lock(4711)::text) s (a, b)', 'b', 'true'`,
    'a int, b text',
  ),
  rowsOf('rows', 'read-only', 'dblink', `'@dblink@', 'DELETE FROM victim RETURNING 1'`, 'n int'),
  ownCall('rows', 'read-only', 'dblink_exec', `'@dblink@', 'DELETE FROM victim'`),
  ownCall('session', 'read-only', 'dblink_connect', `'hole', '@dblink@'`),
  ownCall('rows', 'read-only', 'heap_force_kill', `'victim', ARRAY['(0,1)']::tid[]`),
  // The user's own, volatile or reaching what is
  ownCall('rows', 'autocommit', 'wipe_function', ''),
  ownCall('rows', 'autocommit', 'wipe_all', '1'),
  ownCall('rows', 'autocommit', 'uuid_generate_v4', ''),
  ownCall('rows', 'autocommit', 'random', `'look-alike'::text`),
  ownCall('advisory locks', 'read-only', 'quick_lock', '4711'),
  ownCall('rows', 'autocommit', 'noisy', `'1'`),
  { ...ownCall('rows', 'autocommit', 'noisy', ''), name: 'cast to a domain', write: (type) => `1::${type}` },
  {
    ...ownCall('rows', 'autocommit', 'pair', ''),
    name: 'cast to a row type',
    write: (type) => `CAST(ROW(1, 2) AS ${type})`,
  },
  {
    ...ownCall('rows', 'autocommit', 'mark', ''),
    name: 'cast by a function',
    write: (type) => `CAST('x'::text AS ${type})`,
  },
  {
    ...ownCall('rows', 'autocommit', '<!>', ''),
    name: 'operator',
    spelling: 'symbol',
    write: (operator) => `(1 ${operator} 2)`,
  },
  reading('rows', 'autocommit', 'wiping', 'view that calls'),
  reading('rows', 'autocommit', 'wiping_behind', 'view of a view that calls'),
  reading('advisory locks', 'read-only', 'locking', 'view that locks'),
  reading('rows', 'autocommit', 'casting', 'view that casts'),
  reading('files', 'read-only', 'program', 'foreign table of a program'),
  // Attribute notation: (x).f is f(x)
  dotted('advisory locks', 'read-only', 'pg_advisory_lock', '4711::bigint'),
  dotted('data from outside', 'read-only', 'pg_read_file', `'postgresql.conf'::text`),
  dotted('waiting', 'read-only', 'pg_sleep', '0.2::float8'),
  dotted('sequence', 'autocommit', 'nextval', `'numbers'::regclass`),
  dotted('rows', 'autocommit', 'noisy', `1`),
  {
    ...dotted('rows', 'autocommit', 'wipe_row', ''),
    name: 'row.function',
    write: (spelt) => `(SELECT count(v.${spelt}) FROM victim AS v)`,
  },
  // Statements
  statement('rows', 'autocommit', 'DELETE', 'DELETE FROM victim'),
  statement('rows', 'autocommit', 'INSERT', `INSERT INTO victim VALUES (4, 'four')`),
  statement('rows', 'autocommit', 'UPDATE', `UPDATE victim SET note = 'lost'`),
  statement(
    'rows',
    'autocommit',
    'MERGE',
    'MERGE INTO victim USING (SELECT 1 AS id) s ON victim.id = s.id WHEN MATCHED THEN DELETE',
  ),
  statement('rows', 'autocommit', 'TRUNCATE', 'TRUNCATE victim'),
  statement(
    'rows',
    'autocommit',
    'writable CTE',
    'WITH gone AS (DELETE FROM victim RETURNING *) SELECT * FROM gone',
  ),
  statement(
    'rows',
    'autocommit',
    'call deep in a UNION',
    'SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) s UNION SELECT 1 FROM victim WHERE 1 = (SELECT wipe_function())',
  ),
  statement('schema', 'autocommit', 'SELECT INTO', 'SELECT * INTO stolen FROM victim'),
  statement('row locks', 'autocommit', 'FOR UPDATE', 'SELECT * FROM victim FOR UPDATE'),
  statement(
    'row locks',
    'autocommit',
    'FOR KEY SHARE in a subquery',
    'SELECT * FROM (SELECT * FROM victim FOR KEY SHARE) s',
  ),
  statement('schema', 'autocommit', 'CREATE TABLE AS', 'CREATE TABLE stolen AS SELECT * FROM victim'),
  statement('session', 'autocommit', 'CREATE TEMP TABLE', 'CREATE TEMP TABLE stolen (a int)'),
  statement('schema', 'autocommit', 'DROP', 'DROP TABLE victim CASCADE'),
  statement('schema', 'autocommit', 'ALTER TABLE', 'ALTER TABLE victim RENAME TO stolen'),
  statement('schema', 'autocommit', 'GRANT', 'GRANT ALL ON victim TO public'),
  statement('schema', 'autocommit', 'COMMENT', `COMMENT ON TABLE victim IS 'attack'`),
  statement('schema', 'autocommit', 'CREATE EXTENSION', 'CREATE EXTENSION citext'),
  statement('roles and databases', 'autocommit', 'CREATE ROLE', 'CREATE ROLE attacker SUPERUSER'),
  statement('rows', 'autocommit', 'REFRESH', 'REFRESH MATERIALIZED VIEW summary'),
  statement('statistics', 'autocommit', 'ANALYZE', 'ANALYZE victim'),
  statement('rows', 'autocommit', 'DO', `DO 'BEGIN DELETE FROM victim; END'`),
  statement('rows', 'autocommit', 'CALL', 'CALL wipe()'),
  statement('files', 'read-only', 'COPY TO PROGRAM', `COPY victim TO PROGRAM 'cat > ${filesMark}/program'`),
  statement('files', 'read-only', 'COPY TO file', `COPY victim TO '${filesMark}/copy'`),
  statement('rows', 'autocommit', 'COPY FROM', `COPY victim (note, id) FROM PROGRAM 'printf "x\\t9\\n"'`),
  statement('settings', 'autocommit', 'ALTER SYSTEM', `ALTER SYSTEM SET work_mem = '1MB'`),
  statement('settings', 'autocommit', 'ALTER ROLE SET', `ALTER ROLE postgres SET work_mem = '1MB'`),
  statement('session', 'read-only', 'SET', `SET search_path = 'evil'`),
  statement('session', 'read-only', 'SET ROLE', `SET SESSION AUTHORIZATION pg_monitor`),
  statement('session', 'read-only', 'PREPARE', 'PREPARE hole AS SELECT 1'),
  statement('session', 'read-only', 'DECLARE WITH HOLD', 'DECLARE hole CURSOR WITH HOLD FOR SELECT 1'),
  statement('session', 'autocommit', 'LISTEN', 'LISTEN hole'),
  statement('bystander notifications', 'autocommit', 'NOTIFY', 'NOTIFY khipu'),
  statement('rows', 'read-only', 'COMMIT first', 'COMMIT; DELETE FROM victim'),
  statement('rows', 'read-only', 'ROLLBACK first', 'ROLLBACK; DELETE FROM victim'),
  statement(
    'rows',
    'read-only',
    'COMMIT AND CHAIN',
    'COMMIT AND CHAIN; SET TRANSACTION READ WRITE; DELETE FROM victim',
  ),
  statement(
    'rows',
    'read-only',
    'SET TRANSACTION READ WRITE',
    'SET TRANSACTION READ WRITE; DELETE FROM victim',
  ),
  statement('rows', 'read-only', 'BEGIN READ WRITE', 'COMMIT; BEGIN READ WRITE; DELETE FROM victim'),
  statement(
    'prepared transactions',
    'autocommit',
    'PREPARE TRANSACTION',
    `BEGIN; CREATE TABLE hole (a int); PREPARE TRANSACTION 'hole'`,
  ),
  statement('rows', 'autocommit', 'EXPLAIN ANALYZE DELETE', 'EXPLAIN ANALYZE DELETE FROM victim'),
  statement(
    'rows',
    'autocommit',
    'EXPLAIN (ANALYZE) writable CTE',
    'EXPLAIN (ANALYZE) WITH gone AS (DELETE FROM victim RETURNING 1) SELECT * FROM gone',
  ),
  statement(
    'schema',
    'autocommit',
    'EXPLAIN ANALYZE CREATE TABLE AS',
    'EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT 1',
  ),
];
