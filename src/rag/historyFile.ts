/** Keeps the history of questions in a file of JSON lines that is only added to. */
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { applyLine, historyLine, type HistoryEntry, type HistoryLine } from './history.ts';
import { inSlices } from './slices.ts';

/** When so many lines say nothing any more, the file is written anew at the next start. */
const mostDeadLines = 1000;

export class HistoryFile {
  readonly #path: string;
  readonly #log: (line: string) => void;
  #entries: Promise<Map<string, HistoryEntry>> | undefined;
  /** Lines are written one after the other. */
  #writing: Promise<void> = Promise.resolve();

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string, log: (line: string) => void) {
    this.#path = path;
    this.#log = log;
  }

  /** All entries, oldest first; the same map as long as nothing is written by this window. */
  entries(): Promise<ReadonlyMap<string, HistoryEntry>> {
    return (this.#entries ??= this.#read());
  }

  /** Writes a line down. What cannot be written is logged: no question fails for its history. */
  write(line: HistoryLine): Promise<void> {
    this.#writing = this.#writing.then(() => this.#add(line));
    return this.#writing;
  }

  async #add(line: HistoryLine): Promise<void> {
    const entries = new Map(await this.entries());
    applyLine(entries, line);
    this.#entries = Promise.resolve(entries);
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await appendFile(this.#path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch (error) {
      this.#log(`history: not written: ${String(error)}`);
    }
  }

  async #read(): Promise<Map<string, HistoryEntry>> {
    const entries = new Map<string, HistoryEntry>();
    const text = await readFile(this.#path, 'utf8').catch((thrown: unknown) => {
      const error = thrown as NodeJS.ErrnoException;
      if (error.code !== 'ENOENT') this.#log(`history: not read: ${error.message}`);
      return '';
    });
    let lines = 0;
    let unread = 0;
    await inSlices(
      text.split('\n'),
      (line) => {
        if (line === '') return;
        lines++;
        const parsed = parseLine(line);
        if (parsed === undefined) unread++;
        else applyLine(entries, parsed);
      },
      new AbortController().signal,
    );
    if (unread > 0) this.#log(`history: ${unread} of ${lines} lines cannot be read, and are passed over.`);
    // A crash in the middle of a line leaves it without an end: what is added would run into it.
    const torn = text !== '' && !text.endsWith('\n');
    if (torn || lines - entries.size > mostDeadLines) await this.#writeAnew(entries);
    return entries;
  }

  async #writeAnew(entries: ReadonlyMap<string, HistoryEntry>): Promise<void> {
    const fresh = `${this.#path}.${process.pid}.new`;
    try {
      const lines = [...entries.values()].map((add) => `${JSON.stringify({ add })}\n`);
      await writeFile(fresh, lines.join(''), { mode: 0o600 });
      await rename(fresh, this.#path);
    } catch (error) {
      this.#log(`history: not written anew: ${String(error)}`);
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
