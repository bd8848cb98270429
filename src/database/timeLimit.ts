/** A time limit that stands still while the user is asked. */
export class TimeLimit {
  readonly #onEnd: () => void;
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #questions = 0;
  #hasEnded = false;

  /** Starts at once. */
  constructor(ms: number, onEnd: () => void) {
    this.#leftMs = ms;
    this.#onEnd = onEnd;
    this.#run();
  }

  /** Does what waits for the user. */
  async pausedFor<T>(work: () => Promise<T>): Promise<T> {
    if (this.#questions++ === 0) this.#pause();
    try {
      return await work();
    } finally {
      if (--this.#questions === 0) this.#run();
    }
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    if (this.#hasEnded) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#onEnd, this.#leftMs);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt));
  }
}
