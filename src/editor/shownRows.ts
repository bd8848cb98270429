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
import { CurrentPages } from './currentPages.ts';
import { loggedWords } from './report.ts';
import type { RowSource } from './resultsHost.ts';

export interface ShownRowsParts {
  readonly cells: CellFiles;
  readonly log: vscode.LogOutputChannel;
  /** Told whenever the count of rows is known better; `arranged` when these are filtered or sorted. */
  readonly onTotal: (total: RowTotal, arranged: boolean) => void;
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
export function shownRows(answer: Answer, parts: ShownRowsParts): ShownRows {
  const { cells: cellFiles, log, onMessages } = parts;
  const closing = new AbortController();
  const current = new CurrentPages(answer, (error) => log.warn(loggedWords(toKhipuError(error))));
  let counted = new AbortController();
  let counting: Promise<RowTotal> | undefined;
  let heard = countOf(answer.rows.messages);
  const listened = (total: RowTotal): RowTotal => {
    const { messages } = answer.rows;
    if (messages !== undefined && countOf(messages) !== heard) onMessages(messages);
    heard = countOf(messages);
    return total;
  };
  /** Of rows that are no longer shown nothing is told. */
  const tell = (total: RowTotal): void => {
    if (!counted.signal.aborted) parts.onTotal(total, current.arranged !== undefined);
  };
  const count = (): void => {
    const ended = AbortSignal.any([counted.signal, closing.signal]);
    counting = current.pages.count((total) => ended.aborted || tell(total), ended).then(listened);
    counting.catch((error: unknown) => {
      if (!ended.aborted) log.warn(`Counting rows: ${loggedWords(toKhipuError(error))}`);
    });
  };
  return {
    resultId: answer.id,
    count,
    rows: async (start, count, signal) => {
      const { pages } = current;
      return { rows: await pages.page(start, count, signal), total: pages.total };
    },
    async more(signal) {
      await counting?.catch(() => undefined);
      throwIfAborted(signal);
      return listened(await current.pages.more(tell, signal));
    },
    async arrange(arrangement, signal) {
      await current.arrange(arrangement, signal);
      counted.abort();
      counted = new AbortController();
      const { firstRows, total, ms } = current.pages;
      if (!total.complete && total.atCap !== true) count();
      return { arranged: current.arranged, firstRows: [...firstRows], total, ms };
    },
    async copy({ selection, ...form }, signal) {
      const { text, cells: copied } = await selectionText(current.pages, selection, form, signal);
      throwIfAborted(signal);
      if (text !== undefined) await vscode.env.clipboard.writeText(text);
      return { cells: copied, tooLarge: text === undefined };
    },
    openCell: ({ row, column, unchanged }, signal) =>
      cellFiles.open(current.pages, { row, column }, unchanged, signal),
    cells: cellReads(() => current.pages),
    charts: {
      draw: (chart, signal) => drawChart(answer, chart, signal),
      save: savePicture,
    },
    stop() {
      closing.abort();
      current.close().catch((error: unknown) => log.warn(loggedWords(toKhipuError(error))));
    },
    async close() {
      closing.abort();
      await Promise.all([current.close(), answer.rows.close()]);
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
