/** Keeps the history of questions in a file that is only added to, by this window and by others. */
import { applyLine, historyLine, type HistoryEntry, type HistoryLine } from './history.ts';
import { JsonLines } from './jsonLines.ts';

/** When so many lines say nothing any more, the file is written anew at the next start. */
const mostDeadLines = 1000;

export class HistoryFile {
  readonly #lines: JsonLines<HistoryLine>;
  readonly #entries = new Map<string, HistoryEntry>();

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string, log: (line: string) => void) {
    const entries = this.#entries;
    const reader = {
      name: 'history',
      schema: historyLine,
      clear: () => entries.clear(),
      add: (line: HistoryLine) => applyLine(entries, line),
      kept: (lines: number) =>
        lines - entries.size > mostDeadLines ? [...entries.values()].map((add) => ({ add })) : undefined,
    };
    this.#lines = new JsonLines(path, reader, log);
  }

  /** All entries, oldest first, as far as they have been read: `refresh` reads what another window has added. */
  async entries(): Promise<ReadonlyMap<string, HistoryEntry>> {
    await this.#lines.read();
    return this.#entries;
  }

  /** Writes lines down; what cannot be written is logged and kept in memory. */
  write(...lines: readonly HistoryLine[]): Promise<void> {
    return this.#lines.write(lines);
  }

  /** Reads what another window has written. @returns whether that was anything */
  refresh(): Promise<boolean> {
    return this.#lines.refresh();
  }
}
