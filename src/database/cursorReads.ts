/** Reads from an open SQL cursor: pages, whole rows, whole cells. The cursor stands wherever the last read left it. */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { StatementContext } from './pgErrors.ts';
import type { CellPlace, RowRange } from './resultPages.ts';
import type { OnChunk, OnRow } from './rowStream.ts';
import type { Session, ShownRows, TextStatement } from './session.ts';

/** An open cursor: its name, and the connection that it is open on. */
export interface OpenCursor {
  readonly session: Session;
  readonly name: string;
  /** Tells the errors of rows that are read later, as it does those of the first. */
  readonly context: StatementContext;
}

/** What stands before and behind the statement in the text that opens the cursor. */
export interface CursorText {
  readonly prefix: string;
  readonly suffix: string;
}

/** The rows as they come, kept where the plan itself cannot go back. */
export function declareCursor(name: string): CursorText {
  return { prefix: `DECLARE ${name} SCROLL CURSOR FOR `, suffix: '' };
}

/**
 * The same rows in the same order, kept as they are read. A sort that must be able to go back writes all its rows out once more
 * before it gives the first (1M rows of 10 columns: 740 ms; 570 ms so, and 565 ms without going back). A common table expression
 * is read from its sort as far as the cursor goes, and only what was read is kept, in a tuplestore of the server.
 *
 * A LIMIT whose value the planner cannot know makes it plan for the first tenth of the rows, as it does for a cursor; NULL is no
 * limit. The line break ends a comment in the statement.
 */
export function declareSortedCursor(name: string): CursorText {
  return {
    prefix: `DECLARE ${name} SCROLL CURSOR FOR WITH khipu_rows AS MATERIALIZED (SELECT * FROM (`,
    suffix: '\n) AS khipu_statement LIMIT (SELECT NULL::pg_catalog.int8)) SELECT * FROM khipu_rows',
  };
}

export async function moveTo(cursor: OpenCursor, row: number, signal: AbortSignal): Promise<void> {
  await cursor.session.query(moveStatement(cursor, row), signal);
}

function moveStatement({ name, context }: OpenCursor, row: number): TextStatement {
  return { text: `MOVE ABSOLUTE ${integer(row)} IN ${name}`, context };
}

/** Rows from a place on, in one way to the server and back. */
export function rowsFrom(
  cursor: OpenCursor,
  start: number,
  count: number,
  signal: AbortSignal,
): Promise<ShownRows> {
  return nextRows(cursor, count, signal, [moveStatement(cursor, start)]);
}

/** Moves past rows. @returns how many there were */
export async function skipRows(
  { session, name, context }: OpenCursor,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  const text = `MOVE FORWARD ${integer(count)} IN ${name}`;
  return (await session.query({ text, context }, signal)).count;
}

/**
 * The next rows, long cells shortened.
 * @param before statements that run first, on the same way to the server and back, as those that open the cursor
 */
export async function nextRows(
  { session, name, context }: OpenCursor,
  count: number,
  signal: AbortSignal,
  before: readonly TextStatement[] = [],
): Promise<ShownRows> {
  // FETCH FORWARD 0 is no empty page: it gives the row on which the cursor stands once more.
  if (count === 0) return { columns: [], rows: [], shortened: new Set() };
  return session.page({ text: `FETCH FORWARD ${integer(count)} FROM ${name}`, context }, signal, before);
}

/** Rows of one FETCH: enough that the way to the server and back does not count, few enough that a stop comes soon. */
const mostRows = 2000;
const firstRows = 100;
/** UTF-16 units that a FETCH should bring, cells counted as one more each. */
const stepUnits = 1_000_000;

/**
 * Hands over rows in order; fewer at the end or once `take` returns false.
 * @param step does the work of one step when it is its turn
 */
export async function eachRow(
  cursor: OpenCursor,
  range: RowRange,
  take: (cells: ResultRow) => boolean,
  step: <T>(work: (ended: AbortSignal) => Promise<T>) => Promise<T>,
): Promise<void> {
  const end = range.start + range.count;
  let next = range.start;
  let rowsOfStep = firstRows;
  while (next < end) {
    const part = { ...range, start: next, count: Math.min(rowsOfStep, end - next) };
    const { rows, units, stopped } = await step((ended) => fetchEach(cursor, part, take, ended));
    if (stopped || rows < part.count) return;
    next += rows;
    rowsOfStep = Math.max(1, Math.min(mostRows, Math.floor(stepUnits / (units / rows))));
  }
}

async function fetchEach(
  cursor: OpenCursor,
  { start, count, columns, keptBytes }: RowRange,
  take: (cells: ResultRow) => boolean,
  signal: AbortSignal,
): Promise<{ rows: number; units: number; stopped: boolean }> {
  const seen = { rows: 0, units: 0, stopped: false };
  const onRow: OnRow = (cells) => {
    // What comes behind the last wanted row is dropped here: a FETCH that is cancelled would take the cursor with it.
    if (seen.stopped) return undefined;
    seen.rows += 1;
    for (const cell of cells) seen.units += 1 + (cell?.length ?? 0);
    seen.stopped = !take(cells);
    return undefined;
  };
  await moveTo(cursor, start, signal);
  const text = `FETCH FORWARD ${integer(count)} FROM ${cursor.name}`;
  await cursor.session.stream({ text, context: cursor.context }, onRow, signal, { keptBytes, columns });
  return seen;
}

/** Hands over one cell whole. @returns false when it is NULL @throws KhipuError `invalid-input` when there is no such row */
export async function readCell(
  cursor: OpenCursor,
  { row, column }: CellPlace,
  onPart: OnChunk,
  signal: AbortSignal,
): Promise<boolean> {
  await moveTo(cursor, row, signal);
  let isNull = true;
  const onStart = (found: boolean): void => void (isNull = found);
  const text = `FETCH FORWARD 1 FROM ${cursor.name}`;
  const rows = await cursor.session.cell(
    { text, context: cursor.context },
    { column, onStart, onPart },
    signal,
  );
  throwIfAborted(signal);
  if (rows === 0)
    throw new KhipuError('invalid-input', `There is no row ${(row + 1).toLocaleString('en-US')}.`);
  return !isNull;
}

/** Cursor commands take no parameters, so what stands in them must be a whole number. */
function integer(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new KhipuError('internal', `${value} is not a row number.`);
  return value.toString();
}
