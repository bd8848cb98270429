/** Keeps what was sent to models in a file of JSON lines that is only added to, by this window and by others. */
import { LineFile } from '../rag/lineFile.ts';
import { addTo, usageLine, type ModelTotal, type UsageLine } from './usageTotals.ts';

/** When so many lines of earlier days are there, the file is written anew without them. */
const mostOldLines = 1000;

export class UsageFile {
  readonly #lines: LineFile;
  readonly #log: (line: string) => void;
  /** By day, then by model and place. */
  readonly #days = new Map<string, Map<string, ModelTotal>>();
  /** What reads and what writes goes one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #isRead = false;

  /** @param path absolute; the file and its folder are made with the first line */
  constructor(path: string, log: (line: string) => void) {
    this.#lines = new LineFile(path);
    this.#log = log;
  }

  /** What each model was sent on a day, as far as the file was read. */
  totals(day: string): readonly ModelTotal[] {
    return [...(this.#days.get(day)?.values() ?? [])];
  }

  /** Writes a request down. What cannot be written is logged and counted in memory: no question fails for it. */
  write(line: UsageLine): Promise<void> {
    return this.#next(async () => {
      try {
        await this.#read(line.day);
        await this.#lines.append([JSON.stringify(line)]);
      } catch (error) {
        this.#log(`tokens: not written: ${String(error)}`);
        this.#count(line);
        return;
      }
      await this.#readOn();
    });
  }

  /** Reads what other windows have written. @param today lines of earlier days may be thrown away */
  refresh(today: string): Promise<void> {
    return this.#next(() => this.#read(today));
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #read(today: string): Promise<void> {
    if (this.#isRead) return this.#readOn();
    const kept: string[] = [];
    let old = 0;
    await this.#readOn((text, { day }) => {
      if (day < today) old++;
      else kept.push(text);
    });
    this.#isRead = true;
    if (old <= mostOldLines) return undefined;
    return this.#lines.replace(kept).catch((error: unknown) => {
      this.#log(`tokens: not written anew: ${String(error)}`);
    });
  }

  async #readOn(onLine?: (text: string, line: UsageLine) => void): Promise<void> {
    await this.#lines.readOn(
      () => this.#days.clear(),
      (text) => {
        const line = parsed(text);
        if (line === undefined) return; // torn by a crash
        this.#count(line);
        onLine?.(text, line);
      },
    );
  }

  #count(line: UsageLine): void {
    const totals = this.#days.get(line.day) ?? new Map<string, ModelTotal>();
    this.#days.set(line.day, totals);
    const key = `${line.locality} ${line.model}`;
    totals.set(key, addTo(totals.get(key), line));
  }
}

function parsed(text: string): UsageLine | undefined {
  try {
    return usageLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
