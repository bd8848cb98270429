/** Work that callers at the same time share: done at the first call, kept when it succeeds, tried anew after a failure. */
import { abortable } from './abortable.ts';
import { throwIfAborted } from './errors.ts';

interface Attempt<T> {
  readonly result: Promise<T>;
  readonly abandoned: AbortController;
  waiting: number;
  isRunning: boolean;
}

/** An abort lets only its own caller go; when all who waited have gone, the work itself is aborted. */
export class SharedAttempt<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  readonly #dispose: (value: T) => Promise<void>;
  #attempt: Attempt<T> | undefined;
  /** Fulfilled when the attempt that was begun last has ended and, if nobody wanted it any more, its value is gone. */
  #ended: Promise<void> = Promise.resolve();

  /**
   * @param work has to end soon after its signal fires
   * @param dispose of a value that nobody waits for any more
   */
  constructor(
    work: (signal: AbortSignal) => Promise<T>,
    dispose: (value: T) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#work = work;
    this.#dispose = dispose;
  }

  /** @throws what the work throws, or KhipuError `cancelled` */
  async get(signal: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    const attempt = (this.#attempt ??= this.#start());
    attempt.waiting += 1;
    try {
      return await abortable(attempt.result, signal);
    } finally {
      attempt.waiting -= 1;
      if (attempt.waiting === 0 && attempt.isRunning) this.#giveUp(attempt);
    }
  }

  #start(): Attempt<T> {
    const abandoned = new AbortController();
    const result = this.#work(abandoned.signal);
    const attempt: Attempt<T> = { result, abandoned, waiting: 0, isRunning: true };
    this.#ended = this.#follow(attempt);
    return attempt;
  }

  async #follow(attempt: Attempt<T>): Promise<void> {
    try {
      const value = await attempt.result;
      attempt.isRunning = false;
      if (attempt.abandoned.signal.aborted) await this.#dispose(value);
    } catch {
      attempt.isRunning = false; // those who wait hear of it
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }

  #giveUp(attempt: Attempt<T>): void {
    attempt.abandoned.abort();
    if (this.#attempt === attempt) this.#attempt = undefined;
  }

  /** Drops what was kept, so that the next call does the work anew; its owner has disposed of it. */
  forget(): void {
    this.#attempt = undefined;
  }

  /** Aborts the work if it still runs, or disposes of what it gave; resolves when nothing is left. */
  async end(): Promise<void> {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (attempt?.isRunning === true) attempt.abandoned.abort();
    else if (attempt !== undefined) await this.#dispose(await attempt.result);
    await this.#ended;
  }
}
