/** Tells when nothing has been done for so long, in several steps; each use begins anew. */

export interface IdleStep {
  /** In milliseconds without a use. */
  readonly afterMs: number;
  readonly tell: () => void;
}

export class IdleWatch {
  readonly #steps: readonly IdleStep[];
  #timers: NodeJS.Timeout[] = [];

  constructor(steps: readonly IdleStep[]) {
    this.#steps = steps;
  }

  /** It is used now: the steps are counted from here. */
  restart(): void {
    this.stop();
    this.#timers = this.#steps.map(({ afterMs, tell }) => {
      const timer = setTimeout(tell, afterMs);
      timer.unref(); // it keeps no process alive
      return timer;
    });
  }

  /** It is in use, or gone: nothing is told until it is used again. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}
