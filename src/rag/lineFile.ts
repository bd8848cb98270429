/** A file of lines that several windows add to: it is read on from where it was read to, and otherwise only added to. */
import { appendFile, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { batches } from './slices.ts';

/** Lines that are written in one go when a file is made anew: a few milliseconds of work. */
const batchLines = 500;

export class LineFile {
  readonly #path: string;
  /** Which file was read; another number is another file under the same name. */
  #file = 0;
  /** How many bytes of it have been read: up to the end of a line. */
  #bytes = 0;
  /** Whether what was read ends in a line without an end. */
  #torn = false;

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads what was added since the last time, or all of it when another window has made the file anew.
   * The event loop goes on between pieces of 64 KB.
   * @param onAnew told before the first line, when what was read before no longer counts
   * @returns how many lines there were
   */
  async readOn(onAnew: () => void, onLine: (line: string) => void): Promise<number> {
    const handle = await open(this.#path, 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return 0;
    try {
      const { ino, size } = await handle.stat();
      if (ino !== this.#file || size < this.#bytes) {
        onAnew();
        this.#file = ino;
        this.#bytes = 0;
      }
      return size === this.#bytes ? 0 : await this.#readFrom(handle, onLine);
    } finally {
      await handle.close();
    }
  }

  async #readFrom(handle: FileHandle, onLine: (line: string) => void): Promise<number> {
    let rest: Buffer = Buffer.alloc(0);
    let lines = 0;
    const pieces = handle.createReadStream({ start: this.#bytes, autoClose: false });
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      const bytes: Buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const end = bytes.lastIndexOf(10) + 1;
      rest = bytes.subarray(end);
      this.#bytes += end;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        if (line === '') continue;
        lines++;
        onLine(line);
      }
    }
    this.#torn = rest.length > 0;
    return lines;
  }

  /** Adds lines at the end, all in one write, so that those of two windows do not run into each other. */
  async append(lines: readonly string[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    // A crash in the middle of a line leaves it without an end: what is added would run into it.
    const start = this.#torn ? '\n' : '';
    this.#torn = false;
    await appendFile(this.#path, `${start}${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** Puts other lines in the place of all that was read; not when another window has added to the file meanwhile. */
  async replace(lines: readonly string[]): Promise<void> {
    const fresh = `${this.#path}.${process.pid}.new`;
    const handle = await open(fresh, 'w', 0o600);
    try {
      for (const batch of batches(lines, batchLines)) await handle.write(`${batch.join('\n')}\n`);
    } finally {
      await handle.close();
    }
    const { ino, size } = await stat(this.#path);
    if (ino !== this.#file || size !== this.#bytes) return rm(fresh);
    const made = await stat(fresh);
    await rename(fresh, this.#path);
    this.#file = made.ino;
    this.#bytes = made.size;
    return undefined;
  }
}
