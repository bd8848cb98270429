/** Gathers what has changed, so that a view is told a few times a second and not of every change by itself. */

/** Soon enough to look like at once. */
const gatherMs = 80;

export class ChangeGatherer {
  readonly #tell: (changed: readonly number[]) => void;
  readonly #changed = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param tell given the numbers of what has changed since it was last told */
  constructor(tell: (changed: readonly number[]) => void) {
    this.#tell = tell;
  }

  add(index: number): void {
    this.#changed.add(index);
    this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  /** Tells at once, also when nothing has changed. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#tell(changed);
  }
}
