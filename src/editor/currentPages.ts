/** Which rows of an answer are shown: its own, or the same sorted and filtered. */
import type { Answer } from '../answers.ts';
import { arrangeRows } from '../database/arrangeRows.ts';
import type { ResultPages } from '../database/resultPages.ts';
import { isPlain, type Arrangement } from '../shared/arrangement.ts';
import { cancelled, throwIfAborted } from '../shared/errors.ts';
import type { Arranged } from '../shared/resultsProtocol.ts';

interface Over {
  readonly pages: ResultPages;
  readonly arranged: Arranged;
}

/** Owns the pages that it opens; those of the answer stay open under them, and are shown again without a second run. */
export class CurrentPages {
  readonly #answer: Answer;
  readonly #warn: (error: unknown) => void;
  #over: Over | undefined;
  #newest: AbortSignal | undefined;

  /** @param warn told when pages that are shown no more cannot be closed */
  constructor(answer: Answer, warn: (error: unknown) => void) {
    this.#answer = answer;
    this.#warn = warn;
  }

  get pages(): ResultPages {
    return this.#over?.pages ?? this.#answer.rows;
  }

  /** How they are sorted and filtered; undefined when they are as the statement gives them. */
  get arranged(): Arranged | undefined {
    return this.#over?.arranged;
  }

  /**
   * Puts other pages in place of those that are shown, and closes these unless they are the answer's own.
   * @throws KhipuError as `arrangeRows` does; then nothing has changed
   */
  async arrange(arrangement: Arrangement, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.#newest = signal;
    if (isPlain(arrangement)) {
      this.#put(undefined);
      return;
    }
    const { rows, statement, runAround } = this.#answer;
    const { pages, by } = await arrangeRows(rows, statement, arrangement, runAround, signal);
    if (signal.aborted || this.#newest !== signal) {
      await pages.close();
      throw cancelled();
    }
    this.#put({ pages, arranged: { arrangement, by } });
  }

  /** Closes what was opened here. */
  async close(): Promise<void> {
    await this.#over?.pages.close();
  }

  #put(over: Over | undefined): void {
    const previous = this.#over;
    this.#over = over;
    previous?.pages.close().catch(this.#warn);
  }
}
