/** What can be asked of a column's values, from Postgres's name of its type. */

/** `other` can be searched as text, and compared as far as the server can. */
export type ColumnKind = 'number' | 'time' | 'text' | 'boolean' | 'other';

const patterns: readonly [ColumnKind, RegExp][] = [
  ['number', /^(smallint|integer|bigint|numeric|real|double precision|money|oid)(\(.*\))?$/],
  ['time', /^(date|time|timestamp)(\(\d+\))?( with(out)? time zone)?$/],
  ['text', /^(text|character varying|character|"char"|name|citext|uuid)(\(\d+\))?$/],
  ['boolean', /^boolean$/],
];

/** @param type as `format_type` prints it */
export function columnKind(type: string): ColumnKind {
  return patterns.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other';
}

/** Whether a `time` column holds days or moments, and not times of any day. */
export function isPointInTime(type: string): boolean {
  return /^(date|timestamp)/.test(type);
}
