/** What is asked of the host about rows: copies, cells whole, more rows. Each shows that it is under way, and can be cancelled. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { CopyFormat } from '../src/shared/resultsProtocol.ts';
import { errorWords } from './errorWords.ts';
import type { CellCommands } from './gridCells.ts';
import type { Host } from './host.ts';
import { CellInspector } from './inspector/cellInspector.ts';
import { rowCountWords } from './numbers.ts';
import type { StatusLine } from './statusLine.ts';
import type { Announce } from './view.ts';

/** What takes less is over before it is read. */
const busyAfterMs = 250;

export class RowCommands implements CellCommands {
  readonly #resultId: string;
  readonly #host: Host;
  readonly #status: StatusLine;
  readonly #announce: Announce;
  readonly inspector: CellInspector;
  #running: AbortController | undefined;

  constructor(resultId: string, host: Host, status: StatusLine, announce: Announce) {
    this.#resultId = resultId;
    this.#host = host;
    this.#status = status;
    this.#announce = announce;
    this.inspector = new CellInspector({
      read: (row, column, signal) => host.inspect(resultId, row, column, signal),
      copy: (what, text) => this.copyText(what, text),
      open: (row, column) => this.open(row, column, false),
    });
  }

  copy(selection: CellSelection, format: CopyFormat, header: boolean): void {
    const order = { resultId: this.#resultId, selection, format, header };
    void this.run('Copying…', async (signal) => {
      const { cells, tooLarge } = await this.#host.copy(order, signal);
      if (!tooLarge) {
        this.#announce(cells === 1 ? 'Copied 1 cell.' : `Copied ${cells.toLocaleString()} cells.`);
        return;
      }
      const words = 'Not copied: more than 5 MB is too much for the clipboard. Select fewer cells, or';
      this.#status.setFault(words, 'Export the Result…', () => this.#host.act('export'));
    });
  }

  open(row: number, column: number, unchanged: boolean): void {
    const order = { resultId: this.#resultId, row, column, unchanged };
    void this.run('Opening the cell…', async (signal) => {
      const opened = await this.#host.openCell(order, signal);
      this.#announce(opened ? 'The cell is open in an editor.' : 'The cell is NULL.');
    });
  }

  /** Copies a text that the page has. @param what it is, in a word or two */
  copyText(what: string, text: string): void {
    void this.run('Copying…', async (signal) => {
      await this.#host.copyText(this.#resultId, text, signal);
      this.#announce(`Copied: ${what}.`);
    });
  }

  refuse(words: string): void {
    this.#status.setFault(words);
  }

  exportAll(): void {
    this.#host.act('export');
  }

  /** Loads another cap's worth of rows. */
  more(): void {
    void this.run('Loading more rows…', async (signal) => {
      const total = await this.#host.more(this.#resultId, signal);
      this.#announce(`${rowCountWords(total)}.`);
    });
  }

  dispose(): void {
    this.inspector.dispose();
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Does what the host is asked for: shown and cancellable when it takes long, and told when it fails. */
  async run(words: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#status.setFault(undefined);
    const shown = window.setTimeout(() => {
      this.#status.setBusy(words, () => running.abort());
      this.#announce(words);
    }, busyAfterMs);
    try {
      await work(running.signal);
    } catch (error) {
      if (running.signal.aborted) this.#announce('Cancelled.');
      else this.#status.setFault(errorWords(error));
    } finally {
      window.clearTimeout(shown);
      if (this.#running === running) {
        this.#running = undefined;
        this.#status.setBusy(undefined);
      }
    }
  }
}
