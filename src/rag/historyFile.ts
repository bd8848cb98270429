/** Keeps the history of questions in a file of JSON lines that is only added to, by this window and by others. */
import { applyLine, historyLine, type HistoryEntry, type HistoryLine } from './history.ts';
import { LineFile } from './lineFile.ts';
import { inSlices } from './slices.ts';

/** When so many lines say nothing any more, the file is written anew at the next start. */
const mostDeadLines = 1000;

export class HistoryFile {
  readonly #lines: LineFile;
  readonly #log: (line: string) => void;
  readonly #entries = new Map<string, HistoryEntry>();
  #first: Promise<void> | undefined;
  /** What reads and what writes goes one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string, log: (line: string) => void) {
    this.#lines = new LineFile(path);
    this.#log = log;
  }

  /** All entries, oldest first, as far as they have been read: `refresh` reads what another window has added. */
  async entries(): Promise<ReadonlyMap<string, HistoryEntry>> {
    await (this.#first ??= this.#next(() => this.#readFirst()));
    return this.#entries;
  }

  /** Writes lines down. What cannot be written is logged and kept in memory: no question fails for its history. */
  async write(...lines: readonly HistoryLine[]): Promise<void> {
    await this.entries();
    await this.#next(async () => {
      try {
        await this.#lines.append(lines.map((line) => JSON.stringify(line)));
      } catch (error) {
        this.#log(`history: not written: ${String(error)}`);
        for (const line of lines) applyLine(this.#entries, line);
        return;
      }
      await this.#readOn();
    });
  }

  /** Reads what another window has written. @returns whether that was anything */
  async refresh(): Promise<boolean> {
    await this.entries();
    return this.#next(async () => (await this.#readOn()) > 0);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #readFirst(): Promise<void> {
    const lines = await this.#readOn();
    if (lines - this.#entries.size <= mostDeadLines) return;
    const kept: string[] = [];
    await inSlices(
      this.#entries.values(),
      (add) => kept.push(JSON.stringify({ add })),
      new AbortController().signal,
    );
    await this.#lines.replace(kept).catch((error: unknown) => {
      this.#log(`history: not written anew: ${String(error)}`);
    });
  }

  /** @returns how many lines there were */
  async #readOn(): Promise<number> {
    let unread = 0;
    try {
      const lines = await this.#lines.readOn(
        () => this.#entries.clear(),
        (line) => {
          const parsed = parseLine(line);
          if (parsed === undefined) unread++;
          else applyLine(this.#entries, parsed);
        },
      );
      if (unread > 0) this.#log(`history: ${unread} of ${lines} lines cannot be read, and are passed over.`);
      return lines;
    } catch (error) {
      this.#log(`history: not read: ${String(error)}`);
      return 0;
    }
  }
}

function parseLine(line: string): HistoryLine | undefined {
  try {
    const parsed = historyLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
