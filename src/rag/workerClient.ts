/** The index behind its process: a process that dies is started again, and the call in flight is made again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Embedder } from '../models/embedder.ts';
import { forkChild, type Child } from '../shared/childProcess.ts';
import { cancelled, KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import {
  clearIndex,
  compactIndex,
  finishIndex,
  nearNamesRequest,
  openIndex,
  putItems,
  reconcileIndex,
  searchIndex,
  type IndexPlace,
} from '../shared/ragProtocol.ts';
import type { RequestType } from '../shared/rpc.ts';
import { EmbedDesk } from './embedDesk.ts';
import { indexThrough, type IndexSteps } from './indexing.ts';
import type { DurableStore } from './knowledgeStore.ts';
import { SharedWork, waitFor } from './sharedWork.ts';
import { defaultStoreTimeouts, withinTime, type StoreTimeouts } from './storeDeadline.ts';

export interface IndexProcessOptions {
  /** Absolute path of the module that the process runs. */
  readonly workerEntry: string;
  /** Absolute path of the built-in embedder's vectors. */
  readonly vectorsPath: string;
  readonly log: (line: string) => void;
  /** How long shared stores may take. */
  readonly storeTimeouts?: StoreTimeouts | undefined;
}

/** One life of the process. */
interface Life {
  readonly child: Child;
  /** Indexes that this life has opened, by the key of their place. */
  readonly opened: Map<string, SharedWork<OpenedIndex>>;
}

interface OpenedIndex {
  /** What lay there could not be read, so that it is empty until the next update has ended. */
  anew: boolean;
}

/** How long to wait before the next start, by deaths in a row, in milliseconds; beyond these it is given up. */
const backOffMs = [0, 100, 500];

export class IndexProcess {
  readonly #options: IndexProcessOptions;
  readonly #ending = new AbortController();
  /** Children that may not be gone yet. */
  readonly #children = new Set<Child>();
  readonly #desk = new EmbedDesk();
  #life: Life | undefined;
  #starting: Promise<Life> | undefined;
  #deaths = 0;

  constructor(options: IndexProcessOptions) {
    this.#options = options;
  }

  /** Of the process as it runs now; undefined before its first use and between two lives. */
  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  /**
   * The index at this place; the process starts at its first use.
   * @param embedder of a place that names one; the built-in one is the process's own
   */
  store(place: IndexPlace, embedder?: Embedder): DurableStore {
    if (embedder !== undefined) this.#desk.register(place.key, embedder);
    let opened: OpenedIndex = { anew: false };
    const call = async <P extends object, R>(
      type: RequestType<P & { key: string }, R>,
      params: P,
      signal: AbortSignal,
    ): Promise<R> => {
      const answer = await this.#call(place, type, { ...params, key: place.key }, signal);
      opened = answer.opened;
      return answer.result;
    };
    const steps: IndexSteps = {
      batchSize: embedder?.batchSize,
      reconcile: async (marks, keep, signal) =>
        await call(reconcileIndex, { marks: [...marks], keep: [...keep] }, signal),
      put: async (items, signal) => {
        await call(putItems, { items: [...items] }, signal);
      },
      finish: async (signal) => {
        await call(finishIndex, {}, signal);
      },
    };
    const indexTelling: DurableStore['indexTelling'] = async (items, options, signal) => {
      const report = await indexThrough(steps, items, options, signal);
      const rebuilt = report.rebuilt || opened.anew;
      opened.anew = false;
      return { ...report, rebuilt };
    };
    return {
      index: (items, signal) => indexTelling(items, {}, signal),
      indexTelling,
      async search(question, { kind, limit }, signal) {
        const { hits } = await call(searchIndex, { question, kind, limit }, signal);
        if (opened.anew) throw new KhipuError('index-unavailable', 'The index was damaged and is made anew.');
        return hits;
      },
      async compact(signal) {
        await call(compactIndex, {}, signal);
      },
      async clear(signal) {
        await call(clearIndex, {}, signal);
        opened.anew = false;
      },
      close: () => Promise.resolve(), // the process closes its files when it ends
    };
  }

