/** The room's front door: keeps the index of each database up to date, and answers what a question needs to know. */
import type { Catalog } from '../database/catalog.ts';
import { createBuiltinEmbedder } from '../models/builtinEmbedder.ts';
import { loadWordSense } from '../models/wordSense.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import { verifiedCard } from './card.ts';
import { makeCatalogCards, type CatalogCards } from './catalogCards.ts';
import { IdleWork } from './idleWork.ts';
import { localPlace } from './indexPlace.ts';
import type { IndexState } from './indexState.ts';
import type {
  DurableStore,
  IndexReport,
  KnowledgeHit,
  KnowledgeItem,
  KnowledgeStore,
  OnProgress,
} from './knowledgeStore.ts';
import { createMemoryStore, type MemoryStoreMeans } from './memoryStore.ts';
import type { Retrieval, VerifiedQuestion } from './retrieval.ts';
import { chooseTables, defaultBudgetTokens, fits, searchedTables } from './retrieve.ts';
import { findSameQuestion } from './sameQuestion.ts';
import { SharedWork } from './sharedWork.ts';
import { IndexProcess, type IndexProcessOptions } from './workerClient.ts';

export interface KnowledgeOptions extends IndexProcessOptions {
  /** Absolute path of a directory of our own, in which the indexes are kept. */
  readonly storageDirectory: string;
  /** Told whenever the state of a database's index changes. */
  readonly onState?: (databaseKey: string, state: IndexState) => void;
  /** How long nothing may go on before indexes are compacted, in milliseconds; 30 s when not given. */
  readonly idleMs?: number;
}

/** What there is to know about one database. */
export interface Subject {
  /** Names the database for ever: the same key finds the same index after a restart. */
  readonly databaseKey: string;
  readonly catalog: Catalog;
  readonly verified: readonly VerifiedQuestion[];
}

export interface RetrieveRequest extends Subject {
  readonly question: string;
  /** Tokens that the tables may take of the prompt; 6000 when not given. */
  readonly budgetTokens?: number | undefined;
}

/** How an index was brought up to date, and by which engine. */
export interface PrepareReport extends IndexReport {
  readonly engine: Retrieval['engine'];
  /** Why it is not LanceDB, when it is not. */
  readonly notice: string | undefined;
}

/** Examples for the prompt. */
const maxExamples = 5;

export interface Knowledge {
  /** The index process as it runs now. */
  readonly processId: number | undefined;
  /**
   * Brings the index of a database up to date; calls for the same content that overlap share one run.
   * @throws KhipuError `cancelled`
   */
  prepare(subject: Subject, signal: AbortSignal): Promise<PrepareReport>;
  /**
   * What the model should know to answer a question. Never waits for the index: until it is ready, full text over
   * the catalog answers.
   * @throws KhipuError `cancelled`
   */
  retrieve(request: RetrieveRequest, signal: AbortSignal): Promise<Retrieval>;
  /**
   * Throws the index of a database away and makes it anew.
   * @throws KhipuError `cancelled`
   */
  rebuild(subject: Subject, signal: AbortSignal): Promise<PrepareReport>;
  /** Ends the index process and all work; resolves when the process is gone. */
  dispose(): Promise<void>;
}

export function createKnowledge(options: KnowledgeOptions): Knowledge {
  return new IndexedKnowledge(options);
}

/** The index of one database, as far as this window knows. */
interface Shelf {
  readonly databaseKey: string;
  readonly store: DurableStore;
  /** Updates have left small files in it. */
  changed: boolean;
  run: { readonly subject: Subject; readonly work: SharedWork<PrepareReport> } | undefined;
  /** The catalog that the index on disk holds. */
  indexed: Catalog | undefined;
  /** Why LanceDB does not answer, since it failed. */
  degraded: string | undefined;
  memory: MemoryShelf | undefined;
}

interface MemoryShelf {
  readonly subject: Subject;
  readonly vectors: boolean;
  readonly work: SharedWork<KnowledgeStore>;
}

interface Found {
  readonly tables: readonly KnowledgeHit[];
  readonly examples: readonly KnowledgeHit[];
  readonly engine: Retrieval['engine'];
  readonly notice: string | undefined;
}

class IndexedKnowledge implements Knowledge {
  readonly #options: KnowledgeOptions;
  readonly #process: IndexProcess;
  readonly #ending = new AbortController();
  readonly #shelves = new Map<string, Shelf>();
  readonly #cards = new WeakMap<Catalog, SharedWork<CatalogCards>>();
  readonly #idle: IdleWork;

