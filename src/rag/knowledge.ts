/** The room's front door: keeps the index of each database up to date, and answers what a question needs to know. */
import { qualified, type Catalog } from '../database/catalog.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import { questionCard, verifiedCard } from './card.ts';
import { makeCatalogCards, type CatalogCards } from './catalogCards.ts';
import { DatabaseIndex, type Found } from './databaseIndex.ts';
import { emptyGlossary } from './glossary.ts';
import { matchGlossary, otherMetrics } from './glossaryMatch.ts';
import { noDocuments, type Passage } from './documentSet.ts';
import { IdleWork } from './idleWork.ts';
import { plainSetup, type IndexSetup } from './indexSetup.ts';
import type { IndexState } from './indexState.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';
import { passageCard } from './passageCard.ts';
import { choosePassages } from './passageChoice.ts';
import type { GlossaryUse, Retrieval, RetrievedTable, VerifiedQuestion } from './retrieval.ts';
import { chooseTables, defaultBudgetTokens, fits, searchedTables } from './retrieve.ts';
import { findSameQuestion } from './sameQuestion.ts';
import { SharedWork } from './sharedWork.ts';
import { inSlices } from './slices.ts';
import { sameContent, type PrepareReport, type Subject } from './subject.ts';
import { IndexProcess, type IndexProcessOptions } from './workerClient.ts';

export interface KnowledgeOptions extends IndexProcessOptions {
  /** Absolute path of a directory of our own, in which the indexes are kept. */
  readonly storageDirectory: string;
  /** Told whenever the state of a database's index changes. */
  readonly onState?: (databaseKey: string, state: IndexState) => void;
  /**
   * What the settings say now; asked at each update.
   * @throws KhipuError `invalid-settings`
   */
  readonly setup?: () => IndexSetup | Promise<IndexSetup>;
  /** How long a question waits for a chosen index, in milliseconds; 8 s when not given. */
  readonly patienceMs?: number;
  /** How long to wait before a chosen index that failed is tried again the first time, in milliseconds; a minute. */
  readonly retryMs?: number;
  /** How long nothing may go on before indexes are compacted, in milliseconds; 30 s when not given. */
  readonly idleMs?: number;
}

export interface RetrieveRequest extends Subject {
  readonly question: string;
  /** What it goes on from, and the SQL that answered that: then no verified question asks the same. */
  readonly earlier?: readonly { readonly question: string; readonly sql?: string | undefined }[] | undefined;
  /** Tokens that the tables may take of the prompt; 6000 when not given. */
  readonly budgetTokens?: number | undefined;
}

export interface Knowledge {
  /** The index process as it runs now. */
  readonly processId: number | undefined;
  /** The settings may say something else now: an update that goes on is begun anew by the next `prepare`. */
  setupChanged(): void;
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
  /**
   * Which of these names mean nearly what another one says, best first; none where that cannot be told soon.
   * @throws KhipuError `cancelled`
   */
  nearNames(wanted: string, names: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Ends the index process and all work; resolves when the process is gone. */
  dispose(): Promise<void>;
}

export function createKnowledge(options: KnowledgeOptions): Knowledge {
  return new IndexedKnowledge(options);
}

/** The indexes of one database, and the run that brings them up to date. */
interface Shelf {
  readonly index: DatabaseIndex;
  run: Run | undefined;
  retry: NodeJS.Timeout | undefined;
  /** Failures in a row of the chosen index. */
  failures: number;
}

interface Run {
  readonly subject: Subject;
  /** The count of changes of the settings when it began. */
  readonly setup: number;
  readonly work: SharedWork<PrepareReport>;
}

/** Kinds of failure of the chosen index that may pass by themselves. */
const passing: readonly string[] = [
  'timeout',
  'model-unreachable',
  'model-rate-limited',
  'model-failed',
  'index-unavailable',
];

/** Names near in meaning are worth no longer a wait than this, in milliseconds. */
const nearNamesMs = 2000;

/** More names are not compared. */
const mostCompared = 5000;

/** No longer than this is waited before a chosen index that failed is tried again, in milliseconds. */
const longestRetryMs = 1_800_000;

class IndexedKnowledge implements Knowledge {
  readonly #options: KnowledgeOptions;
  readonly #process: IndexProcess;
  readonly #ending = new AbortController();
  readonly #shelves = new Map<string, Shelf>();
  readonly #cards = new WeakMap<Catalog, SharedWork<CatalogCards>>();
  readonly #passageCards = new WeakMap<Passage, KnowledgeItem>();
  readonly #idle: IdleWork;
  #setup = 0;

