/** The history of questions in the editor: written down as they are asked, and given to the index where their SQL was accepted. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { totalUsage, type Trace } from '../query/trace.ts';
import type { HistoryEntry, HistoryLine } from '../rag/history.ts';
import type { HistoryFile } from '../rag/historyFile.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';
import { historyIsOn } from './settings.ts';

/** What is known of a question when it has been answered, or has failed. */
export type Asked = Omit<HistoryEntry, 'at' | 'accepted'>;

/** What became of a question. */
export type Fared = Pick<Asked, 'id' | 'outcome' | 'ms' | 'error'>;

/** A question with what became of it. @param name of its connection; undefined when that is gone */
export function askedOf(
  { question, connectionId }: Pick<Asked, 'question' | 'connectionId'>,
  name: string | undefined,
  trace: Trace,
  told: Fared,
  header: Pick<AnswerHeader, 'source' | 'model' | 'connection'> | undefined,
): Asked {
  const { source, connection = name ?? connectionId } = header ?? {};
  const model = header === undefined ? trace.exchanges.at(-1)?.model : header.model;
  // Not by the clock: the user may have thought about a statement's cost meanwhile.
  const ms = Object.values(trace.timings).reduce((sum, each) => sum + each, 0) || told.ms;
  const { sql } = trace;
  return { ...told, connectionId, connection, question, sql, source, model, ms, ...totalUsage(trace) };
}

interface Examples {
  /** The count of changes that they were gathered after. */
  readonly version: number;
  readonly list: Promise<readonly VerifiedQuestion[]>;
}

export class History implements vscode.Disposable {
  readonly #path: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #onAccepted: (connectionId: string) => void;
  readonly #examples = new Map<string, Examples>();
  #file: Promise<HistoryFile> | undefined;
  /** Counts changes of what is accepted. */
  #version = 0;
  readonly #changes = new vscode.EventEmitter<void>();
  /** Something was asked, accepted or deleted, here or in another window as far as that was looked at. */
  readonly onDidChange = this.#changes.event;

  /**
   * @param storage a directory of our own
   * @param onAccepted told when a connection has other examples than before
   */
  constructor(storage: string, log: vscode.LogOutputChannel, onAccepted: (connectionId: string) => void) {
    this.#path = join(storage, 'history.jsonl');
    this.#log = log;
    this.#onAccepted = onAccepted;
  }

  /** All questions, oldest first. */
  async entries(): Promise<ReadonlyMap<string, HistoryEntry>> {
    return (await this.#open()).entries();
  }

  /** Writes a question down, unless the user does not want that. */
  async record(asked: Asked): Promise<void> {
    if (!historyIsOn()) return;
    await this.#write({ add: { ...asked, at: new Date().toISOString() } });
  }

  /** The user went on with the SQL of a question. */
  async accept(id: string): Promise<void> {
    const entry = (await this.entries()).get(id);
    if (entry === undefined || entry.accepted === true) return;
    await this.#write({ accept: id });
    this.#changed(entry.connectionId);
  }

  async remove(...ids: readonly string[]): Promise<void> {
    const entries = await this.entries();
    const accepted = ids.map((id) => entries.get(id)).filter((entry) => entry?.accepted === true);
    await this.#write(...ids.map((remove) => ({ remove })));
    for (const id of new Set(accepted.map((entry) => entry?.connectionId ?? ''))) this.#changed(id);
  }

  async clear(): Promise<void> {
    const connections = new Set([...(await this.entries()).values()].map((entry) => entry.connectionId));
    await this.#write({ clear: true });
    for (const id of connections) this.#changed(id);
  }

  /** Reads what other windows have written. */
  async refresh(): Promise<void> {
    if (!(await (await this.#open()).refresh())) return;
    this.#version++;
    this.#changes.fire();
  }

  /** The file that it is kept in. */
  get path(): string {
    return this.#path;
  }

  async #write(...lines: readonly HistoryLine[]): Promise<void> {
    await (await this.#open()).write(...lines);
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }

  /** What serves as examples for a connection; the same list as long as it is the same. */
  examples(connectionId: string): Promise<readonly VerifiedQuestion[]> {
    const known = this.#examples.get(connectionId);
    if (known?.version === this.#version) return known.list;
    const list = this.#gather(connectionId);
    this.#examples.set(connectionId, { version: this.#version, list });
    return list;
  }

  async #gather(connectionId: string): Promise<readonly VerifiedQuestion[]> {
    const [{ acceptedExamples }, entries] = await Promise.all([import('./firstUse.ts'), this.entries()]);
    return acceptedExamples(entries.values(), connectionId);
  }

  #changed(connectionId: string): void {
    this.#version++;
    this.#onAccepted(connectionId);
  }

  #open(): Promise<HistoryFile> {
    return (this.#file ??= import('./firstUse.ts').then(
      ({ HistoryFile }) => new HistoryFile(this.#path, (line) => this.#log.warn(line)),
    ));
  }
}
