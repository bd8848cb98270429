/** What the planner knows of columns, from pg_stats: shares, counts, and values of rows. Read only where these may be sent. */
import type { ColumnProfile } from './catalog.ts';
import { flag, number, optional, text, type Cells } from './catalogRows.ts';
import type { Database } from './connect.ts';
import { openTransaction } from './openTransaction.ts';
import type { Session } from './session.ts';

/** By `schema.name` of the table, then by column. */
export type ColumnStatistics = ReadonlyMap<string, ReadonlyMap<string, StatisticsOfColumn>>;

export interface StatisticsOfColumn extends Omit<ColumnProfile, 'distinct'> {
  /** As the planner has it: a count, or below zero a share of the rows. */
  readonly distinct: number;
}

/** Columns of which something is read; no database that a person asks has more of interest. */
const mostColumns = 20_000;
/** Common values of a column. */
const mostValues = 10;
/** UTF-16 units; longer ones are texts and no values that a question names. */
export const longestValue = 40;
const timeLimitMs = 10_000;

/**
 * One query for all. pg_stats leaves out the columns that the role may not read, and tables with row security for it; wide values
 * are passed over on the server. Where a table has statistics with and without its children, those with them count.
 */
const statisticsSql = `
  SELECT s.schemaname, s.tablename, s.attname, s.inherited, s.null_frac, s.n_distinct,
         CASE WHEN s.avg_width <= 64 THEN pg_catalog.to_json(ARRAY(
           SELECT pg_catalog.left(u.value, ${longestValue + 1})
             FROM pg_catalog.unnest(s.most_common_vals::pg_catalog.text::pg_catalog.text[]) WITH ORDINALITY AS u (value, place)
            ORDER BY u.place LIMIT ${mostValues})) END,
         CASE WHEN s.avg_width <= 64 THEN pg_catalog.to_json(ARRAY(
           SELECT pg_catalog.left(u.value, ${longestValue + 1})
             FROM pg_catalog.unnest(s.histogram_bounds::pg_catalog.text::pg_catalog.text[]) WITH ORDINALITY AS u (value, place)
            WHERE u.place IN (1, pg_catalog.array_length(s.histogram_bounds::pg_catalog.text::pg_catalog.text[], 1))
            ORDER BY u.place)) END
    FROM pg_catalog.pg_stats s
   WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema') AND s.schemaname NOT LIKE 'pg\\_toast%'
   LIMIT ${mostColumns}`;

/**
 * Reads them in a transaction of their own.
 * @throws KhipuError of the connection, of a server that has no such view, or `cancelled`
 */
export async function readColumnStatistics(
  database: Database,
  signal: AbortSignal,
): Promise<ColumnStatistics> {
  const session = await openTransaction(database, 'BEGIN TRANSACTION READ ONLY', signal);
  try {
    const read = await readIn(session, signal);
    await session.query({ text: 'ROLLBACK' }, signal);
    session.release();
    return read;
  } catch (error) {
    session.destroy(new Error('The statistics could not be read.'));
    throw error;
  }
}

async function readIn(session: Session, signal: AbortSignal): Promise<ColumnStatistics> {
  const tables = new Map<string, Map<string, StatisticsOfColumn>>();
  const limit = { text: `SELECT set_config('statement_timeout', $1, true)`, values: [`${timeLimitMs}`] };
  const rows: Cells[] = [];
  await session.query(limit, signal);
  await session.stream({ text: statisticsSql }, (cells) => void rows.push(cells), signal);
  for (const cells of rows) {
    const table = `${text(cells, 0)}.${text(cells, 1)}`;
    const columns = tables.get(table) ?? new Map<string, StatisticsOfColumn>();
    const column = text(cells, 2);
    if (flag(cells, 3) || !columns.has(column)) columns.set(column, statisticsOf(cells));
    tables.set(table, columns);
  }
  return tables;
}

function statisticsOf(cells: Cells): StatisticsOfColumn {
  const [low, high] = values(cells, 7);
  const isRange = low !== undefined && high !== undefined && isShown(low) && isShown(high);
  return {
    nullShare: number(cells, 4),
    distinct: number(cells, 5),
    common: values(cells, 6).filter(isShown),
    range: isRange ? { low, high } : undefined,
  };
}

function values(cells: Cells, at: number): string[] {
  const read: unknown = JSON.parse(optional(cells, at) ?? '[]');
  return Array.isArray(read) ? read.filter((each) => typeof each === 'string') : [];
}

/** A value that would have to be shortened or tamed would be another one, and nothing that SQL can ask for. */
function isShown(value: string): boolean {
  return value.trim() !== '' && value.length <= longestValue && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
}
