/**
 * The statements that work a chart out in the database: each is Khipu's own text around one that the guard has passed, and goes
 * through the guard again. Columns are named by their places, so no name of the result is ever a part of it.
 */
import { fromStatement } from './wrapStatement.ts';

/** A column of the result, by its place, as a chart uses it. */
export interface ChartColumn {
  readonly index: number;
  readonly family: 'number' | 'date' | 'boolean' | 'text' | 'other';
  /** Postgres's name of the type. */
  readonly type: string;
}

/** A statement's text, and how many columns its rows have. */
export interface ChartedStatement {
  readonly text: string;
  readonly columns: number;
}

export interface GroupOrder {
  readonly x: ChartColumn | undefined;
  readonly group: ChartColumn | undefined;
  readonly value: ChartColumn | undefined;
  readonly aggregate: 'sum' | 'mean' | 'count' | 'min' | 'max';
  /** What times are rounded to. */
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year' | undefined;
  readonly limit: number;
}

function rowsOf({ text, columns }: ChartedStatement): string {
  return fromStatement(text, columns);
}

function nameOf({ index }: ChartColumn): string {
  return `c${index + 1}`;
}

/** What has no equality of its own, such as json, is told apart by its text. */
function keyOf(column: ChartColumn, unit?: GroupOrder['unit']): string {
  const name = nameOf(column);
  if (column.family === 'other') return `${name}::text`;
  if (column.family !== 'date' || unit === undefined) return name;
  return column.type === 'date'
    ? `pg_catalog.date_trunc('${unit}', ${name}::timestamp)::date`
    : `pg_catalog.date_trunc('${unit}', ${name})`;
}

/** Neither NULL nor NaN nor infinite, in every version of Postgres. */
function isFinite(column: ChartColumn): string {
  const name = nameOf(column);
  return /^(?:numeric|real|double)/.test(column.type) ? `${name} - ${name} = 0` : `${name} IS NOT NULL`;
}

const functions = { sum: 'sum', mean: 'avg', min: 'min', max: 'max' } as const;

function measureOf({ value, aggregate }: Pick<GroupOrder, 'value' | 'aggregate'>): string {
  if (value === undefined || aggregate === 'count') return 'pg_catalog.count(*)';
  return `pg_catalog.${functions[aggregate]}(${nameOf(value)}) FILTER (WHERE ${isFinite(value)})`;
}

/** Gives `x, value` or `x, value, group`, numbers and times in their order, words from the largest value on. */
export function groupedSql(statement: ChartedStatement, order: GroupOrder): string {
  const { x, group, unit, limit } = order;
  const measure = measureOf(order);
  if (x === undefined) return `SELECT ${measure} ${rowsOf(statement)}`;
  const isOrdered = x.family === 'number' || x.family === 'date';
  return [
    `SELECT ${keyOf(x, unit)}, ${measure}${group === undefined ? '' : `, ${keyOf(group)}`}`,
    rowsOf(statement),
    `GROUP BY 1${group === undefined ? '' : ', 3'}`,
    `ORDER BY ${isOrdered ? '1' : '2 DESC'} NULLS LAST`,
    `LIMIT ${Math.trunc(limit)}`,
  ].join('\n');
}

/** Gives the first and the last time, and the seconds between. */
export function timeSpanSql(statement: ChartedStatement, x: ChartColumn): string {
  const name = nameOf(x);
  return `SELECT extract(epoch FROM pg_catalog.max(${name})::timestamp - pg_catalog.min(${name})::timestamp)
${rowsOf(statement)}
WHERE pg_catalog.isfinite(${name})`;
}

/** Gives the least and the greatest number. */
export function boundsSql(statement: ChartedStatement, x: ChartColumn): string {
  const name = nameOf(x);
  return `SELECT pg_catalog.min(${name})::float8, pg_catalog.max(${name})::float8 ${rowsOf(statement)}\nWHERE ${isFinite(x)}`;
}

/** Gives the place of each bin from 0, and its rows. The parameters are: where the first bin begins, and how wide each is. */
export function binsSql(
  statement: ChartedStatement,
  x: ChartColumn,
  parameters: readonly [string, string],
): string {
  const [from, step] = parameters;
  return `SELECT pg_catalog.floor((${nameOf(x)}::float8 - ${from}::float8) / ${step}::float8)::bigint, pg_catalog.count(*)
${rowsOf(statement)}
WHERE ${isFinite(x)}
GROUP BY 1`;
}

/** Gives `x, least, quarter, median, three quarters, greatest` of the largest groups. */
export function boxesSql(
  statement: ChartedStatement,
  x: ChartColumn | undefined,
  value: ChartColumn,
  limit: number,
): string {
  const name = nameOf(value);
  const at = (share: string): string =>
    `pg_catalog.percentile_cont(${share}) WITHIN GROUP (ORDER BY ${name}::float8)`;
  return [
    `SELECT ${x === undefined ? "''" : keyOf(x)}, pg_catalog.min(${name}), ${at('0.25')}, ${at('0.5')}, ${at('0.75')}, pg_catalog.max(${name})`,
    rowsOf(statement),
    `WHERE ${isFinite(value)}`,
    ...(x === undefined ? [] : ['GROUP BY 1', 'ORDER BY pg_catalog.count(*) DESC']),
    `LIMIT ${Math.trunc(limit)}`,
  ].join('\n');
}

/** Gives `x, y` or `x, y, group` of so many rows, drawn at random. */
export function sampleSql(
  statement: ChartedStatement,
  columns: { readonly x: ChartColumn; readonly value: ChartColumn; readonly group: ChartColumn | undefined },
  limit: number,
): string {
  const { x, value, group } = columns;
  const finite = x.family === 'number' ? ` AND ${isFinite(x)}` : '';
  return `SELECT ${nameOf(x)}, ${nameOf(value)}${group === undefined ? '' : `, ${nameOf(group)}`}
${rowsOf(statement)}
WHERE ${isFinite(value)}${finite}
ORDER BY pg_catalog.random()
LIMIT ${Math.trunc(limit)}`;
}