  /**
   * Which of these names mean nearly what another one says, best first.
   * @throws KhipuError `index-unavailable` or `cancelled`
   */
  async nearNames(wanted: string, names: readonly string[], caller: AbortSignal): Promise<readonly string[]> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    const { child } = await waitFor(this.#live(), signal);
    const { vectorsPath } = this.#options;
    return (await child.peer.call(nearNamesRequest, { vectorsPath, wanted, names: [...names] }, signal))
      .names;
  }

  /** Lets the process start again although it was given up; for when the user says so. */
  revive(): void {
    this.#deaths = 0;
  }

  /** Ends the process; resolves when it is gone. Calls in flight end with `cancelled`. */
  async dispose(): Promise<void> {
    this.#ending.abort(cancelled());
    await Promise.allSettled([this.#starting]);
    this.#life = undefined;
    await Promise.all([...this.#children].map((child) => child.dispose()));
  }

  async #call<P, R>(
    place: IndexPlace,
    type: RequestType<P, R>,
    params: P,
    caller: AbortSignal,
  ): Promise<{ result: R; opened: OpenedIndex }> {
    const signal = AbortSignal.any([caller, this.#ending.signal]);
    for (;;) {
      throwIfAborted(signal);
      const life = await waitFor(this.#live(), signal);
      try {
        const { openMs, stepMs } = this.#options.storeTimeouts ?? defaultStoreTimeouts;
        const opening = this.#open(life, place);
        const opened = await withinTime(place, openMs, (ours) => opening.join(ours), signal);
        const step = (ours: AbortSignal): Promise<R> => life.child.peer.call(type, params, ours);
        const result = await withinTime(place, stepMs, step, signal);
        this.#deaths = 0;
        return { result, opened };
      } catch (thrown) {
        if (toKhipuError(thrown).kind !== 'process-died') throw thrown;
        this.#bury(life, 'its connection closed');
      }
    }
  }

  /** @throws KhipuError `index-unavailable` after as many deaths in a row as there are back-offs */
  async #live(): Promise<Life> {
    if (this.#life !== undefined) return this.#life;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    return await this.#starting;
  }

  async #start(): Promise<Life> {
    const wait = backOffMs[this.#deaths];
    if (wait === undefined) {
      throw new KhipuError(
        'index-unavailable',
        `The index process ended ${this.#deaths} times in a row and is not started again.`,
        { hint: 'Search works in memory until the window is reloaded; the log says how the process ended.' },
      );
    }
    await delay(wait, undefined, { signal: this.#ending.signal });
    const { workerEntry, log } = this.#options;
    const child = forkChild({ name: 'index', entry: workerEntry, log });
    this.#children.add(child);
    this.#desk.serve(child.peer);
    const life: Life = { child, opened: new Map() };
    this.#life = life;
    void child.exited.then((how) => {
      this.#children.delete(child);
      this.#bury(life, how);
    });
    log(`index: started, process ${child.pid ?? 'unknown'}`);
    return life;
  }

  /** Counts a death once, however many calls notice it. */
  #bury(life: Life, how: string): void {
    if (this.#life !== life || this.#ending.signal.aborted) return;
    this.#life = undefined;
    this.#deaths++;
    this.#options.log(
      `index: process ${life.child.pid ?? 'unknown'} ended (${how}), ${this.#deaths} in a row`,
    );
    // When only the connection was lost the process may still be there.
    void life.child.dispose();
  }

  /** Opens an index once in each life; callers who leave do not disturb the others, and when all have left it is let be. */
  #open(life: Life, place: IndexPlace): SharedWork<OpenedIndex> {
    const known = life.opened.get(place.key);
    if (known !== undefined && !known.failed) return known;
    const { vectorsPath, log } = this.#options;
    const opening = new SharedWork(async (signal) => {
      const { rebuilt, embedder } = await life.child.peer.call(openIndex, { place, vectorsPath }, signal);
      log(`index: opened ${place.uri} for ${embedder}${rebuilt ? ', made anew' : ''}`);
      return { anew: rebuilt };
    });
    life.opened.set(place.key, opening);
    return opening;
  }
}
