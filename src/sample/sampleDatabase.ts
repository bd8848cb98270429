/** The parent's side of the embedded sample database: starts its process when needed, and again after it died. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { forkChild, type Child } from '../shared/childProcess.ts';
import { cancelled, KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import { startSample } from '../shared/sampleProtocol.ts';
import { socketDirectoryPrefix } from './socketDirectory.ts';

/** How to connect, and how the start went. There is no password. */
export interface SampleAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Whether the rows came from the cache. */
  readonly cached: boolean;
  /** From forking the process until it accepted connections, in milliseconds. */
  readonly ms: number;
}

export interface SampleDatabase {
  /** The process's id while there is one. */
  readonly pid: number | undefined;
  /**
   * Starts the process unless it runs; calls at the same time share one start. An abort lets its caller go and leaves
   * the start to the others.
   * @throws KhipuError `sample-failed`, with a hint, when the process cannot start, dies or takes more than a minute
   */
  start(signal: AbortSignal): Promise<SampleAddress>;
  /** Kills the process, whatever statement it is busy with, and starts a fresh one; changes made to the rows are gone. */
  restart(signal: AbortSignal): Promise<SampleAddress>;
  /** Ends the process; resolves when it is gone. */
  dispose(): Promise<void>;
}

export interface SampleOptions {
  /** Absolute path of the process's entry: src/sample/server.ts or its bundle. */
  readonly entry: string;
  /** Absolute path of the directory with schema.sql and data.sql. */
  readonly sqlDirectory: string;
  /** Absolute path of the directory for the dump (22 MB). */
  readonly cacheDirectory: string;
  readonly log: (line: string) => void;
  /** Told when a process that was ready ended without being asked to; the next `start` brings up another. */
  readonly onDidStop?: (how: string) => void;
}

const startLimitMs = 60_000;
const longestPauseMs = 8000;
/** A process that lived this long had no trouble starting: its death does not slow the next start. */
const healthyMs = 30_000;

/** One run of the process, from the decision to start it. */
interface Run {
  readonly ending: AbortController;
  readonly address: Promise<SampleAddress>;
  child?: Child;
  /** Resolves when the process is gone and its socket's directory with it. */
  gone?: Promise<unknown>;
}

export function createSampleDatabase(options: SampleOptions): SampleDatabase {
  return new SampleProcess(options);
}

class SampleProcess implements SampleDatabase {
  readonly #options: SampleOptions;
  #run: Run | undefined;
  #deathsInARow = 0;
  #disposed = false;

  constructor(options: SampleOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#run?.child?.pid;
  }

  async start(signal: AbortSignal): Promise<SampleAddress> {
    throwIfAborted(signal);
    if (this.#disposed) throw new KhipuError('sample-failed', 'The sample database has been closed.');
    this.#run ??= this.#launch(undefined);
    return await unlessAborted(this.#run.address, signal);
  }

  async restart(signal: AbortSignal): Promise<SampleAddress> {
    const old = this.#run;
    this.#run = undefined;
    old?.ending.abort();
    const pid = old?.child?.pid;
    // A blocked process hears nothing, and there is nothing on disk that a kill could harm.
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    if (!this.#disposed) this.#run = this.#launch(old?.gone);
    return await this.start(signal);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const run = this.#run;
    this.#run = undefined;
    run?.ending.abort();
    await run?.child?.dispose();
    await run?.gone;
    await run?.address.catch(() => undefined); // its callers have been told
  }

  #launch(after: Promise<unknown> | undefined): Run {
    const ending = new AbortController();
    const { promise: address, resolve } = Promise.withResolvers<SampleAddress>();
    const run: Run = { ending, address };
    address.catch(() => undefined); // every caller of start() hears of it; there may be none left
    resolve(this.#bringUp(run, after));
    return run;
  }

  async #bringUp(run: Run, after: Promise<unknown> | undefined): Promise<SampleAddress> {
    try {
      await after;
      await this.#backOff(run.ending.signal);
      return await this.#fork(run);
    } catch (thrown) {
      if (this.#run === run) this.#run = undefined;
      throw startFailure(thrown);
    }
  }

  async #backOff(signal: AbortSignal): Promise<void> {
    if (this.#deathsInARow === 0) return;
    const ms = Math.min(longestPauseMs, 125 * 2 ** this.#deathsInARow);
    this.#options.log(`sample: died ${this.#deathsInARow} times in a row, the next start waits ${ms} ms`);
    await pause(ms, undefined, { signal });
  }

  async #fork(run: Run): Promise<SampleAddress> {
    throwIfAborted(run.ending.signal);
    const { entry, log, cacheDirectory, sqlDirectory } = this.#options;
    const forkedAt = performance.now();
    const child = forkChild({ name: 'sample', entry, log });
    run.child = child;
    run.gone = child.exited;
    const limit = AbortSignal.timeout(startLimitMs);
    try {
      const { host, port, cached } = await child.peer.call(
        startSample,
        { cacheDirectory, sqlDirectory },
        limit,
      );
      const ms = Math.round(performance.now() - forkedAt);
      run.gone = child.exited.then((how) => this.#afterReady(run, how, host, performance.now() - forkedAt));
      log(`sample: ready in ${ms} ms, ${cached ? 'from the cache' : 'loaded'}`);
      return { host, port, database: 'postgres', user: 'postgres', cached, ms };
    } catch (thrown) {
      if (this.#run === run) this.#deathsInARow += 1; // else it was told to end
      await child.dispose();
      throw await withWayOfDeath(thrown, child, limit);
    }
  }

  async #afterReady(run: Run, how: string, host: string, livedMs: number): Promise<void> {
    const { log, onDidStop } = this.#options;
    // What a killed process could not clean up itself.
    if (basename(host).startsWith(socketDirectoryPrefix)) {
      await rm(host, { recursive: true, force: true }).catch((error: unknown) =>
        log(`sample: ${String(error)}`),
      );
    }
    if (this.#run !== run) return; // it was told to end
    this.#run = undefined;
    this.#deathsInARow = livedMs > healthyMs ? 0 : this.#deathsInARow + 1;
    log(`sample: ended by itself: ${how}`);
    onDidStop?.(how);
  }
}

async function withWayOfDeath(thrown: unknown, child: Child, limit: AbortSignal): Promise<KhipuError> {
  const error = toKhipuError(thrown);
  if (limit.aborted) {
    return new KhipuError(
      'sample-failed',
      `The sample database was not ready after ${startLimitMs / 1000} seconds.`,
      {
        hint: tryAgain,
      },
    );
  }
  if (error.kind !== 'process-died') return error;
  const how = await child.exited;
  return new KhipuError(
    'sample-failed',
    `The sample database's process ended while it was starting: ${how}.`,
    {
      hint: tryAgain,
    },
  );
}

const tryAgain = 'Open the sample again; if it fails again, the Khipu log says why.';

function startFailure(thrown: unknown): KhipuError {
  const error = toKhipuError(thrown);
  if (error.kind === 'sample-failed') return error;
  if (error.kind === 'cancelled') {
    return new KhipuError(
      'sample-failed',
      'The sample database was closed or restarted while it was starting.',
      {
        hint: tryAgain,
      },
    );
  }
  return new KhipuError('sample-failed', `The sample database cannot start: ${error.message}`, {
    hint: tryAgain,
  });
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void =>
    aborted.reject(signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
