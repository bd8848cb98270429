/** How a column's values are written where a format knows more than text, by the type that the server names. */
import type { ResultColumn } from '../shared/resultsProtocol.ts';

export type ValueKind = 'int32' | 'int64' | 'float32' | 'float64' | 'numeric' | 'boolean' | 'json' | 'text';

export interface ExportColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** By OID of pg_type. Everything else is text: money and dates are spelt as the server's settings want. */
const kindsByOid: Readonly<Record<number, ValueKind>> = {
  16: 'boolean',
  20: 'int64',
  21: 'int32',
  23: 'int32',
  26: 'int64', // oid: unsigned
  114: 'json',
  700: 'float32',
  701: 'float64',
  1700: 'numeric',
  3802: 'json', // jsonb
};

const kindsByName: Readonly<Record<string, ValueKind>> = {
  boolean: 'boolean',
  bigint: 'int64',
  smallint: 'int32',
  integer: 'int32',
  oid: 'int64',
  json: 'json',
  real: 'float32',
  'double precision': 'float64',
  numeric: 'numeric',
  jsonb: 'json',
};

/** The kind of a type by its OID; the server gives a domain's base type. */
export function kindOfOid(oid: number): ValueKind {
  return kindsByOid[oid] ?? 'text';
}

/** A column of a result that is shown, whose type is named as `format_type` does. */
export function exportColumn({ name, type }: ResultColumn): ExportColumn {
  return { name, kind: kindsByName[type.replace(/\(.*\)$/, '')] ?? 'text' };
}

/** A number as JSON, SQL and spreadsheets read it bare; Postgres's NaN and Infinity are none. */
const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

export function isPlainNumber(kind: ValueKind, text: string): boolean {
  return kind !== 'text' && kind !== 'json' && kind !== 'boolean' && plainNumber.test(text);
}
