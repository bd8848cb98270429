/** The transactions that are open now, at most one for each connection: begun here, ended here, and never forgotten. */
import * as vscode from 'vscode';
import type { Connected } from '../database/connections.ts';
import type { TransactionEnding, TransactionMode, UserTransaction } from '../database/userTransaction.ts';
import { KhipuError, toKhipuError, withHint } from '../shared/errors.ts';
import type { ConnectionList } from './connectionList.ts';
import { IdleWatch } from './idleWatch.ts';
import type { LazyConnections } from './lazyParts.ts';
import { reportProblem } from './report.ts';
import { transactionWords, type TransactionFacts } from './transactionLook.ts';

/** After so long an open transaction is shown as a warning, and after so long the user is asked; in milliseconds. */
const idleMs = 60_000;
const longIdleMs = 5 * 60_000;
/** After so long without a statement the server rolls back, in milliseconds. */
const idleLimitMs = { pending: 10 * 60_000, user: 30 * 60_000 };

const putBackWords = 'The statement was put back, and the transaction is still open.';

export interface OpenTransaction {
  readonly connectionId: string;
  readonly connection: string;
  readonly kind: TransactionFacts['kind'];
  readonly transaction: UserTransaction;
}

interface Entry extends OpenTransaction {
  readonly watch: IdleWatch;
  failed: boolean;
  idle: boolean;
  changesSchema: boolean;
  /** Somebody has asked for its end, and is told of it. */
  ending: boolean;
}

/** That a transaction has ended, and how. */
export interface TransactionEnd extends TransactionEnding {
  readonly open: OpenTransaction;
}

export class Transactions implements vscode.Disposable {
  readonly #connections: LazyConnections;
  readonly #list: ConnectionList;
  readonly #log: vscode.LogOutputChannel;
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #ended = new vscode.EventEmitter<TransactionEnd>();
  readonly onDidChange = this.#changed.event;
  readonly onDidEnd = this.#ended.event;

  constructor(connections: LazyConnections, list: ConnectionList, log: vscode.LogOutputChannel) {
    this.#connections = connections;
    this.#list = list;
    this.#log = log;
  }

  /** The transaction that is open on a connection. */
  of(connectionId: string): OpenTransaction | undefined {
    return this.#entries.get(connectionId);
  }

