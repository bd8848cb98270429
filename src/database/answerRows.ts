/** Where the rows of an answer are read, at first and again by a statement around the one that gave them. */
import type { Connected } from './connections.ts';
import { openResult } from './execute.ts';
import { ReadOnlySql } from './guard.ts';
import type { ParameterValue } from './parameters.ts';
import type { SqlParser } from './parse.ts';
import type { ResultPages } from './resultPages.ts';

/**
 * Runs a text of Khipu's own around an answer's statement: judged by the guard, and read where that one was. The receiver closes
 * the pages.
 * @throws KhipuError of the guard or the database
 */
export type RunAround = (
  text: string,
  values: readonly ParameterValue[],
  signal: AbortSignal,
) => Promise<ResultPages>;

/** In the user's open transaction, where there is one: a question never is. */
export function openRows(
  { reader, database }: Connected,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<ResultPages> {
  return reader === undefined ? openResult(database, statement, signal) : reader.read(statement, signal);
}

export function aroundOf(connected: Connected, parser: () => Promise<SqlParser>): RunAround {
  return async (text, values, signal) => {
    const statement = ReadOnlySql.fromText(await parser(), connected.catalog, text);
    return openRows(connected, statement.bind(values), signal);
  };
}
