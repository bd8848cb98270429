/** Keeps what was sent to models in a file that is only added to, by this window and by others. */
import { JsonLines } from '../rag/jsonLines.ts';
import { addTo, usageLine, type ModelTotal, type UsageLine } from './usageTotals.ts';

/** When so many lines of earlier days are there, the file is written anew without them. */
const mostOldLines = 1000;

export class UsageFile {
  readonly #lines: JsonLines<UsageLine>;
  /** By day, then by model and place. */
  readonly #days = new Map<string, Map<string, ModelTotal>>();

  /**
   * @param path absolute; the file and its folder are made with the first line
   * @param today lines of earlier days may be thrown away, as YYYY-MM-DD
   */
  constructor(path: string, today: string, log: (line: string) => void) {
    /** What the first reading found of today. */
    let found: UsageLine[] | undefined = [];
    const reader = {
      name: 'tokens',
      schema: usageLine,
      clear: () => this.#days.clear(),
      add: (line: UsageLine) => {
        this.#count(line);
        if (line.day >= today) found?.push(line);
      },
      kept: (lines: number) => {
        const kept = found;
        found = undefined;
        return kept !== undefined && lines - kept.length > mostOldLines ? kept : undefined;
      },
    };
    this.#lines = new JsonLines(path, reader, log);
  }

  /** What each model was sent on a day, as far as the file was read. */
  totals(day: string): readonly ModelTotal[] {
    return [...(this.#days.get(day)?.values() ?? [])];
  }

  /** Writes a request down; what cannot be written is logged and counted in memory. */
  write(line: UsageLine): Promise<void> {
    return this.#lines.write([line]);
  }

  /** Reads what other windows have written. */
  async refresh(): Promise<void> {
    await this.#lines.refresh();
  }

  #count(line: UsageLine): void {
    const totals = this.#days.get(line.day) ?? new Map<string, ModelTotal>();
    this.#days.set(line.day, totals);
    const key = `${line.locality} ${line.model}`;
    totals.set(key, addTo(totals.get(key), line));
  }
}
