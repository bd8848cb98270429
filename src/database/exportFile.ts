/** The file of an export: written beside its place under another name, and put there only when it is whole. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KhipuError } from '../shared/errors.ts';

/** Bytes that may wait for the disk before the writer is asked to wait. */
const highWater = 4_000_000;

/** Writes go to the disk one after the other; whoever opened it calls `finish` or `discard`. */
export class ExportFile {
  readonly #target: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  #writing: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #bytes = 0;

  private constructor(target: string, temporary: string, handle: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws KhipuError `file-failed` */
  static async open(target: string): Promise<ExportFile> {
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.part`);
    try {
      return new ExportFile(target, temporary, await open(temporary, 'wx'));
    } catch (error) {
      throw fileFailed(error, target);
    }
  }

  /** Bytes given to it so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a writer has been asked to wait. */
  get isBehind(): boolean {
    return this.#waitingBytes > highWater;
  }

  /**
   * Appends. Returns a promise when the writer should wait for the disk.
   * @throws (rejects) KhipuError `file-failed`; after one failed write, every further one fails alike
   */
  write(chunk: string | Uint8Array): Promise<void> | undefined {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#bytes += bytes.length;
    this.#waitingBytes += bytes.length;
    this.#writing = this.#writing.then(() => this.#append(bytes));
    this.#writing.catch(() => undefined); // told by `finish`, or by the next write that waits
    return this.isBehind ? this.#writing : undefined;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;)
        done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten;
      this.#waitingBytes -= bytes.length;
    } catch (error) {
      this.#waitingBytes = Number.POSITIVE_INFINITY; // the next write waits, and so learns of it
      throw fileFailed(error, this.#target);
    }
  }

  /** Puts the whole file in its place. @throws KhipuError `file-failed`; then nothing is left behind */
  async finish(): Promise<void> {
    try {
      await this.#writing;
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.#target);
    } catch (error) {
      await this.discard();
      throw fileFailed(error, this.#target);
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close().catch(() => undefined); // it may be closed already
    await rm(this.#temporary, { force: true });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such folder',
  EISDIR: 'there is a folder of that name',
  EIO: 'the disk reports an error',
};

function fileFailed(thrown: unknown, target: string): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  const reason = reasons[code] ?? message;
  const what = `${basename(target)} could not be written: ${reason}.`;
  return new KhipuError('file-failed', what, { subject: target }, { cause: thrown });
}
