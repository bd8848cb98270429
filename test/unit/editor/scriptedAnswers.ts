/** Answers that a test makes up, as the statements of a script would give them, with their cursors counted. */
import type { Answer } from '../../../src/answers.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { noCallables } from '../../../src/database/callables.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import type { SqlParser } from '../../../src/database/parse.ts';

export interface MadeAnswer extends Answer {
  readonly closed: boolean;
}

/** @param more whether there are more rows than the first */
export function madeAnswer(
  parser: SqlParser,
  name: string,
  rows: number,
  more = false,
  cell = name,
): MadeAnswer {
  const statement = ReadOnlySql.fromText(parser, { callables: noCallables, searchPath: [] }, 'SELECT 1');
  const state = { closed: false };
  const firstRows = Array.from({ length: rows }, () => [cell]);
  const total = { rows, complete: !more };
  const pages: ResultPages = {
    columns: [{ name: 'c', type: 'text', align: 'left' }],
    firstRows,
    total,
    ms: 1,
    messages: undefined,
    isWhole: !more,
    page: () => Promise.resolve(firstRows),
    each: () => Promise.resolve(),
    cell: () => Promise.resolve(false),
    more: () => Promise.resolve(total),
    count: () => Promise.resolve(total),
    close: () => {
      state.closed = true;
      return Promise.resolve();
    },
  };
  return {
    id: name,
    header: { sql: name, tables: [], source: 'typed', assumptions: [], notices: [], connection: 'here' },
    statement,
    runAround: () => Promise.reject(new Error('Nothing runs around a scripted answer.')),
    rows: pages,
    get closed() {
      return state.closed;
    },
  };
}
