/** Which functions the guard lets a statement call, beyond those that are not VOLATILE, and which it never does. */

/**
 * Volatile functions that only read, by who made them: a clock, a size, a random number. They count only where the function is
 * its maker's own, so that a look-alike under the same name is judged as the stranger that it is.
 */
export const harmlessVolatile: Readonly<Record<string, RegExp>> = {
  postgres: oneOf(
    'random|random_normal|array_sample|array_shuffle|gen_random_uuid|uuidv4|uuidv7',
    'clock_timestamp|timeofday|current_query|currval|lastval|lo_get',
    'pg_(?:relation|table|indexes|total_relation|database|tablespace)_size',
    'pg_partition_(?:tree|ancestors)|pg_sequence_last_value|pg_get_sequence_data',
    'pg_is_in_recovery|pg_is_wal_replay_paused|pg_get_wal_replay_pause_state',
    'pg_current_wal_(?:lsn|flush_lsn|insert_lsn)|pg_last_wal_(?:receive|replay)_lsn|pg_last_xact_replay_timestamp',
    'pg_last_committed_xact|pg_xact_commit_timestamp(?:_origin)?|pg_xact_status|txid_status|pg_get_multixact_members',
    'pg_blocking_pids|pg_safe_snapshot_blocking_pids|pg_lock_status|pg_prepared_xact|pg_notification_queue_usage',
    'pg_get_(?:replication_slots|wait_events|aios|backend_memory_contexts|shmem_allocations(?:_numa)?|loaded_modules)',
    'pg_get_wal_(?:resource_managers|summarizer_state)|pg_available_wal_summaries|pg_wal_summary_contents',
    'pg_stat_get_\\w+|pg_stat_have_stats|pg_show_replication_origin_status|pg_jit_available|amvalidate',
    'pg_control_(?:checkpoint|init|recovery|system)|pg_(?:database_)?collation_actual_version',
    'bernoulli|system',
  ),
  'uuid-ossp': /^uuid_generate_v/,
  pgcrypto: oneOf('gen_random_(?:bytes|uuid)|gen_salt|pgp_(?:pub|sym)_encrypt(?:_bytea)?|fips_mode'),
  tablefunc: oneOf('normal_rand'),
  tsm_system_rows: oneOf('system_rows'),
  tsm_system_time: oneOf('system_time'),
  pgstattuple: oneOf('pgstat\\w+|pg_relpages'),
  pgrowlocks: oneOf('pgrowlocks'),
  pg_stat_statements: oneOf('pg_stat_statements(?:_info)?'),
  pg_buffercache: oneOf('pg_buffercache_(?:pages|numa_pages|summary|usage_counts)'),
  pg_freespacemap: oneOf('pg_freespace'),
  pg_visibility: oneOf('pg_visibility(?:_map)?(?:_summary)?|pg_check_(?:frozen|visible)'),
  pg_walinspect: /^pg_get_wal_/,
  sslinfo: /^ssl_/,
  postgis: oneOf(
    'st_generatepoints|st_clusterkmeans|postgis_full_version|postgis_lib_version|_?st_\\w+extent',
  ),
  timescaledb: oneOf(
    'time_bucket_gapfill|locf|interpolate|show_chunks|approximate_row_count',
    '(?:hypertable|chunks|chunk|hypertable_index)_(?:approximate_|detailed_|compression_)?(?:size|stats)',
  ),
  citus: oneOf('citus_(?:total_relation|relation|table)_size'),
};

/**
 * What each of these does, whatever volatility it declares. Matched on the bare name, in every schema, and on the C name of a
 * compiled function that goes by another.
 */
const deniedFunctions: readonly (readonly [deed: string, names: RegExp])[] = [
  [
    'runs SQL that is given to it as text, which nobody has judged',
    oneOf(
      'query_to_xml(?:schema|_and_xmlschema)?|ts_stat|crosstab(?:\\d+|_hash)?|connectby(?:_text\\w*)?|xpath_table',
      'dblink\\w*|cursor_to_xml(?:schema)?|pg_cron_\\w+|run_command_on_\\w+|master_run_on_worker',
    ),
  ],
  [
    'reads whole tables, schemas or databases that the statement does not name',
    /^(?:table|schema|database)_to_xml/,
  ],
  [
    'reaches files of the server',
    oneOf(
      'pg_read_(?:binary_)?(?:file|server_files)\\w*|pg_ls_\\w*dir|pg_stat_file|pg_file_\\w+|pg_current_logfile',
      'pg_logdir_ls|pg_hba_file_rules|pg_ident_file_mappings|pg_show_all_file_settings|lo_import|lo_export',
      'pg_rotate_logfile\\w*|pg_get_logical_snapshot_\\w+',
    ),
  ],
  ['changes large objects', /^(?:lo_(?!get$|oid$)\w+|loread|lowrite|be_lo_\w+)$/],
  ['reaches another server', /^(?:http|http_\w+|postgres_fdw_disconnect\w*)$/],
  [
    'reaches other sessions of the server',
    oneOf(
      'pg_(?:terminate|cancel)_backend|pg_log_backend_memory_contexts|pg_log_query_plan|pg_promote|pg_reload_conf',
    ),
  ],
  ['takes or frees locks that outlive it', /^(?:pg_)?(?:try_)?advisory_/],
  ['sends a notification', /^pg_notify$/],
  ['makes the session wait', /^pg_sleep/],
  [
    'changes a setting of the session',
    oneOf('set_config\\w*|setseed|set_limit|isn_weak|pg_stat_clear_snapshot'),
  ],
  ['moves a sequence', oneOf('nextval\\w*|setval\\w*')],
  [
    'changes replication',
    oneOf(
      'pg_(?:create|drop|copy)_\\w*replication_slot|pg_replication_(?:slot_advance|origin_(?!oid$)\\w+)',
      'pg_logical_\\w+|pg_sync_replication_slots|pg_wal_replay_(?:pause|resume)|pg_log_standby_snapshot',
    ),
  ],
  [
    'acts on the write-ahead log or a backup',
    oneOf(
      'pg_switch_(?:wal|xlog)|pg_create_restore_point|pg_(?:start_backup|stop_backup|backup_start|backup_stop)',
    ),
  ],
  [
    'resets or rewrites statistics',
    oneOf('pg_stat_\\w*reset\\w*|pg_(?:clear|restore)_\\w+_stats|pg_stat_force_\\w+'),
  ],
  ['exports its snapshot for other sessions', /^pg_export_snapshot$/],
  ['is made for pg_upgrade', /^binary_upgrade_/],
];

const anyDenied = new RegExp(deniedFunctions.map(([, names]) => names.source).join('|'));

/** What a function of this bare name does that is never let through, as the rest of a sentence. */
export function deniedDeed(name: string): string | undefined {
  return anyDenied.test(name) ? deniedFunctions.find(([, names]) => names.test(name))?.[0] : undefined;
}

/** Overloads of Postgres's own volatile functions that only compute, by their number of arguments. */
export const harmlessOverloads: ReadonlyMap<string, number> = new Map([['pg_catalog.ts_rewrite', 3]]);

/** System views that show what a denied function reads. */
export const deniedRelations: ReadonlySet<string> = new Set([
  'pg_catalog.pg_hba_file_rules',
  'pg_catalog.pg_ident_file_mappings',
  'pg_catalog.pg_file_settings',
]);

function oneOf(...patterns: string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`);
}
