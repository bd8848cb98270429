/** Runs a guarded statement in its read-only transaction and opens its rows. */
import { performance } from 'node:perf_hooks';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { fromStatementError, type StatementContext } from './pgErrors.ts';
import { beginReadOnly, endReadOnly } from './readOnlyTransaction.ts';
import { bufferedPages, CursorPages, type ResultHead, type ResultPages } from './resultPages.ts';
import type { Session, StatementRows } from './session.ts';

/** Rows that come with the first answer; a result not longer than this keeps no connection. */
const firstPageRows = 500;
const cursorName = 'khipu_result';
const declare = `DECLARE ${cursorName} SCROLL CURSOR FOR `;

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
  try {
    return statement.kind === 'direct'
      ? await openDirect(session, statement, started, signal)
      : await openCursor(session, database, statement, started, signal);
  } catch (error) {
    const { messages } = session.messages;
    await endReadOnly(session);
    throw messages === undefined ? error : withMessages(toKhipuError(error), messages);
  }
}

function withMessages(error: KhipuError, messages: ServerMessages): KhipuError {
  return new KhipuError(error.kind, error.message, { ...error.detail, messages }, { cause: error.cause });
}

async function openDirect(
  session: Session,
  statement: ReadOnlySql,
  started: number,
  signal: AbortSignal,
): Promise<ResultPages> {
  const context = { sql: statement.text, prefixLength: 0 };
  const rows = await session.page({ text: statement.text, context }, signal);
  const head = await headOf(session, rows, started, signal);
  await endReadOnly(session);
  return bufferedPages(head, rows.rows, true);
}

async function openCursor(
  session: Session,
  database: Database,
  statement: ReadOnlySql,
  started: number,
  signal: AbortSignal,
): Promise<ResultPages> {
  const { rowCap, singleSession } = database.profile;
  const context: StatementContext = { sql: statement.text, prefixLength: declare.length };
  await session.query({ text: declare + statement.text, context }, signal);
  // A server with one session for all would be blocked by an open transaction, so there all rows are read at once.
  const wanted = singleSession ? rowCap : Math.min(firstPageRows, rowCap);
  const fetched = await session.page(
    { text: `FETCH FORWARD ${wanted + 1} FROM ${cursorName}`, context },
    signal,
  );
  const ended = fetched.rows.length <= wanted;
  const rows = ended ? fetched.rows : fetched.rows.slice(0, wanted);
  const head = await headOf(session, { ...fetched, rows: rows.slice(0, firstPageRows) }, started, signal);
  if (!ended && !singleSession) return new CursorPages(head, session, cursorName, rowCap);
  await endReadOnly(session);
  return bufferedPages(head, rows, ended);
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
  const types = fetched.columns.map((column) => ({ oid: column.typeOid, modifier: column.typeModifier }));
  const named = await session.query(
    {
      text: `SELECT format_type(oid::oid, modifier::int)
               FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (oid, modifier, place) ORDER BY place`,
      values: [types.map((type) => `${type.oid}`), types.map((type) => `${type.modifier}`)],
    },
    signal,
  );
  const columns = fetched.columns.map((column, index): ResultColumn => ({
    name: column.name,
    type: named.rows[index]?.[0] ?? '???',
    align: numericTypes.has(column.typeOid) ? 'right' : 'left',
  }));
  return { columns, firstRows: fetched.rows, ms, messages: session.messages.messages };
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
  const prefix = 'EXPLAIN ';
  const session = await beginReadOnly(database, statement, signal);
  try {
    const context = { sql: statement.text, prefixLength: prefix.length };
    await session.query({ text: prefix + statement.text, context }, signal);
  } catch (error) {
    throw fromStatementError(error);
  } finally {
    await endReadOnly(session);
  }
}
