/** Runs the statements of a script one after the other, and keeps what became of each; nothing of VS Code. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Answer } from '../answers.ts';
import type { ScriptItem } from '../database/scriptItems.ts';
import { toKhipuError, type ErrorKind, type KhipuError } from '../shared/errors.ts';
import type { RowTotal } from '../shared/resultsProtocol.ts';
import type { ScriptOutcome } from '../shared/scriptProtocol.ts';
import { ScriptResults, type Kept } from './scriptResults.ts';

export type OnScriptError = 'stop' | 'continue';

export interface ScriptRunParts {
  readonly run: (item: ScriptItem, signal: AbortSignal) => Promise<Answer>;
  readonly onError: OnScriptError;
  /** Told whenever something has become of a statement. */
  readonly onChange: (index: number) => void;
  /** Told of every failure that is no cancellation. */
  readonly onFailure: (error: KhipuError) => void;
}

/** After one of these the next statement would fail in the same way. */
const hopeless: ReadonlySet<ErrorKind> = new Set([
  'unknown-host',
  'connection-refused',
  'authentication-failed',
  'tls-refused',
  'database-missing',
  'too-many-connections',
]);

const commandReason = 'This is a command of psql, which is skipped: only SQL is run.';

export class ScriptRun {
  readonly id = randomUUID();
  readonly items: readonly ScriptItem[];
  readonly #parts: ScriptRunParts;
  readonly #results = new ScriptResults();
  readonly #outcomes: ScriptOutcome[];
  readonly #failures = new Map<number, KhipuError>();
  readonly #ended = new AbortController();
  #running = false;
  #shown: number | undefined;

  constructor(items: readonly ScriptItem[], parts: ScriptRunParts) {
    this.items = items;
    this.#parts = parts;
    this.#outcomes = items.map(({ kind }) =>
      kind === 'command' ? { status: 'skipped', why: commandReason } : { status: 'waiting' },
    );
  }

  get running(): boolean {
    return this.#running;
  }

  outcome(index: number): ScriptOutcome {
    return this.#outcomes[index] ?? { status: 'waiting' };
  }

  failure(index: number): KhipuError | undefined {
    return this.#failures.get(index);
  }

  /** How many statements have come to an end, of how many. */
  get progress(): { readonly done: number; readonly of: number } {
    const counted = this.#outcomes.filter(({ status }) => status !== 'skipped');
    const done = counted.filter(({ status }) => status !== 'waiting' && status !== 'running').length;
    return { done, of: counted.length };
  }

  /** Runs all. Never throws: what went wrong stands with its statement. */
  async start(signal: AbortSignal): Promise<void> {
    const both = AbortSignal.any([signal, this.#ended.signal]);
    this.#running = true;
    let why: string | undefined;
    for (const index of this.items.keys()) {
      if (this.outcome(index).status !== 'waiting') continue;
      if (both.aborted) why ??= 'The script was cancelled before.';
      if (why === undefined) why = this.#whyNoFurther(await this.#run(index, both));
      else this.#set(index, { status: 'not-run', why });
      await setImmediate(); // statements that the guard refuses would hold the event loop
    }
    this.#running = false;
  }

  /**
   * What is kept of a statement's rows, which are shown from now on.
   * @returns undefined when it has none
   */
  show(index: number): Kept | undefined {
    this.#shown = index;
    return this.#results.use(index);
  }

  /** Whether the rows of a statement are those that were asked for last. */
  isShown(index: number): boolean {
    return this.#shown === index;
  }

  /** The rows of a statement were counted. */
  counted(index: number, { rows, complete }: RowTotal): void {
    const outcome = this.outcome(index);
    if (outcome.status === 'rows') this.#set(index, { ...outcome, rows, complete });
  }

  /** The cursor of a statement, if there is one, is closed; its first rows are kept. */
  async release(index: number): Promise<void> {
    await this.#results.release(index);
  }

  /** Runs one statement again, by itself; when that is cancelled, what it gave before stays. Never throws. */
  async again(index: number, signal: AbortSignal): Promise<void> {
    const before = this.outcome(index);
    const error = await this.#run(index, AbortSignal.any([signal, this.#ended.signal]));
    if (error?.kind === 'cancelled') this.#set(index, before);
  }

  /** Stops what runs, and frees everything; twice is fine. */
  async dispose(): Promise<void> {
    this.#ended.abort();
    await this.#results.dispose();
  }

  async #run(index: number, signal: AbortSignal): Promise<KhipuError | undefined> {
    const item = this.items[index];
    if (item === undefined) return undefined;
    const started = performance.now();
    this.#set(index, { status: 'running' });
    try {
      const answer = await this.#parts.run(item, signal);
      await this.#results.keep(index, answer, this.#shown);
      this.#failures.delete(index);
      const { total, ms, messages } = answer.rows;
      const said = messages === undefined ? 0 : messages.items.length + messages.more;
      this.#set(index, { status: 'rows', rows: total.rows, complete: total.complete, ms, messages: said });
      return undefined;
    } catch (thrown) {
      return this.#failed(index, toKhipuError(thrown), performance.now() - started);
    }
  }

  #failed(index: number, error: KhipuError, ms: number): KhipuError {
    if (error.kind === 'cancelled') this.#set(index, { status: 'cancelled' });
    else {
      this.#failures.set(index, error);
      this.#set(index, { status: 'failed', what: error.message, ms });
      this.#parts.onFailure(error);
    }
    return error;
  }

  #whyNoFurther(error: KhipuError | undefined): string | undefined {
    if (error === undefined) return undefined;
    if (error.kind === 'cancelled') return 'The script was cancelled before.';
    if (hopeless.has(error.kind)) return 'The database could not be reached.';
    return this.#parts.onError === 'stop' ? 'An earlier statement failed.' : undefined;
  }

  #set(index: number, outcome: ScriptOutcome): void {
    this.#outcomes[index] = outcome;
    this.#parts.onChange(index);
  }
}
