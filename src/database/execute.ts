/** Runs a guarded statement in its read-only transaction and opens its rows. */
import { performance } from 'node:perf_hooks';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { fromStatementError } from './pgErrors.ts';
import { asSent, beginReadOnly, checkBound, contextOf, endReadOnly } from './readOnlyTransaction.ts';
import { bufferedPages, type CursorOwner, type ResultHead, type ResultPages } from './resultPages.ts';
import { CursorPages } from './cursorPages.ts';
import { declareCursor, nextRows } from './cursorReads.ts';
import { shortenCells } from './largeCells.ts';
import { RereadPages } from './rereadPages.ts';
import type { Session, StatementRows } from './session.ts';

/** Rows that come with the first answer; a result not longer than this keeps no connection, unless it has long cells. */
const firstPageRows = 500;
const cursorName = 'khipu_result';

/** A transaction that a statement is read in. */
export interface ReadPlace {
  readonly database: Database;
  readonly session: Session;
  /** The name of the cursor, which no other has there. */
  readonly cursor: string;
  /** What the cursor needs after the first rows; the transaction is the statement's own when left out. */
  readonly owner?: CursorOwner;
}

/**
 * Runs a statement and returns its first rows; the rest are read page by page.
 * @throws KhipuError of the connection or of the statement, with the position in the user's own text
 */
export async function openResult(
  database: Database,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<ResultPages> {
  const started = performance.now();
  const session = await beginReadOnly(database, statement, signal);
  const place = { database, session, cursor: cursorName };
  try {
    const { pages, holdsCursor } = await openIn(place, statement, started, signal);
    if (!holdsCursor) await endReadOnly(session);
    return pages;
  } catch (error) {
    const { messages } = session.messages;
    await endReadOnly(session);
    throw messages === undefined ? error : withMessages(toKhipuError(error), messages);
  }
}

export function withMessages(error: KhipuError, messages: ServerMessages): KhipuError {
  return new KhipuError(error.kind, error.message, { ...error.detail, messages }, { cause: error.cause });
}

/**
 * Runs a statement in a transaction that somebody has begun.
 * @param started when the wait for it began, by `performance.now()`
 * @returns its rows, and whether a cursor is open behind them
 */
export async function openIn(
  place: ReadPlace,
  statement: ReadOnlySql,
  started: number,
  signal: AbortSignal,
): Promise<{ readonly pages: ResultPages; readonly holdsCursor: boolean }> {
  checkBound(statement);
  if (statement.kind === 'rows') return openCursor(place, statement, started, signal);
  // SHOW and EXPLAIN: never large, so the rows are kept whole.
  const { columns, rows } = await place.session.query(asSent(statement), signal);
  const shorten = shortenCells();
  const shown = rows.slice(0, firstPageRows).map((row) => shorten([...row]));
  const head = await headOf(place.session, { columns, rows: shown }, started, signal);
  return { pages: bufferedPages(head, rows), holdsCursor: false };
}

async function openCursor(
  { database, session, cursor, owner }: ReadPlace,
  statement: ReadOnlySql,
  started: number,
  signal: AbortSignal,
): Promise<{ readonly pages: ResultPages; readonly holdsCursor: boolean }> {
  const { rowCap, singleSession } = database.profile;
  const declare = declareCursor(cursor);
  await session.query(asSent(statement, declare), signal);
  // A server with one session for all would be blocked by an open transaction, so there all rows are read at once.
  const wanted = singleSession ? rowCap : Math.min(firstPageRows, rowCap);
  const at = { session, name: cursor, context: contextOf(statement, declare) };
  const fetched = await nextRows(at, wanted + 1, signal);
  const complete = fetched.rows.length <= wanted;
  const read = { ...fetched, rows: complete ? fetched.rows : fetched.rows.slice(0, wanted) };
  const firstRows = read.rows.slice(0, firstPageRows);
  const head = await headOf(session, { ...fetched, rows: firstRows }, started, signal);
  if (singleSession) {
    const pages = new RereadPages(head, read, complete, { database, statement });
    return { pages, holdsCursor: false };
  }
  if (complete && fetched.shortened.size === 0)
    return { pages: bufferedPages(head, read.rows), holdsCursor: false };
  return { pages: new CursorPages(head, at, { rowCap, complete, owner }), holdsCursor: true };
}

/** Types whose values are read as quantities, by OID of pg_type: int2/4/8, oid, float4/8, money, numeric. */
const numericTypes = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);

async function headOf(
  session: Session,
  fetched: Pick<StatementRows, 'columns' | 'rows'>,
  started: number,
  signal: AbortSignal,
): Promise<ResultHead> {
  const ms = performance.now() - started;
  const columns = await describeColumns(session, fetched.columns, signal);
  return { columns, firstRows: fetched.rows, ms, messages: session.messages.messages };
}

/** Columns as they are shown: with Postgres's names of their types. */
export async function describeColumns(
  session: Session,
  found: StatementRows['columns'],
  signal: AbortSignal,
): Promise<ResultColumn[]> {
  const types = found.map((column) => ({ oid: column.typeOid, modifier: column.typeModifier }));
  const named = await session.query(
    {
      text: `SELECT format_type(oid::oid, modifier::int)
               FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (oid, modifier, place) ORDER BY place`,
      values: [types.map((type) => `${type.oid}`), types.map((type) => `${type.modifier}`)],
    },
    signal,
  );
  return found.map((column, index): ResultColumn => ({
    name: column.name,
    type: named.rows[index]?.[0] ?? '???',
    align: numericTypes.has(column.typeOid) ? 'right' : 'left',
  }));
}

/**
 * Asks the server to plan a statement without running it: the last check of names and types before rows are read.
 * @throws KhipuError `sql-*` with the position in the user's own text
 */
export async function explainOnly(
  database: Database,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<void> {
  if (statement.kind !== 'rows') return;
  const session = await beginReadOnly(database, statement, signal);
  try {
    await session.query(asSent(statement, 'EXPLAIN '), signal);
  } catch (error) {
    throw fromStatementError(error);
  } finally {
    await endReadOnly(session);
  }
}
