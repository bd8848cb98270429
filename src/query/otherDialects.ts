/** What functions of other databases are called in Postgres: models write them from memory, and no spelling leads from one to the other. */

const meanings: readonly (readonly [written: string, meant: readonly string[]])[] = [
  ['ifnull isnull nvl zeroifnull', ['coalesce']],
  ['nullifzero safe_divide div0', ['nullif']],
  ['iif if decode nvl2', ['case']],
  ['group_concat listagg wm_concat string_aggregate', ['string_agg']],
  ['collect_list collect_set array_aggregate', ['array_agg']],
  ['year month day hour minute second quarter week', ['extract', 'date_part']],
  [
    'dayofweek dayofmonth dayofyear weekday weekofyear datepart datename',
    ['extract', 'date_part', 'to_char'],
  ],
  ['unix_timestamp to_unixtime epoch', ['extract', 'date_part']],
  ['from_unixtime timestamp_seconds timestamp_millis', ['to_timestamp']],
  ['datediff date_diff timestampdiff timestamp_diff days_between', ['age', 'date_part', 'extract']],
  ['months_between julianday', ['age', 'extract']],
  ['dateadd date_add adddate timestampadd date_sub subdate add_months', ['make_interval']],
  ['getdate sysdate systimestamp sysdatetime getutcdate utc_timestamp curtime', ['now', 'current_timestamp']],
  ['curdate today utc_date', ['current_date']],
  ['date_format strftime format_date format_timestamp to_varchar dateformat', ['to_char']],
  ['str_to_date parse_date', ['to_date', 'to_timestamp']],
  ['strptime parse_timestamp parse_datetime', ['to_timestamp']],
  [
    'datetrunc trunc_date tostartofmonth toyyyymm last_day eomonth datefromparts',
    ['date_trunc', 'make_date'],
  ],
  ['len datalength', ['length']],
  ['charindex instr locate', ['strpos', 'position']],
  ['ucase', ['upper']],
  ['lcase', ['lower']],
  ['isnumeric', ['pg_input_is_valid']],
  ['convert try_cast safe_cast tonumber cstr cint', ['cast']],
  ['split str_split string_split', ['string_to_array', 'split_part', 'regexp_split_to_table']],
  ['substring_index', ['split_part']],
  ['explode flatten posexplode openjson', ['unnest', 'jsonb_array_elements']],
  ['size array_size', ['cardinality', 'array_length']],
  ['array_contains contains', ['array_position']],
  ['json_extract get_json_object json_extract_scalar', ['jsonb_path_query_first', 'jsonb_extract_path_text']],
  ['regexp_contains rlike', ['regexp_like', 'regexp_match']],
  ['regexp_extract', ['regexp_substr', 'regexp_match']],
  ['stdev stddevpop', ['stddev_samp', 'stddev_pop']],
  ['var varp', ['var_samp', 'var_pop']],
  ['median quantile percentile approx_percentile approx_quantiles', ['percentile_cont', 'percentile_disc']],
  ['approx_count_distinct uniq countdistinct count_distinct countif count_if sumif avgif', ['count', 'sum']],
  ['argmax arg_max max_by argmin arg_min min_by', ['first_value', 'last_value']],
  ['first', ['first_value', 'min']],
  ['last', ['last_value', 'max']],
  ['ratio_to_report', ['sum']],
  ['rand', ['random']],
  ['newid uuid generate_uuid', ['gen_random_uuid']],
  ['square', ['power']],
  ['pow10', ['power']],
  ['log2', ['log']],
  ['truncate', ['trunc']],
  ['shift', ['lag', 'lead']],
  ['generate_date_array sequence', ['generate_series']],
  ['database schema', ['current_database', 'current_schema']],
];

const byName: ReadonlyMap<string, readonly string[]> = new Map(
  meanings.flatMap(([written, meant]) => written.split(' ').map((name) => [name, meant] as const)),
);

/** What Postgres has for a function of another database, likeliest first; some are constructs of its grammar. */
export function meantInPostgres(name: string): readonly string[] {
  return byName.get(name.toLowerCase()) ?? [];
}
