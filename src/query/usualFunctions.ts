/** Postgres's functions that people call by name: of the three thousand, most stand behind types, operators and indexes. */

export const usualFunctions: ReadonlySet<string> = new Set(
  [
    // aggregates and windows
    'count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every',
    'bit_and bit_or any_value stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope',
    'regr_intercept regr_r2 mode percentile_cont percentile_disc rank dense_rank percent_rank cume_dist ntile row_number lag',
    'lead first_value last_value nth_value range_agg xmlagg',
    // numbers
    'abs ceil ceiling floor round trunc mod power sqrt cbrt exp ln log log10 sign div gcd lcm factorial pi random degrees',
    'radians sin cos tan asin acos atan atan2 sinh cosh tanh sind cosd tand cot width_bucket scale min_scale trim_scale',
    // text
    'length char_length character_length octet_length bit_length lower upper initcap trim ltrim rtrim btrim lpad rpad left',
    'right substr substring overlay position strpos replace translate reverse repeat split_part concat concat_ws format ascii',
    'chr md5 sha256 encode decode to_hex quote_ident quote_literal starts_with string_to_array string_to_table array_to_string',
    'regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_count regexp_instr',
    'regexp_like regexp_substr normalize unistr similarity word_similarity unaccent levenshtein soundex',
    // dates and times
    'now date age date_part date_trunc date_bin extract to_char to_date to_timestamp to_number make_date make_time make_timestamp',
    'make_timestamptz make_interval justify_days justify_hours justify_interval clock_timestamp statement_timestamp isfinite',
    'transaction_timestamp timezone date_add date_subtract generate_series overlaps',
    // arrays, ranges and rows
    'unnest cardinality array_length array_lower array_upper array_ndims array_dims array_position array_positions',
    'array_append array_prepend array_cat array_remove array_replace array_fill array_sample array_shuffle lower_inc upper_inc',
    'isempty int4range int8range numrange daterange tsrange tstzrange range_merge row_to_json num_nulls num_nonnulls',
    // json and xml
    'to_json to_jsonb json_build_object jsonb_build_object json_build_array jsonb_build_array json_array_length',
    'jsonb_array_length json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_each',
    'jsonb_each json_each_text jsonb_each_text json_object_keys jsonb_object_keys json_extract_path jsonb_extract_path',
    'json_extract_path_text jsonb_extract_path_text jsonb_path_query jsonb_path_query_array jsonb_path_query_first',
    'jsonb_path_exists jsonb_path_match jsonb_set jsonb_insert jsonb_strip_nulls jsonb_pretty json_typeof jsonb_typeof',
    'json_to_record jsonb_to_record json_to_recordset jsonb_to_recordset json_populate_record jsonb_populate_record xpath',
    // search
    'to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight',
    // the server and its objects
    'version current_database current_schema current_setting pg_size_pretty pg_relation_size pg_table_size pg_indexes_size',
    'pg_total_relation_size pg_database_size pg_typeof pg_get_viewdef pg_get_indexdef pg_get_constraintdef pg_get_functiondef',
    'pg_get_expr obj_description col_description has_table_privilege has_column_privilege has_schema_privilege to_regclass',
    'pg_input_is_valid gen_random_uuid uuidv7 hashtext inet_client_addr host masklen network',
  ].flatMap((line) => line.split(' ')),
);