  constructor(options: KnowledgeOptions) {
    this.#options = options;
    this.#process = new IndexProcess(options);
    this.#idle = new IdleWork(options.idleMs ?? 30_000, (signal) => this.#compact(signal));
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  setupChanged(): void {
    this.#setup++;
  }

  async prepare(subject: Subject, caller: AbortSignal): Promise<PrepareReport> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    const shelf = this.#shelf(subject.databaseKey);
    const { run } = shelf;
    const isSame = run?.setup === this.#setup && sameContent(run.subject, subject);
    const work = isSame && run.work.running ? run.work : this.#begin(shelf, subject, false);
    return await this.#join(shelf, work, signal);
  }

  async nearNames(wanted: string, names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(nearNamesMs)]);
    try {
      return await this.#process.nearNames(wanted, names.slice(0, mostCompared), soon);
    } catch (thrown) {
      throwIfAborted(signal);
      this.#options.log(`index: no names near to another one: ${toKhipuError(thrown).message}`);
      return [];
    }
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
    for (const { retry } of this.#shelves.values()) clearTimeout(retry);
    await this.#process.dispose();
  }

  async #retrieve(request: RetrieveRequest, caller: AbortSignal): Promise<Retrieval> {
    const started = performance.now();
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    throwIfAborted(signal);
    const { verified, history = [], earlier } = request;
    const { documents = noDocuments, budgetTokens = defaultBudgetTokens } = request;
    const same = earlier === undefined ? findSameQuestion(request.question, verified) : undefined;
    if (same !== undefined) {
      const ms = performance.now() - started;
      const nothing = { tables: [], ranking: [], values: [], examples: [], accepted: [], documents: [] };
      return { verified: same, ...nothing, engine: 'memory', notice: undefined, ms };
    }
    const cards = await this.#cardsOf(request.catalog, signal);
    const whole = fits(cards, budgetTokens);
    // "only for 2024" names no table: the words before it and the names in their SQL count, too.
    const question = [...(earlier ?? []).map((turn) => turn.question), request.question].join('\n');
    const named = [...(earlier ?? []).map(({ sql = '' }) => sql), question].join('\n');
    const found = await this.#search({ ...request, question }, searchedTables, signal);
    const byId = new Map(verified.map((item) => [verifiedCard(item).id, item]));
    const told = matchGlossary(question, request.glossary ?? emptyGlossary, request.catalog);
    const choice = chooseTables(named, cards, found.tables, budgetTokens, told);
    return {
      verified: undefined,
      ...choice,
      glossary: withMetrics(told.use, request, choice.tables),
      examples: found.own.verified.flatMap(({ id }) => byId.get(id) ?? []),
      accepted: acceptedNear(found, history),
      documents: choosePassages(found.own.document, documents, request.catalog),
      engine: found.engine,
      notice: found.notice ?? (found.engine === 'memory' && !whole ? notReady : undefined),
      ms: performance.now() - started,
    };
  }

  async #search(request: RetrieveRequest, limit: number, signal: AbortSignal): Promise<Found> {
    const { index } = this.#shelf(request.databaseKey);
    const found = await index.search(request, request.question, limit, signal);
    if (found.failed) this.#prepareAgain(request); // behind the question that found it so
    return found;
  }

  /** Starts a run in place of the one that goes on: two over one index would undo each other's work. */
  #begin(shelf: Shelf, subject: Subject, anew: boolean): SharedWork<PrepareReport> {
    const before = shelf.run?.work;
    before?.abandon();
    clearTimeout(shelf.retry);
    const work = new SharedWork((signal) =>
      this.#idle.during(async () => {
        await before?.settled();
        throwIfAborted(signal);
        return await this.#update(shelf, subject, anew, signal);
      }),
    );
    shelf.run = { subject, setup: this.#setup, work };
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

  async #update(shelf: Shelf, subject: Subject, anew: boolean, signal: AbortSignal): Promise<PrepareReport> {
    const tell = (state: IndexState): void => this.#options.onState?.(subject.databaseKey, state);
    try {
      if (anew) await shelf.index.clear(subject, signal);
      const report = await shelf.index.update(
        subject,
        (done, total) => tell({ phase: 'indexing', done, total }),
        signal,
      );
      const { engine, embedder, store, rebuilt, notice, added, kept, failure } = report;
      const passages = subject.documents?.passages.size ?? 0;
      tell({
        phase: 'ready',
        items: added + kept,
        passages,
        engine,
        embedder,
        store,
        rebuilt,
        notice,
        failure,
      });
      if (shelf.index.wantsCompaction) this.#idle.want();
      if (failure === undefined) shelf.failures = 0;
      else this.#retryLater(shelf, subject, failure);
      return report;
    } catch (thrown) {
      tell({ phase: 'failed', error: toKhipuError(thrown) });
      throw thrown;
    }
  }

  /** What may pass by itself is tried again; the rest waits for the user to change something. */
  #retryLater(shelf: Shelf, subject: Subject, { kind, detail }: KhipuError): void {
    const passes = passing.includes(kind);
    if (!passes || this.#ending.signal.aborted) return;
    const pause = (this.#options.retryMs ?? 60_000) * 2 ** shelf.failures++;
    const wait = Math.min(longestRetryMs, Math.max(pause, detail.retryAfterMs ?? 0));
    shelf.retry = setTimeout(() => this.#prepareAgain(subject), wait);
    shelf.retry.unref();
  }

  #prepareAgain(subject: Subject): void {
    this.prepare(subject, this.#ending.signal).catch((thrown: unknown) =>
      this.#options.log(`index: not brought up to date: ${toKhipuError(thrown).message}`),
    );
  }

  async #compact(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#ending.signal]);
    for (const { index } of this.#shelves.values()) {
      await index.compact(either).catch(() => undefined); // cancelled: it is wanted again
    }
  }

  #shelf(databaseKey: string): Shelf {
    const known = this.#shelves.get(databaseKey);
    if (known !== undefined) return known;
    const index = new DatabaseIndex(
      {
        ...this.#options,
        patienceMs: this.#options.patienceMs ?? 8000,
        process: this.#process,
        setup: this.#options.setup ?? (() => plainSetup),
        items: (subject, signal) => this.#items(subject, signal),
      },
      databaseKey,
    );
    const shelf: Shelf = { index, run: undefined, retry: undefined, failures: 0 };
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

  async #items(
    { catalog, verified, history = [], documents = noDocuments }: Subject,
    signal: AbortSignal,
  ): Promise<KnowledgeItem[]> {
    const { items } = await this.#cardsOf(catalog, signal);
    const questions = [
      ...verified.map(verifiedCard),
      ...history.map((each) => questionCard('history', each)),
    ];
    // A question that stands there twice is one item.
    const own = new Map(questions.map((item) => [`${item.kind} ${item.id}`, item]));
    const passages: KnowledgeItem[] = [];
    const add = (passage: Passage): void => {
      const card = this.#passageCards.get(passage) ?? passageCard(passage);
      this.#passageCards.set(passage, card);
      passages.push(card);
    };
    await inSlices(documents.passages.values(), add, signal);
    return [...items, ...own.values(), ...passages];
  }
}

/** The figures that fit beside what the question names; undefined without a glossary. */
function withMetrics(
  use: GlossaryUse,
  { glossary, catalog }: Subject,
  tables: readonly RetrievedTable[],
): GlossaryUse | undefined {
  if (glossary === undefined) return undefined;
  const shown = new Set(tables.map(({ schema, name }) => qualified(schema, name)));
  return { ...use, matches: [...use.matches, ...otherMetrics(glossary, use.matches, catalog, shown)] };
}

/** What was accepted once is a weaker example than what was verified: few of it, beside those. */
const mostAccepted = 2;

function acceptedNear({ own }: Found, history: readonly VerifiedQuestion[]): VerifiedQuestion[] {
  if (own.history.length === 0) return []; // else thousands would be named for nothing
  const byId = new Map(history.map((item) => [questionCard('history', item).id, item]));
  return own.history.slice(0, mostAccepted).flatMap(({ id }) => byId.get(id) ?? []);
}

const notReady =
  'The index of this database is still being made; full text over names and comments answered.';
