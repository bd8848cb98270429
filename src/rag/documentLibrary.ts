/** The documents of the user's folders as they were last read; reading goes on in a process of its own. */
import { access } from 'node:fs/promises';
import { forkChild, type Child } from '../shared/childProcess.ts';
import {
  findDocuments,
  readDocument,
  type DocumentFile,
  type DocumentFolder,
} from '../shared/documentProtocol.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import { noDocuments, passageOf, type DocumentSet, type Passage } from './documentSet.ts';
import { SharedWork } from './sharedWork.ts';

export interface DocumentLibraryOptions {
  /** Absolute path of the module that the reading process runs. */
  readonly readerEntry: string;
  /** The folders as named now; asked at each reading. */
  readonly folders: (signal: AbortSignal) => readonly DocumentFolder[] | Promise<readonly DocumentFolder[]>;
  readonly log: (line: string) => void;
  /** How long reading one document may take, in milliseconds; 30 s when not given. */
  readonly patienceMs?: number;
}

export interface DocumentLibrary {
  /** What was read last; undefined before the first reading has ended. */
  readonly current: DocumentSet | undefined;
  /** The process that reads, while there is one. */
  readonly processId: number | undefined;
  /**
   * Reads what is new or has changed, and forgets what is gone. A call while another reading goes on has the folders read
   * once more after it.
   * @returns the same set as before when nothing changed
   * @throws KhipuError `cancelled`, and `invalid-settings` of the folders
   */
  refresh(signal: AbortSignal): Promise<DocumentSet>;
  /** Ends reading. */
  dispose(): Promise<void>;
}

/** Passages that are kept: the index, and the memory, hold them for each database. */
const passageLimit = 20_000;

/** A process that dies is started again for the next document; a disk full of documents that kill it is not worth it. */
const deathLimit = 5;

interface ReadFile {
  readonly file: DocumentFile;
  readonly passages: readonly Passage[];
  /** Why it could not be read. */
  readonly fault: string | undefined;
}

export function createDocumentLibrary(options: DocumentLibraryOptions): DocumentLibrary {
  return new ReadLibrary(options);
}

class ReadLibrary implements DocumentLibrary {
  readonly #options: DocumentLibraryOptions;
  readonly #ending = new AbortController();
  /** By path; those that did not change are not read again. */
  #read: ReadonlyMap<string, ReadFile> = new Map();
  #current: DocumentSet | undefined;
  #running: SharedWork<DocumentSet> | undefined;
  #next: SharedWork<DocumentSet> | undefined;
  #child: Child | undefined;

  constructor(options: DocumentLibraryOptions) {
    this.#options = options;
  }

  get current(): DocumentSet | undefined {
    return this.#current;
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  async refresh(caller: AbortSignal): Promise<DocumentSet> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    if (this.#next?.running !== true) {
      const before = this.#running;
      const next: SharedWork<DocumentSet> = new SharedWork(async (ours) => {
        await before?.settled();
        throwIfAborted(ours);
        this.#running = next;
        this.#next = undefined;
        return await this.#readAll(AbortSignal.any([ours, this.#ending.signal]));
      });
      this.#next = next;
    }
    return await this.#next.join(signal);
  }

