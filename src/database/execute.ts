/** Runs a guarded statement in its read-only transaction and opens its rows. */
import { performance } from 'node:perf_hooks';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { fromStatementError } from './pgErrors.ts';
import { onLiveSession } from './openTransaction.ts';
import {
  asSent,
  beginReadOnly,
  checkBound,
  contextOf,
  endReadOnly,
  openingOf,
  runOpening,
} from './readOnlyTransaction.ts';
import { bufferedPages, type CursorOwner, type ResultHead, type ResultPages } from './resultPages.ts';
import { CursorPages } from './cursorPages.ts';
import { declareCursor, declareSortedCursor, nextRows } from './cursorReads.ts';
import { shortenCells } from './largeCells.ts';
import { RereadPages } from './rereadPages.ts';
import type { Session, StatementRows, TextStatement } from './session.ts';
import { describeColumns } from './typeNames.ts';

/** Rows that come with the first answer; a result not longer than this keeps no connection, unless it has long cells. */
const firstPageRows = 500;
const cursorName = 'khipu_result';
/** Postgres before it has no AS MATERIALIZED. */
const firstWithMaterialized = 12;

/** Where a statement is read: a connection, and the transaction on it. */
export interface ReadPlace {
  readonly database: Database;
  readonly session: Session;
  /** The name of the cursor, which no other has there. */
  readonly cursor: string;
  /** What begins the transaction; left out when somebody has begun it. */
  readonly opening?: readonly TextStatement[];
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
  const opening = openingOf(database.profile, statement);
  const open = async (session: Session): Promise<ResultPages> => {
    const place = { database, session, cursor: cursorName, opening };
    try {
      const { pages, holdsCursor } = await openIn(place, statement, started, signal);
      if (!holdsCursor) await endReadOnly(session);
      return pages;
    } catch (error) {
      const { messages } = session.messages;
      await endReadOnly(session);
      throw messages === undefined ? error : withMessages(toKhipuError(error), messages);
    }
  };
  return onLiveSession(database, open, signal);
}

export function withMessages(error: KhipuError, messages: ServerMessages): KhipuError {
  return new KhipuError(error.kind, error.message, { ...error.detail, messages }, { cause: error.cause });
}

/**
 * Runs a statement in its place: the transaction, the cursor and its first rows are one way to the server and back.
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
  await runOpening(place.session, place.opening ?? [], signal);
  const { columns, rows } = await place.session.query(asSent(statement), signal);
  const shorten = shortenCells();
  const shown = rows.slice(0, firstPageRows).map((row) => shorten([...row]));
  const head = await headOf(place, { columns, rows: shown }, started, signal);
  return { pages: bufferedPages(head, rows), holdsCursor: false };
}

async function openCursor(
  place: ReadPlace,
  statement: ReadOnlySql,
  started: number,
  signal: AbortSignal,
): Promise<{ readonly pages: ResultPages; readonly holdsCursor: boolean }> {
  const { database, session, cursor, opening = [], owner } = place;
  const { rowCap, singleSession } = database.profile;
  const { prefix, suffix } =
    statement.isSorted && !singleSession && session.majorVersion >= firstWithMaterialized
      ? declareSortedCursor(cursor)
      : declareCursor(cursor);
  // A server with one session for all would be blocked by an open transaction, so there all rows are read at once.
  const wanted = singleSession ? rowCap : Math.min(firstPageRows, rowCap);
  const at = { session, name: cursor, context: contextOf(statement, prefix) };
  const before = [...opening, asSent(statement, prefix, suffix)];
  const fetched = await nextRows(at, wanted + 1, signal, before);
  const complete = fetched.rows.length <= wanted;
  const read = { ...fetched, rows: complete ? fetched.rows : fetched.rows.slice(0, wanted) };
  const firstRows = read.rows.slice(0, firstPageRows);
  const head = await headOf(place, { ...fetched, rows: firstRows }, started, signal);
  if (singleSession) {
    const pages = new RereadPages(head, read, complete, { database, statement });
    return { pages, holdsCursor: false };
  }
  if (complete && fetched.shortened.size === 0)
    return { pages: bufferedPages(head, read.rows), holdsCursor: false };
  return { pages: new CursorPages(head, at, { rowCap, complete, owner }), holdsCursor: true };
}

async function headOf(
  { database, session, owner }: ReadPlace,
  fetched: Pick<StatementRows, 'columns' | 'rows'>,
  started: number,
  signal: AbortSignal,
): Promise<ResultHead> {
  const ms = performance.now() - started;
  const known = owner === undefined ? database.typeNames : undefined;
  const columns = await describeColumns(session, fetched.columns, signal, known);
  return { columns, firstRows: fetched.rows, ms, messages: session.messages.messages };
}

/**
 * Asks the server to plan a statement without running it: the last check of names and types before rows are read.
 * @returns the plan as Postgres's JSON; undefined for what has none
 * @throws KhipuError `sql-*` with the position in the user's own text
 */
export async function explainOnly(
  database: Database,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (statement.kind !== 'rows') return undefined;
  const session = await beginReadOnly(database, statement, signal);
  try {
    const { rows } = await session.query(asSent(statement, 'EXPLAIN (FORMAT JSON, VERBOSE) '), signal);
    return rows[0]?.[0] ?? undefined;
  } catch (error) {
    throw fromStatementError(error);
  } finally {
    await endReadOnly(session);
  }
}
