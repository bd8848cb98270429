/** Where the rows of an answer are read, at first and again when they are sorted or filtered. */
import type { Arrangement } from '../shared/arrangement.ts';
import { arrangeRows, type ArrangedPages } from './arrangeRows.ts';
import type { Connected } from './connections.ts';
import { openResult } from './execute.ts';
import type { ReadOnlySql } from './guard.ts';
import type { SqlParser } from './parse.ts';
import type { ResultPages } from './resultPages.ts';

/**
 * Opens the rows of an answer sorted and filtered, in the transaction that they were read in when that is the user's own.
 * @param rows the answer's own, as far as they are still here
 * @throws KhipuError as `arrangeRows` does
 */
export type ArrangeAnswer = (
  rows: ResultPages,
  arrangement: Arrangement,
  signal: AbortSignal,
) => Promise<ArrangedPages>;

/** In the user's open transaction, where there is one: a question never is. */
export function openRows(
  { reader, database }: Connected,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<ResultPages> {
  return reader === undefined ? openResult(database, statement, signal) : reader.read(statement, signal);
}

/** What sorts and filters the rows that a statement gave. */
export function arrangerOf(
  connected: Connected,
  statement: ReadOnlySql,
  parser: () => Promise<SqlParser>,
): ArrangeAnswer {
  return async (rows, arrangement, signal) => {
    const open = openRows.bind(undefined, connected);
    const place = { parser: await parser(), names: connected.catalog, open };
    return arrangeRows(rows, statement, arrangement, place, signal);
  };
}
