/** What is known of a column's values, as words that the index finds it by and as a note that a model reads. Pure. */
import type { Column, ColumnProfile } from '../database/catalog.ts';

/** Common values in a note; those that a question names are told besides. */
const notedValues = 6;
/** Types whose values are no words of a question. */
const wordless =
  /^(?:smallint|integer|bigint|numeric|real|double precision|money|boolean|date|time|uuid|bytea|json)/;

/** Values that a question may name in words; none where the connection's AI policy keeps them. */
export function commonValues({ type, profile }: Column): readonly string[] {
  return profile === undefined || wordless.test(type) ? [] : profile.common;
}

/**
 * What a model is told of a column's values: `often 'new', 'sent'; about 9 different values; 12% NULL`. Shorter than 400
 * characters, and empty where nothing is known.
 * @param isEnum its values are told elsewhere
 */
export function profileNote(column: Column, isEnum: boolean): string {
  const { profile, primaryKey, type } = column;
  if (profile === undefined) return '';
  const nulls = profile.nullShare >= 0.005 ? `${Math.round(profile.nullShare * 100)}% NULL` : '';
  const isTold = isEnum || primaryKey || type === 'boolean';
  return [...(isTold ? [] : valueNotes(profile)), nulls].filter(Boolean).join('; ');
}

function valueNotes({ common, distinct, range }: ColumnProfile): string[] {
  if (range !== undefined) return [`mostly from ${range.low} to ${range.high}`];
  const values = common.slice(0, notedValues).map((value) => `'${value.replaceAll("'", "''")}'`);
  if (values.length > 0 && values.length === distinct) return [`values ${values.join(', ')}`];
  return [
    values.length === 0 ? '' : `often ${values.join(', ')}`,
    distinct === undefined || distinct < 2 ? '' : `about ${distinct} different values`,
  ];
}
