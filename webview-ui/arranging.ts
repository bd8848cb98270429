/** Sorting and filtering of the rows that are shown: what is wanted, what is shown, and the way from one to the other. */
import type { Arrangement } from '../src/shared/arrangement.ts';
import type { Arranged, ArrangedRows } from '../src/shared/resultsProtocol.ts';
import { ArrangementBar } from './arrangementBar.ts';
import { plain } from './arrangementSteps.ts';
import { spokenWords, type ColumnNames } from './arrangementWords.ts';
import type { Host } from './host.ts';
import { rowCountWords } from './numbers.ts';
import type { RowCommands } from './rowCommands.ts';
import type { Announce } from './view.ts';

export interface ArrangingParts {
  readonly resultId: string;
  readonly columns: ColumnNames;
  readonly host: Pick<Host, 'arrange'>;
  readonly commands: Pick<RowCommands, 'run'>;
  readonly announce: Announce;
  /** Shows the rows in their new order. */
  readonly onRows: (rows: ArrangedRows) => void;
}

export class Arranging {
  readonly bar: ArrangementBar;
  readonly #parts: ArrangingParts;
  #shown: Arrangement;
  /** What clicks go on from: the rows in this order may still be under way. */
  #wanted: Arrangement;
  readonly #listeners: ((wanted: Arrangement) => void)[] = [];

  constructor(parts: ArrangingParts, arranged: Arranged | undefined, ms: number) {
    this.#parts = parts;
    this.#shown = arranged?.arrangement ?? plain;
    this.#wanted = this.#shown;
    this.bar = new ArrangementBar(parts.columns, (arrangement) => this.to(arrangement));
    this.bar.show(arranged, ms);
  }

  get wanted(): Arrangement {
    return this.#wanted;
  }

  /** Told of what is wanted, now and whenever that changes. */
  onWanted(listener: (wanted: Arrangement) => void): void {
    this.#listeners.push(listener);
    listener(this.#wanted);
  }

  /** Has the rows sorted and filtered; when that fails or is cancelled, they stay as they are. */
  to(arrangement: Arrangement): void {
    this.#want(arrangement);
    void this.#parts.commands.run('Sorting and filtering…', (signal) => this.#arrange(arrangement, signal));
  }

  async #arrange(arrangement: Arrangement, signal: AbortSignal): Promise<void> {
    const { host, resultId, onRows, announce, columns } = this.#parts;
    try {
      const rows = await host.arrange(resultId, arrangement, signal);
      if (signal.aborted) return;
      this.#shown = arrangement;
      this.bar.show(rows.arranged, rows.ms);
      onRows(rows);
      announce(`${spokenWords(arrangement, columns)} ${rowCountWords(rows.total)}.`);
    } finally {
      // A newer wish has its own end.
      if (this.#wanted === arrangement && this.#shown !== arrangement) this.#want(this.#shown);
    }
  }

  #want(arrangement: Arrangement): void {
    this.#wanted = arrangement;
    for (const listener of this.#listeners) listener(arrangement);
  }
}
