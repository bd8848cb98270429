/** Work that several callers wait for: each may leave, and only when all have left it is cancelled. */
import { cancelled, KhipuError } from '../shared/errors.ts';

/**
 * Waits for a promise as long as the signal allows; the promise itself goes on.
 * @throws KhipuError `cancelled`, and whatever the promise throws
 */
export async function waitFor<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = Promise.withResolvers<never>();
  const leave = (): void =>
    left.reject(signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([left.promise, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

export class SharedWork<T> {
  readonly #controller = new AbortController();
  readonly #promise: Promise<T>;
  #waiting = 0;
  #state: 'running' | 'done' | 'failed' = 'running';

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#promise = work(this.#controller.signal);
    this.#promise.then(
      () => (this.#state = 'done'),
      () => (this.#state = 'failed'), // each caller hears of it through join()
    );
  }

  /** It still goes on, and has not been left by everyone. */
  get running(): boolean {
    return this.#state === 'running' && !this.#controller.signal.aborted;
  }

  /** It has no result and will have none. */
  get failed(): boolean {
    return this.#state !== 'done' && !this.running;
  }

  /** Cancels the work whoever waits for it: they are told that it was cancelled. */
  abandon(): void {
    this.#controller.abort(cancelled());
  }

  /** Resolves when the work has ended, however it did. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#promise]);
  }

  async join(signal: AbortSignal): Promise<T> {
    this.#waiting++;
    try {
      return await waitFor(this.#promise, signal);
    } finally {
      if (--this.#waiting === 0 && this.running) this.#controller.abort(cancelled());
    }
  }
}