  async dispose(): Promise<void> {
    this.#ending.abort(new KhipuError('cancelled', 'Khipu is closing.'));
    await Promise.all([this.#running?.settled(), this.#next?.settled()]);
  }

  async #readAll(signal: AbortSignal): Promise<DocumentSet> {
    const folders = await withoutMissing(await this.#options.folders(signal));
    if (folders.length === 0) return this.#take(new Map(), []);
    const reading = new Reading(this.#options, (child) => (this.#child = child));
    try {
      const { files, notices } = await reading.find(folders, signal);
      const read = new Map<string, ReadFile>();
      let passages = 0;
      for (const file of files) {
        if (reading.isGivenUp) {
          notices.push(`From ${file.name} on the documents are not read.`);
          break;
        }
        const before = this.#read.get(file.path);
        const isSame = before !== undefined && sameFile(before.file, file);
        const one = isSame ? before : await reading.read(file, signal);
        passages += one.passages.length;
        if (passages > passageLimit) {
          notices.push(
            `The documents have more than ${passageLimit} passages: from ${file.name} on they are not read.`,
          );
          break;
        }
        read.set(file.path, one);
      }
      return this.#take(read, notices);
    } finally {
      await reading.end();
    }
  }

  #take(read: ReadonlyMap<string, ReadFile>, left: readonly string[]): DocumentSet {
    const notices = [...left, ...[...read.values()].flatMap(({ fault }) => fault ?? [])];
    const before = this.#current;
    const same =
      before !== undefined &&
      read.size === this.#read.size &&
      [...read].every(([path, one]) => this.#read.get(path) === one) &&
      notices.join('\n') === before.notices.join('\n');
    this.#read = read;
    if (same) return before;
    this.#current = read.size === 0 && notices.length === 0 ? noDocuments : setOf(read, notices);
    for (const notice of notices) this.#options.log(`documents: ${notice}`);
    this.#options.log(
      `documents: ${this.#current.files} read, ${this.#current.passages.size} passages, ${notices.length} notices`,
    );
    return this.#current;
  }
}

/** Most workspaces have no folder of documents, and no process is started for those. */
async function withoutMissing(folders: readonly DocumentFolder[]): Promise<DocumentFolder[]> {
  const there = await Promise.all(
    folders.map(async ({ path, optional }) => {
      if (!optional) return true;
      return await access(path).then(
        () => true,
        () => false, // the reader says what is wrong with a folder that has to be there
      );
    }),
  );
  return folders.filter((_, at) => there[at]);
}

function setOf(read: ReadonlyMap<string, ReadFile>, notices: readonly string[]): DocumentSet {
  const readable = [...read.values()].filter(({ fault }) => fault === undefined);
  const passages = new Map<string, Passage>();
  for (const one of readable) {
    // What a document says twice is cited where it says so first.
    for (const passage of one.passages) if (!passages.has(passage.id)) passages.set(passage.id, passage);
  }
  return { passages, files: readable.length, notices };
}

function sameFile(a: DocumentFile, b: DocumentFile): boolean {
  return a.name === b.name && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** One reading of the folders: owns the process, and starts another one in place of one that died. */
class Reading {
  readonly #options: DocumentLibraryOptions;
  readonly #onChild: (child: Child | undefined) => void;
  #child: Child | undefined;
  #deaths = 0;

  constructor(options: DocumentLibraryOptions, onChild: (child: Child | undefined) => void) {
    this.#options = options;
    this.#onChild = onChild;
  }

  async find(
    folders: readonly DocumentFolder[],
    signal: AbortSignal,
  ): Promise<{ files: DocumentFile[]; notices: string[] }> {
    try {
      return await this.#live().peer.call(findDocuments, { folders: [...folders] }, signal);
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (error.kind === 'cancelled') throw error;
      return { files: [], notices: [`The documents could not be looked for: ${error.message}`] };
    }
  }

  /** Too many of the documents have ended the process. */
  get isGivenUp(): boolean {
    return this.#deaths >= deathLimit;
  }

  /** @throws KhipuError `cancelled`; anything else is a fault of the document */
  async read(file: DocumentFile, signal: AbortSignal): Promise<ReadFile> {
    const { patienceMs = 30_000 } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new KhipuError('timeout', `took longer than ${patienceMs / 1000} s to read.`)),
      patienceMs,
    );
    try {
      const passages = await this.#passages(file, AbortSignal.any([signal, late.signal]));
      return { file, passages, fault: undefined };
    } catch (thrown) {
      throwIfAborted(signal);
      return { file, passages: [], fault: await this.#faultOf(file, toKhipuError(thrown)) };
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#onChild(undefined);
    await child?.dispose();
  }

  async #passages(file: DocumentFile, signal: AbortSignal): Promise<Passage[]> {
    const passages: Passage[] = [];
    for (let more = true; more;) {
      const answer = await this.#live().peer.call(readDocument, { file, start: passages.length }, signal);
      more = answer.more && answer.passages.length > 0;
      for (const each of answer.passages) passages.push(passageOf(file, each));
    }
    return passages;
  }

  async #faultOf({ name }: DocumentFile, error: KhipuError): Promise<string> {
    if (error.kind === 'file-failed') return error.message;
    this.#deaths++;
    await this.end(); // it is gone, or busy for ever
    if (error.kind === 'timeout') return `${name} ${error.message}`;
    return `${name} cannot be read: it ends the process that reads it.`;
  }

  #live(): Child {
    const { readerEntry, log } = this.#options;
    this.#child ??= forkChild({ name: 'documents', entry: readerEntry, log });
    this.#onChild(this.#child);
    return this.#child;
  }
}