  all(): readonly OpenTransaction[] {
    return [...this.#entries.values()];
  }

  factsOf({ connectionId, connection, kind, transaction }: OpenTransaction): TransactionFacts {
    const { failed = false, idle = false } = this.#entries.get(connectionId) ?? {};
    const { mode, statements } = transaction;
    return { connection, kind, mode, statements, failed, idle };
  }

  /** Whether to connect takes no time. */
  isConnected(connectionId: string): boolean {
    return this.#connections.current(connectionId) !== undefined;
  }

  /**
   * Connects as the settings say now: what a connection may do can have been changed since it was made.
   * @throws KhipuError of the connection
   */
  async connect(connectionId: string, signal: AbortSignal): Promise<Connected> {
    const connected = await this.#connections.connect(connectionId, signal);
    const look = this.#list.entries().find(({ id }) => id === connectionId)?.look;
    if (look === undefined || look.writable === (connected.profile.access === 'write')) return connected;
    await this.#connections.disconnect(connectionId);
    return this.#connections.connect(connectionId, signal);
  }

  /**
   * Begins one on a connection that has none.
   * @throws KhipuError `write-refused`, `invalid-input` when one is open; those of the connection
   */
  async begin(
    { profile, database }: Connected,
    kind: OpenTransaction['kind'],
    mode: TransactionMode,
    signal: AbortSignal,
  ): Promise<OpenTransaction> {
    const { id, name } = profile;
    this.#refuseSecond(id);
    const { beginTransaction } = await import('./firstUse.ts');
    const onEnd = (ending: TransactionEnding): void => this.#onEnd(id, ending);
    const options = { mode, idleLimitMs: idleLimitMs[kind], onEnd };
    const transaction = await beginTransaction(database, options, signal);
    try {
      this.#refuseSecond(id);
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
    const watch = new IdleWatch([
      { afterMs: idleMs, tell: () => this.#onIdle(id) },
      { afterMs: longIdleMs, tell: () => void this.#askAboutIdle(id) },
    ]);
    const state = { failed: false, idle: false, changesSchema: false, ending: false };
    const entry: Entry = { connectionId: id, connection: name, kind, transaction, watch, ...state };
    this.#entries.set(id, entry);
    watch.restart();
    this.#changed.fire();
    return entry;
  }

  #refuseSecond(connectionId: string): void {
    const open = this.of(connectionId);
    if (open === undefined) return;
    const hint = 'Commit it or roll it back first.';
    throw new KhipuError('invalid-input', `${transactionWords(this.factsOf(open))}.`, { hint });
  }

  /** Does a statement in an open transaction: what becomes of it is shown, and the idle time begins anew. */
  async use<T>({ connectionId }: OpenTransaction, work: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(connectionId);
    entry?.watch.stop();
    if (entry !== undefined) entry.idle = false;
    try {
      const result = await work();
      if (entry !== undefined) entry.failed = false;
      return result;
    } catch (thrown) {
      const error = toKhipuError(thrown);
      // What the guard or the parser refuses never reached the transaction.
      if (entry === undefined || error.detail.sqlState === undefined || !entry.transaction.isOpen)
        throw error;
      entry.failed = true;
      throw entry.kind === 'user' ? withHint(error, putBackWords) : error;
    } finally {
      if (entry?.transaction.isOpen === true) entry.watch.restart();
      this.#changed.fire();
    }
  }

  /** Has the schema read again when this transaction is committed. */
  noteSchemaChange({ connectionId }: OpenTransaction): void {
    const entry = this.#entries.get(connectionId);
    if (entry !== undefined) entry.changesSchema = true;
  }

  /** @throws KhipuError of a deferred constraint, or `outcome-unknown` */
  async commit(connectionId: string): Promise<void> {
    const entry = this.#entryToEnd(connectionId);
    if (entry === undefined) return;
    await entry.transaction.commit();
    if (entry.changesSchema) this.#readSchemaAgain(connectionId);
  }

  async rollBack(connectionId: string): Promise<void> {
    await this.#entryToEnd(connectionId)?.transaction.rollBack();
  }

  #entryToEnd(connectionId: string): Entry | undefined {
    const entry = this.#entries.get(connectionId);
    if (entry !== undefined) entry.ending = true;
    return entry;
  }

  #readSchemaAgain(connectionId: string): void {
    this.#connections.refresh(connectionId, AbortSignal.timeout(60_000)).catch((error: unknown) => {
      this.#log.warn(`Reading the schema after a commit: ${toKhipuError(error).message}`);
    });
  }

  /**
   * Asks what is to become of open transactions before something ends them.
   * @param which by default every one; `pending` changes end when something else takes the results view
   * @param then what is about to be done, for the question: `disconnecting`
   * @returns whether it may go on
   */
  async mayEnd(then: string, which: (open: OpenTransaction) => boolean): Promise<boolean> {
    for (const open of this.all().filter(which)) {
      const [commit, rollBack] = ['Commit', 'Roll Back'];
      const chosen = await vscode.window.showWarningMessage(
        `${transactionWords(this.factsOf(open))}.`,
        { modal: true, detail: `What is to become of it before ${then}?` },
        ...(open.transaction.mode === 'read' ? [rollBack] : [commit, rollBack]),
      );
      if (chosen === undefined) return false;
      if (chosen === commit) await this.commit(open.connectionId);
      else await this.rollBack(open.connectionId);
    }
    return true;
  }

  #onIdle(connectionId: string): void {
    const entry = this.#entries.get(connectionId);
    if (entry === undefined) return;
    entry.idle = true;
    this.#changed.fire();
  }

  async #askAboutIdle(connectionId: string): Promise<void> {
    const entry = this.#entries.get(connectionId);
    if (entry === undefined) return;
    const [commit, rollBack] = ['Commit', 'Roll Back'];
    const chosen = await vscode.window.showWarningMessage(
      `${transactionWords(this.factsOf(entry))}, and nothing was done in it for 5 minutes. It may hold locks that others wait for.`,
      ...(entry.transaction.mode === 'read' ? [rollBack] : [commit, rollBack]),
    );
    if (chosen === undefined || this.#entries.get(connectionId) !== entry) return;
    const end = chosen === commit ? this.commit(connectionId) : this.rollBack(connectionId);
    await end.catch((error: unknown) => reportProblem(error, this.#log));
  }

  #onEnd(connectionId: string, ending: TransactionEnding): void {
    const open = this.#entries.get(connectionId);
    if (open === undefined) return;
    this.#entries.delete(connectionId);
    open.watch.stop();
    this.#ended.fire({ ...ending, open });
    this.#changed.fire();
    // Who asked for the end is told by it; an end that nobody asked for must not pass unseen.
    if (!open.ending && ending.error !== undefined) void reportProblem(ending.error, this.#log);
  }

  dispose(): void {
    for (const { watch } of this.#entries.values()) watch.stop();
    this.#changed.dispose();
    this.#ended.dispose();
  }
}