  constructor(options: KnowledgeOptions) {
    this.#options = options;
    this.#process = new IndexProcess(options);
    this.#idle = new IdleWork(options.idleMs ?? 30_000, (signal) => this.#compact(signal));
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  async prepare(subject: Subject, caller: AbortSignal): Promise<PrepareReport> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    const shelf = this.#shelf(subject.databaseKey);
    const { run } = shelf;
    if (run !== undefined && run.work.running && sameContent(run.subject, subject))
      return await this.#join(shelf, run.work, signal);
    return await this.#join(shelf, this.#begin(shelf, subject, false), signal);
  }

  async rebuild(subject: Subject, caller: AbortSignal): Promise<PrepareReport> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    this.#process.revive();
    const shelf = this.#shelf(subject.databaseKey);
    return await this.#join(shelf, this.#begin(shelf, subject, true), signal);
  }

  retrieve(request: RetrieveRequest, caller: AbortSignal): Promise<Retrieval> {
    return this.#idle.during(() => this.#retrieve(request, caller));
  }

  async dispose(): Promise<void> {
    this.#ending.abort(new KhipuError('cancelled', 'Khipu is closing.'));
    this.#idle.dispose();
    await this.#process.dispose();
  }

  async #retrieve(request: RetrieveRequest, caller: AbortSignal): Promise<Retrieval> {
    const started = performance.now();
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    const { question, verified, budgetTokens = defaultBudgetTokens } = request;
    const same = findSameQuestion(question, verified);
    if (same !== undefined) {
      const ms = performance.now() - started;
      const nothing = { tables: [], ranking: [], values: [], examples: [] };
      return { verified: same, ...nothing, engine: 'memory', notice: undefined, ms };
    }
    const cards = await this.#cardsOf(request.catalog, signal);
    const whole = fits(cards, budgetTokens);
    const found = await this.#search(request, searchedTables, signal);
    const byId = new Map(verified.map((item) => [verifiedCard(item).id, item]));
    return {
      verified: undefined,
      ...chooseTables(question, cards, found.tables, budgetTokens),
      examples: found.examples.flatMap(({ id }) => byId.get(id) ?? []).slice(0, maxExamples),
      engine: found.engine,
      notice: found.notice ?? (found.engine === 'memory' && !whole ? notReady : undefined),
      ms: performance.now() - started,
    };
  }

  /** Starts a run in place of the one that goes on: two over one index would undo each other's work. */
  #begin(shelf: Shelf, subject: Subject, anew: boolean): SharedWork<PrepareReport> {
    const before = shelf.run?.work;
    before?.abandon();
    const work = new SharedWork((signal) =>
      this.#idle.during(async () => {
        await before?.settled();
        throwIfAborted(signal);
        if (anew) await this.#clear(shelf, signal);
        return await this.#index(shelf, subject, signal);
      }),
    );
    shelf.run = { subject, work };
    return work;
  }

  /** Waits for a run, and for the one that took its place when the content changed meanwhile. */
  async #join(shelf: Shelf, work: SharedWork<PrepareReport>, signal: AbortSignal): Promise<PrepareReport> {
    try {
      return await work.join(signal);
    } catch (thrown) {
      const next = shelf.run?.work;
      if (signal.aborted || next === undefined || next === work) throw thrown;
      return await this.#join(shelf, next, signal);
    }
  }

  #shelf(databaseKey: string): Shelf {
    const known = this.#shelves.get(databaseKey);
    if (known !== undefined) return known;
    const embedder = createBuiltinEmbedder(this.#options.vectorsPath);
    const place = localPlace(this.#options.storageDirectory, databaseKey, embedder.id);
    const shelf: Shelf = {
      databaseKey,
      store: this.#process.store(place),
      changed: false,
      run: undefined,
      indexed: undefined,
      degraded: undefined,
      memory: undefined,
    };
    this.#shelves.set(databaseKey, shelf);
    return shelf;
  }

  async #cardsOf(catalog: Catalog, signal: AbortSignal): Promise<CatalogCards> {
    let work = this.#cards.get(catalog);
    if (work === undefined || work.failed) {
      work = new SharedWork(async (ours) => await makeCatalogCards(catalog, ours));
      this.#cards.set(catalog, work);
    }
    return await work.join(signal);
  }

  async #items({ catalog, verified }: Subject, signal: AbortSignal): Promise<KnowledgeItem[]> {
    const { items } = await this.#cardsOf(catalog, signal);
    const byId = new Map(verified.map(verifiedCard).map((item) => [item.id, item]));
    return [...items, ...byId.values()];
  }

  async #index(shelf: Shelf, subject: Subject, signal: AbortSignal): Promise<PrepareReport> {
    const tell = (state: IndexState): void => this.#options.onState?.(shelf.databaseKey, state);
    try {
      const items = await this.#items(subject, signal);
      tell({ phase: 'indexing', done: 0, total: items.length });
      const report = await this.#indexBoth(shelf, subject, items, signal, (done, total) =>
        tell({ phase: 'indexing', done, total }),
      );
      const { engine, rebuilt, notice } = report;
      tell({ phase: 'ready', items: items.length, engine, embedder: 'builtin', rebuilt, notice });
      return report;
    } catch (thrown) {
      tell({ phase: 'failed', error: toKhipuError(thrown) });
      throw thrown;
    }
  }

  async #indexBoth(
    shelf: Shelf,
    subject: Subject,
    items: readonly KnowledgeItem[],
    signal: AbortSignal,
    onProgress: OnProgress,
  ): Promise<PrepareReport> {
    try {
      const report = await shelf.store.index(items, signal, onProgress);
      shelf.indexed = subject.catalog;
      shelf.degraded = undefined;
      shelf.memory = undefined;
      if (report.added > 0 || report.removed > 0) {
        shelf.changed = true;
        this.#idle.want();
      }
      return { ...report, engine: 'lancedb', notice: undefined };
    } catch (thrown) {
      const notice = this.#degrade(shelf, thrown);
      const store = await this.#memory(shelf, subject, signal);
      return { ...(await store.index(items, signal)), engine: 'memory', notice };
    }
  }

  async #clear(shelf: Shelf, signal: AbortSignal): Promise<void> {
    shelf.indexed = undefined;
    try {
      await shelf.store.clear(signal);
    } catch (thrown) {
      this.#degrade(shelf, thrown);
    }
  }

  async #compact(signal: AbortSignal): Promise<void> {
    for (const shelf of this.#shelves.values()) {
      if (!shelf.changed || shelf.degraded !== undefined) continue;
      try {
        await shelf.store.compact(AbortSignal.any([signal, this.#ending.signal]));
        shelf.changed = false;
        this.#options.log('index: compacted');
      } catch (thrown) {
        const error = toKhipuError(thrown);
        if (error.kind === 'cancelled') return;
        shelf.changed = false; // the next update tries again
        this.#options.log(`index: not compacted: ${error.message}`);
      }
    }
  }

  async #search(request: RetrieveRequest, limit: number, signal: AbortSignal): Promise<Found> {
    const shelf = this.#shelf(request.databaseKey);
    if (shelf.indexed === request.catalog && shelf.degraded === undefined) {
      try {
        const found = await searchBoth(shelf.store, request.question, limit, signal);
        return { ...found, engine: 'lancedb', notice: undefined };
      } catch (thrown) {
        this.#degrade(shelf, thrown);
        this.#prepareAgain(request);
      }
    }
    const store = await this.#memory(shelf, request, signal);
    const found = await searchBoth(store, request.question, limit, signal);
    return { ...found, engine: 'memory', notice: shelf.degraded };
  }

  /** Takes an `index-unavailable` as the reason to go on in memory; anything else is thrown on. */
  #degrade(shelf: Shelf, thrown: unknown): string {
    const error = toKhipuError(thrown);
    if (error.kind !== 'index-unavailable') throw error;
    this.#options.log(`index: unavailable, searching in memory: ${error.message}`);
    shelf.indexed = undefined;
    shelf.degraded = `${error.message} Tables were searched in memory instead.`;
    return shelf.degraded;
  }

  /** A damaged index is made anew behind the question that found it so. */
  #prepareAgain(subject: Subject): void {
    this.prepare(subject, this.#ending.signal).catch((thrown: unknown) =>
      this.#options.log(`index: not made anew: ${toKhipuError(thrown).message}`),
    );
  }

  /** What the memory works with once LanceDB has failed; where even the vectors' file cannot be read, with nothing. */
  #means(signal: AbortSignal): MemoryStoreMeans {
    const { vectorsPath, log } = this.#options;
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
  async #memory(shelf: Shelf, subject: Subject, signal: AbortSignal): Promise<KnowledgeStore> {
    const vectors = shelf.degraded !== undefined;
    const old = shelf.memory;
    if (
      old !== undefined &&
      !old.work.failed &&
      old.vectors === vectors &&
      sameContent(old.subject, subject)
    ) {
      return await old.work.join(signal);
    }
    const work = new SharedWork(async (ours) => {
      const store = createMemoryStore(vectors ? this.#means(ours) : {});
      await store.index(await this.#items(subject, ours), ours);
      return store;
    });
    shelf.memory = { subject, vectors, work };
    return await work.join(signal);
  }
}

const notReady =
  'The index of this database is still being made; full text over names and comments answered.';

function sameContent(a: Subject, b: Subject): boolean {
  return a.catalog === b.catalog && a.verified === b.verified;
}

async function searchBoth(
  store: KnowledgeStore,
  question: string,
  limit: number,
  signal: AbortSignal,
): Promise<Pick<Found, 'tables' | 'examples'>> {
  const [tables, examples] = await Promise.all([
    store.search(question, { kind: 'table', limit }, signal),
    store.search(question, { kind: 'verified', limit: maxExamples }, signal),
  ]);
  return { tables, examples };
}
