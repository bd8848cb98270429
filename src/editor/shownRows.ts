/** The rows of an answer as the results view asks for them: pages, more of them, cells whole, and copies. */
import * as vscode from 'vscode';
import type { Answer } from '../answers.ts';
import { selectionText } from '../database/copySelection.ts';
import { throwIfAborted, toKhipuError } from '../shared/errors.ts';
import type { ResultsState, RowTotal } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { CellFiles } from './cellFiles.ts';
import { cellReads } from './cellReads.ts';
import { savePicture } from './chartFile.ts';
import { drawChart } from './chartRows.ts';
import { loggedWords } from './report.ts';
import type { RowSource } from './resultsHost.ts';

export interface ShownRowsParts {
  readonly cells: CellFiles;
  readonly log: vscode.LogOutputChannel;
  /** Told whenever the count of rows is known better. */
  readonly onTotal: (total: RowTotal) => void;
  /** Told when the server has said more while rows were counted. */
  readonly onMessages: (messages: ServerMessages) => void;
}

export interface ShownRows extends RowSource {
  /** Counts up to the cap. Call it when the rows are shown. */
  count(): void;
  /** Stops counting; the rows stay open. */
  stop(): void;
}

/** Takes ownership of the rows: closing the source closes them. */
export function shownRows(
  { id, rows, statement, runAround }: Answer,
  { cells: cellFiles, log, onTotal, onMessages }: ShownRowsParts,
): ShownRows {
  const closing = new AbortController();
  let counting: Promise<RowTotal> | undefined;
  let heard = countOf(rows.messages);
  const listened = (total: RowTotal): RowTotal => {
    const { messages } = rows;
    if (messages !== undefined && countOf(messages) !== heard) onMessages(messages);
    heard = countOf(messages);
    return total;
  };
  return {
    resultId: id,
    count() {
      counting = rows.count(onTotal, closing.signal).then(listened);
      counting.catch((error: unknown) => {
        if (!closing.signal.aborted) log.warn(`Counting rows: ${loggedWords(toKhipuError(error))}`);
      });
    },
    rows: async (start, count, signal) => ({
      rows: await rows.page(start, count, signal),
      total: rows.total,
    }),
    async more(signal) {
      await counting?.catch(() => undefined);
      throwIfAborted(signal);
      return listened(await rows.more(onTotal, signal));
    },
    async copy({ selection, ...form }, signal) {
      const { text, cells: copied } = await selectionText(rows, selection, form, signal);
      throwIfAborted(signal);
      if (text !== undefined) await vscode.env.clipboard.writeText(text);
      return { cells: copied, tooLarge: text === undefined };
    },
    openCell: ({ row, column, unchanged }, signal) =>
      cellFiles.open(rows, { row, column }, unchanged, signal),
    cells: cellReads(rows),
    charts: {
      draw: (chart, signal) => drawChart({ rows, statement, runAround }, chart, signal),
      save: savePicture,
    },
    stop: () => closing.abort(),
    async close() {
      closing.abort();
      await rows.close();
    },
  };
}

/** The state in which the rows of an answer are shown. */
export function rowsState({ id, header, rows }: Answer): Extract<ResultsState, { status: 'rows' }> {
  const { columns, firstRows, total, ms, messages } = rows;
  return {
    status: 'rows',
    resultId: id,
    header,
    columns: [...columns],
    firstRows: [...firstRows],
    total,
    ms,
    ...(messages === undefined ? {} : { messages }),
  };
}

/** How much the server has said. */
function countOf(messages: ServerMessages | undefined): number {
  return messages === undefined ? 0 : messages.items.length + messages.more;
}
