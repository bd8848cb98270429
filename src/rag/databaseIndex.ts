/**
 * The indexes of one database: the one that was chosen, when another embedder makes it or it lies in a shared store; the one
 * on this machine by the built-in embedder, which is always there; and full text in memory for when neither is ready.
 */
import type { Catalog } from '../database/catalog.ts';
import { createBuiltinEmbedder } from '../models/builtinEmbedder.ts';
import { loadWordSense } from '../models/wordSense.ts';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import { localPlace } from './indexPlace.ts';
import { plainSetup, type IndexSetup } from './indexSetup.ts';
import type {
  DurableStore,
  IndexReport,
  ItemKind,
  KnowledgeItem,
  KnowledgeStore,
  OnProgress,
} from './knowledgeStore.ts';
import { createMemoryStore, type MemoryStoreMeans } from './memoryStore.ts';
import type { Retrieval } from './retrieval.ts';
import { sharedPlace } from './sharedStore.ts';
import { SharedWork } from './sharedWork.ts';
import { searchKinds, type FoundKinds } from './searchKinds.ts';
import { ownKinds, sameContent, type PrepareReport, type Subject } from './subject.ts';
import type { IndexProcess } from './workerClient.ts';

/** What the indexes of all databases work with. */
export interface IndexMeans {
  readonly process: IndexProcess;
  readonly vectorsPath: string;
  readonly storageDirectory: string;
  readonly log: (line: string) => void;
  /** A question waits no longer for the chosen index than this, in milliseconds: there is another one. */
  readonly patienceMs: number;
  /** @throws KhipuError `invalid-settings` */
  readonly setup: () => IndexSetup | Promise<IndexSetup>;
  readonly items: (subject: Subject, signal: AbortSignal) => Promise<KnowledgeItem[]>;
}

export interface Found extends FoundKinds {
  readonly engine: Retrieval['engine'];
  readonly notice: string | undefined;
  /** An index failed that can be made anew. */
  readonly failed: boolean;
}

/** After a failure the chosen index is not asked for so long, in milliseconds. */
const restMs = 30_000;

/** One index, at one place and by one embedder. */
interface Edition {
  readonly key: string;
  /** As messages name it. */
  readonly embedder: string;
  /** The address of the shared store that it lies in. */
  readonly sharedIn: string | undefined;
  readonly store: DurableStore;
  /** The catalog that it holds, once it is complete. */
  indexed: Catalog | undefined;
  /** Updates have left small files in it. */
  changed: boolean;
  /** Not asked before this time, in milliseconds since 1970, for it has failed. */
  restUntil: number;
}

interface MemoryShelf {
  readonly subject: Subject;
  readonly vectors: boolean;
  readonly work: SharedWork<KnowledgeStore>;
}

export class DatabaseIndex {
  readonly #means: IndexMeans;
  readonly #databaseKey: string;
  /** The name and version of the built-in embedder. */
  readonly #builtin: string;
  readonly #home: Edition;
  #chosen: Edition | undefined;
  /** Why LanceDB does not answer, since it failed. */
  #degraded: string | undefined;
  #memory: MemoryShelf | undefined;

