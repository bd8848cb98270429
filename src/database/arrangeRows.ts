/** Sorts and filters the rows of a result: here when all are here, by the database otherwise. */
import { performance } from 'node:perf_hooks';
import { isPlain, type ArrangedBy, type Arrangement } from '../shared/arrangement.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { RunAround } from './answerRows.ts';
import { arrangeHere } from './arrangeHere.ts';
import type { ReadOnlySql } from './guard.ts';
import { shortenCells } from './largeCells.ts';
import { bufferedPages, type ResultPages } from './resultPages.ts';
import { wrapStatement } from './wrapStatement.ts';

/** Rows in their new order. Whoever asked closes the pages; those before are left as they are. */
export interface ArrangedPages {
  readonly pages: ResultPages;
  readonly by: ArrangedBy;
}

/**
 * @param rows what the statement gave
 * @throws KhipuError `invalid-input` where it cannot be done; of the statement when the server does it
 */
export async function arrangeRows(
  rows: ResultPages,
  statement: ReadOnlySql,
  arrangement: Arrangement,
  runAround: RunAround,
  signal: AbortSignal,
): Promise<ArrangedPages> {
  if (isPlain(arrangement)) throw new KhipuError('internal', 'There is nothing to sort or filter by.');
  const here = rows.isWhole ? await arrangedHere(rows, arrangement, signal) : undefined;
  if (here !== undefined) return { pages: here, by: 'here' };
  if (statement.kind !== 'rows') {
    const message = 'What SHOW and EXPLAIN give is not sorted or filtered by the server.';
    throw new KhipuError('invalid-input', message, { hint: 'Only columns of text can be, here.' });
  }
  const { text, values } = wrapStatement(statement, rows.columns, arrangement);
  return { pages: await runAround(text, values, signal), by: 'database' };
}

async function arrangedHere(
  rows: ResultPages,
  arrangement: Arrangement,
  signal: AbortSignal,
): Promise<ResultPages | undefined> {
  const started = performance.now();
  const { columns, messages, total } = rows;
  const all: ResultRow[] = [];
  const range = {
    start: 0,
    count: total.rows,
    columns: new Set(columns.keys()),
    keptBytes: Number.MAX_SAFE_INTEGER,
  };
  await rows.each(range, (row) => all.push(row) > 0, signal);
  const arranged = arrangeHere(columns, all, arrangement);
  if (arranged === undefined) return undefined;
  const shorten = shortenCells();
  const firstRows = arranged.map((row) => shorten([...row]));
  return bufferedPages({ columns, firstRows, messages, ms: performance.now() - started }, arranged);
}
