/** What was sent to models today, in all windows: counted as it is sent, and told in the status bar's tooltip. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { SentRequest } from '../models/metered.ts';
import { dayOf } from './historyLook.ts';
import type { UsageFile } from './usageFile.ts';
import { modelTotal, totalWords, usageOf } from './usageTotals.ts';

const stateKey = 'usageToday';
/** What the file came to when it was last read, so that no file is read before a model is asked. */
const kept = z.object({ day: z.string(), totals: z.array(modelTotal) });

export class UsageToday implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #path: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #focus: vscode.Disposable;
  #file: Promise<UsageFile> | undefined;
  #midnight: NodeJS.Timeout | undefined;
  readonly onDidChange = this.#changes.event;

  /** @param storage a directory of our own */
  constructor(state: vscode.Memento, storage: string, log: vscode.LogOutputChannel) {
    this.#state = state;
    this.#path = join(storage, 'tokens.jsonl');
    this.#log = log;
    this.#focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void this.#told(this.#refresh());
    });
  }

  /** Lines for a tooltip; none when nothing was sent. */
  words(): string[] {
    const { data } = kept.safeParse(this.#state.get(stateKey));
    return data?.day === dayOf(new Date()) ? totalWords(data.totals) : [];
  }

  /** Counts a request. */
  add(sent: SentRequest): void {
    void this.#told(this.#add(sent));
  }

  async #add(sent: SentRequest): Promise<void> {
    const line = usageOf(sent, new Date());
    const file = await this.#open();
    await file.write(line);
    await this.#keep(file);
  }

  /** Another window may have asked meanwhile, or another day has begun. */
  async #refresh(): Promise<void> {
    const file = await this.#file;
    if (file === undefined) {
      this.#changes.fire();
      return;
    }
    await file.refresh();
    await this.#keep(file);
  }

  async #keep(file: UsageFile): Promise<void> {
    const now = new Date();
    const day = dayOf(now);
    await this.#state.update(stateKey, { day, totals: file.totals(day) });
    clearTimeout(this.#midnight);
    const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    this.#midnight = setTimeout(() => this.#changes.fire(), tomorrow.getTime() - now.getTime());
    this.#changes.fire();
  }

  async #told(work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#log.warn(`tokens: ${String(error)}`));
  }

  #open(): Promise<UsageFile> {
    return (this.#file ??= import('./firstUse.ts').then(
      ({ UsageFile: made }) => new made(this.#path, dayOf(new Date()), (line) => this.#log.warn(line)),
    ));
  }

  dispose(): void {
    clearTimeout(this.#midnight);
    this.#focus.dispose();
    this.#changes.dispose();
  }
}