  constructor(means: IndexMeans, databaseKey: string) {
    this.#means = means;
    this.#databaseKey = databaseKey;
    this.#builtin = createBuiltinEmbedder(means.vectorsPath).id;
    const place = localPlace(means.storageDirectory, databaseKey, this.#builtin);
    this.#home = newEdition(place.key, 'builtin', undefined, means.process.store(place));
  }

  /**
   * Brings the indexes up to date: first the one on this machine, which takes moments, then the chosen one.
   * @throws KhipuError `cancelled`; every other failure is a notice, for another index answers
   */
  async update(subject: Subject, onProgress: OnProgress, signal: AbortSignal): Promise<PrepareReport> {
    const items = await this.#means.items(subject, signal);
    onProgress(0, items.length);
    const report = await this.#updateHome(subject, items, onProgress, signal);
    if (report.engine === 'memory') return report; // LanceDB does not run here at all
    try {
      const chosen = await this.#choose(subject);
      if (chosen === undefined) return report;
      const { embedder, sharedIn } = chosen;
      const shared = sharedIn === undefined ? items : items.filter(({ kind }) => kind === 'table');
      const own = await updateEdition(chosen, subject, shared, onProgress, signal);
      return { ...own, engine: 'lancedb', embedder, store: sharedIn, notice: undefined };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (error.kind === 'cancelled') throw error;
      return { ...report, notice: this.#insteadOf(error), failure: error };
    }
  }

  /** Makes the indexes empty, whatever is in them. */
  async clear(subject: Subject, signal: AbortSignal): Promise<void> {
    const chosen = await this.#choose(subject).catch(() => undefined); // the update that follows says why
    for (const edition of [this.#home, chosen]) {
      if (edition === undefined) continue;
      edition.indexed = undefined;
      try {
        await edition.store.clear(signal);
      } catch (thrown) {
        const error = toKhipuError(thrown);
        if (error.kind === 'cancelled') throw error;
        this.#means.log(`index: not cleared: ${error.message}`);
      }
    }
  }

  /**
   * The nearest tables and items of the user's own, by the best index that is ready.
   * @throws KhipuError `cancelled`
   */
  async search(subject: Subject, question: string, limit: number, signal: AbortSignal): Promise<Found> {
    const kinds = ownKinds(subject);
    let notice: string | undefined;
    let failed = false;
    if (this.#chosen !== undefined && isReady(this.#chosen, subject) && subject.confined !== true) {
      try {
        return await this.#searchChosen(this.#chosen, subject, question, limit, signal);
      } catch (thrown) {
        const error = toKhipuError(thrown);
        if (signal.aborted || error.kind === 'cancelled') throw error;
        notice = this.#insteadOf(error);
        failed = error.kind === 'index-unavailable';
        this.#chosen.restUntil = Date.now() + restMs;
      }
    }
    if (isReady(this.#home, subject) && this.#degraded === undefined) {
      try {
        const { store } = this.#home;
        const found = await searchKinds({ tables: store, own: store }, question, kinds, limit, signal);
        return { ...found, engine: 'lancedb', notice, failed };
      } catch (thrown) {
        this.#degrade(thrown);
        failed = true;
      }
    }
    const store = await this.#inMemory(subject, signal);
    const found = await searchKinds({ tables: store, own: store }, question, kinds, limit, signal);
    return { ...found, engine: 'memory', notice: this.#degraded ?? notice, failed };
  }

  /** Merges small files where there are any. @throws KhipuError `cancelled` */
  async compact(signal: AbortSignal): Promise<void> {
    if (this.#degraded !== undefined) return;
    for (const edition of [this.#home, this.#chosen]) {
      if (edition === undefined || !edition.changed || edition.indexed === undefined) continue;
      try {
        await edition.store.compact(signal);
        this.#means.log('index: compacted');
      } catch (thrown) {
        const error = toKhipuError(thrown);
        if (error.kind === 'cancelled') throw error;
        this.#means.log(`index: not compacted: ${error.message}`); // after the next update it is tried again
      }
      edition.changed = false;
    }
  }

  get wantsCompaction(): boolean {
    return this.#home.changed || this.#chosen?.changed === true;
  }

  /** The edition that the settings ask for besides the one on this machine. @throws KhipuError `invalid-settings` */
  async #choose(subject: Subject): Promise<Edition | undefined> {
    const setup = subject.confined === true ? plainSetup : await this.#means.setup();
    const { embedder } = setup;
    const store = subject.sharedKey === undefined ? undefined : setup.store;
    if (embedder === undefined && store === undefined) return (this.#chosen = undefined);
    const id = embedder?.id ?? this.#builtin;
    const lying =
      store === undefined || subject.sharedKey === undefined
        ? localPlace(this.#means.storageDirectory, this.#databaseKey, id)
        : sharedPlace(store, subject.sharedKey, id);
    const place = { ...lying, ...(embedder !== undefined && { embedder: id }) };
    const opened = this.#means.process.store(place, embedder); // its key may be another one than before
    const before = this.#chosen?.key === place.key ? this.#chosen : undefined;
    const fresh = newEdition(place.key, embedder?.id ?? 'builtin', store?.uri, opened);
    this.#chosen = { ...fresh, ...before, store: opened };
    return this.#chosen;
  }

  async #updateHome(
    subject: Subject,
    items: readonly KnowledgeItem[],
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<PrepareReport> {
    try {
      const report = await updateEdition(this.#home, subject, items, onProgress, signal);
      this.#degraded = undefined;
      this.#memory = undefined;
      return { ...report, engine: 'lancedb', embedder: 'builtin', notice: undefined };
    } catch (thrown) {
      const notice = this.#degrade(thrown);
      const store = await this.#inMemory(subject, signal);
      const report = await store.index(items, signal);
      return { ...report, engine: 'memory', embedder: 'builtin', notice, failure: toKhipuError(thrown) };
    }
  }

  async #searchChosen(
    chosen: Edition,
    subject: Subject,
    question: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<Found> {
    const { patienceMs } = this.#means;
    const who = chosen.sharedIn === undefined ? chosen.embedder : `The shared index at ${chosen.sharedIn}`;
    const late = new KhipuError('timeout', `${who} did not answer within ${patienceMs / 1000} s.`);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(late), patienceMs);
    try {
      const either = AbortSignal.any([signal, deadline.signal]);
      const own = chosen.sharedIn === undefined ? chosen.store : this.#home.store;
      const stores = { tables: chosen.store, own };
      const found = await searchKinds(stores, question, ownKinds(subject), limit, either);
      return { ...found, engine: 'lancedb', notice: undefined, failed: false };
    } finally {
      clearTimeout(timer);
    }
  }

  #insteadOf(error: KhipuError): string {
    this.#means.log(`index: the chosen one does not answer: ${error.message}`);
    const stop = /[.!?]$/.test(error.message) ? '' : '.';
    return `${error.message}${stop} The index of the built-in embedder answers instead.`;
  }

  /** Takes an `index-unavailable` as the reason to go on in memory; anything else is thrown on. */
  #degrade(thrown: unknown): string {
    const error = toKhipuError(thrown);
    if (error.kind !== 'index-unavailable') throw error;
    this.#means.log(`index: unavailable, searching in memory: ${error.message}`);
    this.#home.indexed = undefined;
    this.#degraded = `${error.message} Tables were searched in memory instead.`;
    return this.#degraded;
  }

  /** What the memory works with once LanceDB has failed; where even the vectors' file cannot be read, with nothing. */
  #memoryMeans(signal: AbortSignal): MemoryStoreMeans {
    const { vectorsPath, log } = this.#means;
    try {
      return { embedder: createBuiltinEmbedder(vectorsPath), sense: loadWordSense(vectorsPath, signal) };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (error.kind !== 'index-unavailable') throw error;
      log(`index: ${error.message} Only the same words are found.`);
      return {};
    }
  }

  /** The memory's own index of this content; with vectors only once LanceDB has failed, for they take time to make. */
  async #inMemory(subject: Subject, signal: AbortSignal): Promise<KnowledgeStore> {
    const vectors = this.#degraded !== undefined;
    const old = this.#memory;
    if (
      old !== undefined &&
      !old.work.failed &&
      old.vectors === vectors &&
      sameContent(old.subject, subject)
    ) {
      return await old.work.join(signal);
    }
    const { items } = this.#means;
    const work = new SharedWork(async (ours) => {
      const store = createMemoryStore(vectors ? this.#memoryMeans(ours) : {});
      await store.index(await items(subject, ours), ours);
      return store;
    });
    this.#memory = { subject, vectors, work };
    return await work.join(signal);
  }
}

function newEdition(
  key: string,
  embedder: string,
  sharedIn: string | undefined,
  store: DurableStore,
): Edition {
  return { key, embedder, sharedIn, store, indexed: undefined, changed: false, restUntil: 0 };
}

function isReady(edition: Edition, { catalog }: Subject): boolean {
  return edition.indexed === catalog && Date.now() >= edition.restUntil;
}

async function updateEdition(
  edition: Edition,
  subject: Subject,
  items: readonly KnowledgeItem[],
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<IndexReport> {
  const keep: ItemKind[] = subject.documents === undefined ? ['document'] : [];
  const report = await edition.store.indexTelling(items, { onProgress, keep }, signal);
  edition.indexed = subject.catalog;
  edition.restUntil = 0;
  edition.changed ||= report.added > 0 || report.removed > 0;
  return report;
}
