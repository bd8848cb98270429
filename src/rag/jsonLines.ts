/** A file of JSON lines that several windows add to, and that each of them reads into memory as it grows. */
import type * as z from 'zod/mini';
import { LineFile } from './lineFile.ts';
import { inSlices } from './slices.ts';

/** What the lines of a file come to. */
export interface LineReader<T> {
  /** What the log calls the file. */
  readonly name: string;
  readonly schema: z.ZodMiniType<T>;
  /** Told before the first line, and when what was read before no longer counts. */
  clear(): void;
  add(line: T): void;
  /**
   * Asked once, after the first reading.
   * @param lines how many there were
   * @returns what is written in the place of all of them; undefined as long as few say nothing any more
   */
  kept(lines: number): Iterable<T> | undefined;
}

export class JsonLines<T> {
  readonly #lines: LineFile;
  readonly #reader: LineReader<T>;
  readonly #log: (line: string) => void;
  #first: Promise<void> | undefined;
  /** What reads and what writes goes one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string, reader: LineReader<T>, log: (line: string) => void) {
    this.#lines = new LineFile(path);
    this.#reader = reader;
    this.#log = (said) => log(`${reader.name}: ${said}`);
  }

  /** Reads the file, unless that has been done: what is added later is read by `refresh`. */
  read(): Promise<void> {
    return (this.#first ??= this.#next(() => this.#readFirst()));
  }

  /** Writes lines down. What cannot be written is logged and kept in memory: no question fails for it. */
  async write(lines: readonly T[]): Promise<void> {
    await this.read();
    await this.#next(async () => {
      try {
        await this.#lines.append(lines.map((line) => JSON.stringify(line)));
      } catch (error) {
        this.#log(`not written: ${String(error)}`);
        for (const line of lines) this.#reader.add(line);
        return;
      }
      await this.#readOn();
    });
  }

  /** Reads what another window has written. @returns whether that was anything */
  async refresh(): Promise<boolean> {
    await this.read();
    return this.#next(async () => (await this.#readOn()) > 0);
  }

  #next<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #readFirst(): Promise<void> {
    const kept = this.#reader.kept(await this.#readOn());
    if (kept === undefined) return;
    const lines: string[] = [];
    await inSlices(kept, (line) => lines.push(JSON.stringify(line)), new AbortController().signal);
    await this.#lines.replace(lines).catch((error: unknown) => {
      this.#log(`not written anew: ${String(error)}`);
    });
  }

  /** @returns how many lines there were */
  async #readOn(): Promise<number> {
    let unread = 0;
    try {
      const lines = await this.#lines.readOn(
        () => this.#reader.clear(),
        (text) => {
          const line = this.#parse(text);
          if (line === undefined) unread++;
          else this.#reader.add(line);
        },
      );
      if (unread > 0) this.#log(`${unread} of ${lines} lines cannot be read, and are passed over.`);
      return lines;
    } catch (error) {
      this.#log(`not read: ${String(error)}`);
      return 0;
    }
  }

  /** undefined for what a crash has torn, or another version has written. */
  #parse(text: string): T | undefined {
    try {
      return this.#reader.schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }
}
