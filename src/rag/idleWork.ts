/** Work for idle times: it begins when nothing else has gone on for a while, and is cancelled as soon as something does. */
import { cancelled } from '../shared/errors.ts';

export class IdleWork {
  readonly #idleMs: number;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #going = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #wanted = false;
  #disposed = false;

  /**
   * @param idleMs how long nothing may go on before the work begins
   * @param work must not throw
   */
  constructor(idleMs: number, work: (signal: AbortSignal) => Promise<void>) {
    this.#idleMs = idleMs;
    this.#work = work;
  }

  /** There is something to do, at the next idle time. */
  want(): void {
    this.#wanted = true;
    this.#arm();
  }

  /** Runs something that idle work must not disturb. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    this.#going++;
    clearTimeout(this.#timer);
    this.#running?.abort(cancelled());
    try {
      return await task();
    } finally {
      this.#going--;
      this.#arm();
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#running?.abort(cancelled());
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#wanted || this.#going > 0 || this.#disposed) return;
    this.#timer = setTimeout(() => void this.#run(), this.#idleMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    if (this.#running !== undefined) return;
    const controller = new AbortController();
    this.#running = controller;
    this.#wanted = false;
    await this.#work(controller.signal);
    this.#running = undefined;
    if (controller.signal.aborted) this.want(); // it was interrupted
  }
}
