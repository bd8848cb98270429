/** Run as Write: from the statement before the user's eyes, by a question, to changes that wait for a commit. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Connected } from '../database/connections.ts';
import type { ParameterValue, ParameterValues } from '../database/parameters.ts';
import type { SqlParser } from '../database/parse.ts';
import { lookOf } from '../database/profileLook.ts';
import { transactionRefusal } from '../database/userTransaction.ts';
import type { WriteSql } from '../database/writeDoor.ts';
import type { Changes, StatementEffect } from '../shared/changesProtocol.ts';
import { cancelled, KhipuError, toKhipuError, withHint } from '../shared/errors.ts';
import type { Problem } from '../shared/resultsProtocol.ts';
import { inSource } from '../query/userStatement.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { ParameterisedText } from './parameterInput.ts';
import { logProblem, signalOf } from './report.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import { readRunOptions } from './runOptions.ts';
import { readSeen, seenStatements, type SeenStatements } from './seenStatements.ts';
import type { OpenTransaction, Transactions } from './transactions.ts';
import { writeQuestion } from './writeQuestion.ts';

export interface RunAsWriteParts {
  readonly transactions: Transactions;
  readonly active: ActiveConnection;
  readonly parser: () => Promise<SqlParser>;
  /** Asks for the values of parameters; undefined when the user leaves. */
  readonly parametersFor: (text: ParameterisedText) => Promise<ParameterValues | undefined>;
  /** The results view, given to this work: what was shown in it ends, and its Cancel stops this. */
  readonly takeView: (running: AbortController) => ResultsPanel;
  readonly log: vscode.LogOutputChannel;
}

/** What the command returns, for keybindings and other extensions that call it. */
export interface WriteOutcome {
  readonly connectionId: string;
  /** Whether the changes wait for a commit of their own, stand in the user's transaction, or came to nothing. */
  readonly outcome: 'pending' | 'in-transaction' | 'failed';
  readonly statements: readonly StatementEffect[];
  readonly error: string | undefined;
  readonly position: number | undefined;
}

/**
 * The command, for the statement at `offset` of a file, or the selection or cursor of the editor in front.
 * @param options values of parameters that need not be asked for
 * @returns undefined when the user would not have it run
 * @throws KhipuError `write-refused` when it may not be run here, `invalid-input` when there is nothing to run
 */
export async function runAsWrite(
  parts: RunAsWriteParts,
  uri: unknown,
  offset: unknown,
  options?: unknown,
): Promise<WriteOutcome | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new KhipuError('write-refused', 'This workspace is not trusted, so nothing is written from it.', {
      hint: 'Trust it with "Workspaces: Manage Workspace Trust".',
    });
  }
  const seen = await seenStatements(uri, offset);
  const connectionId = await parts.active.idOrAsk(seen.editor.document.uri);
  if (connectionId === undefined) return undefined;
  const connect = (signal: AbortSignal): Promise<Connected> =>
    parts.transactions.connect(connectionId, signal);
  const connected = parts.transactions.isConnected(connectionId)
    ? await connect(new AbortController().signal)
    : await withinProgress('Connecting', connect);
  const refusal = transactionRefusal(connected.profile, 'write');
  if (refusal !== undefined) throw refusal;
  return new WriteRun(parts, connected, seen, readRunOptions(options).parameters).run();
}

function withinProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Run as Write: ${title}`, cancellable: true },
    (_, token) => work(signalOf(token)),
  );
}

/** One call of the command. */
class WriteRun {
  readonly #parts: RunAsWriteParts;
  readonly #connected: Connected;
  readonly #seen: SeenStatements;
  readonly #given: ParameterValues | undefined;
  readonly #running = new AbortController();

  constructor(
    parts: RunAsWriteParts,
    connected: Connected,
    seen: SeenStatements,
    given: ParameterValues | undefined,
  ) {
    this.#parts = parts;
    this.#connected = connected;
    this.#seen = seen;
    this.#given = given;
  }

  async run(): Promise<WriteOutcome | undefined> {
    const { transactions, parser } = this.#parts;
    const { id } = this.#connected.profile;
    const isPending = (open: OpenTransaction): boolean => open.kind === 'pending';
    if (!(await transactions.mayEnd('something else is run', isPending))) return undefined;
    const open = transactions.of(id);
    if (open !== undefined && open.transaction.mode === 'read') {
      throw new KhipuError(
        'write-refused',
        `The transaction that is open on ${open.connection} only reads.`,
        {
          hint: 'End it first: Khipu: Roll Back.',
        },
      );
    }
    let unbound: readonly WriteSql[];
    try {
      unbound = readSeen(await parser(), this.#seen);
    } catch (error) {
      return this.#fail(this.#parts.takeView(this.#running), error, undefined);
    }
    const statements = await this.#bound(unbound);
    if (statements === undefined) return undefined;
    // In a transaction of their own making the user has said that they write, and says by its end whether they meant it.
    if (open === undefined && !(await this.#asks(statements))) return undefined;
    return withinProgress(this.#connected.profile.name, (signal) =>
      this.#runAll(statements, open, AbortSignal.any([signal, this.#running.signal])),
    );
  }

  /** The statements with values for their parameters; a name that stands in several is asked for once. */
  async #bound(statements: readonly WriteSql[]): Promise<readonly WriteSql[] | undefined> {
    const source = this.#seen.editor.document.uri.toString();
    const bound: WriteSql[] = [];
    let given = this.#given;
    for (const statement of statements) {
      const { names, seenText: text } = statement;
      const values = await this.#parts.parametersFor({ names, text, source, given });
      if (values === undefined) return undefined;
      bound.push(statement.bind(names.map((name) => valueOf(values, name))));
      const shared = Object.entries(values).filter(([name]) => name.startsWith(':'));
      given = { ...given, ...Object.fromEntries(shared) };
    }
    return bound;
  }

  /** Shows the SQL and what is bound to it, and asks. */
  async #asks(statements: readonly WriteSql[]): Promise<boolean> {
    const { profile } = this.#connected;
    const bound = statements.flatMap(({ names, values }) =>
      names.map((name, index) => ({ name, value: values[index] ?? null })),
    );
    const question = writeQuestion(profile.name, lookOf(profile), this.#seen.texts, bound);
    const { message, detail, isShortened } = question;
    const [run, showAll] = ['Run', 'Show All of It'];
    const buttons = isShortened ? [run, showAll] : [run];
    const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
    if (chosen === showAll) await this.#showAll();
    return chosen === run;
  }

  async #showAll(): Promise<void> {
    const { document } = this.#seen.editor;
    await vscode.window.showTextDocument(document, { selection: this.#seen.range });
  }

  async #runAll(
    statements: readonly WriteSql[],
    open: OpenTransaction | undefined,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const panel = this.#parts.takeView(this.#running);
    const { transactions } = this.#parts;
    const effects: StatementEffect[] = [];
    let own: OpenTransaction | undefined;
    try {
      panel.show({ status: 'working', step: 'Beginning a transaction' });
      if (open === undefined) own = await transactions.begin(this.#connected, 'pending', 'write', signal);
      const within = open ?? own;
      if (within === undefined) throw cancelled();
      for (const [index, statement] of statements.entries()) {
        const place = statements.length === 1 ? '' : ` ${index + 1} of ${statements.length}`;
        panel.show({ status: 'working', step: `Running the statement${place}`, sql: statement.seenText });
        const effect = await transactions
          .use(within, () => within.transaction.write(statement, signal))
          .catch((thrown: unknown) => {
            throw inSource(toKhipuError(thrown), this.#seen.texts[index] ?? '', statement);
          });
        effects.push(effect);
        if (!dataCommands.has(effect.command)) transactions.noteSchemaChange(within);
      }
      if (signal.aborted) throw cancelled();
      this.#show(panel, within, effects);
      return { ...this.#outcome(own === undefined ? 'in-transaction' : 'pending'), statements: effects };
    } catch (error) {
      if (own !== undefined) await transactions.rollBack(own.connectionId);
      return this.#fail(panel, error, open, effects);
    }
  }

  #show(panel: ResultsPanel, open: OpenTransaction, effects: readonly StatementEffect[]): void {
    const { profile } = this.#connected;
    const isOwn = open.kind === 'pending';
    const changes: Changes = {
      changesId: randomUUID(),
      connectionId: profile.id,
      connection: profile.name,
      connectionLook: lookOf(profile),
      inTransaction: !isOwn,
      statements: [...effects],
      outcome: 'pending',
    };
    const { transactions } = this.#parts;
    const subscription = transactions.onDidEnd(({ open: ended, how, error }) => {
      if (ended !== open) return;
      subscription.dispose();
      const note = error === undefined ? undefined : [error.message, error.detail.hint].join(' ').trim();
      panel.updateOutcome({ changesId: changes.changesId, outcome: how, note });
    });
    // Changes that nobody can see any more are not kept: to close the view rolls them back.
    const close = (): Promise<void> =>
      isOwn && transactions.of(profile.id) === open ? transactions.rollBack(profile.id) : Promise.resolve();
    const none = (): Promise<never> =>
      Promise.reject(new KhipuError('invalid-input', 'A sample has no pages.'));
    const cells = { figures: none, inspect: none, copyText: none };
    const nothing = { rows: none, more: none, copy: none, openCell: none, arrange: none, cells };
    panel.setRowSource({ resultId: changes.changesId, ...nothing, close });
    panel.show({ status: 'changes', ...changes });
  }

  #fail(
    panel: ResultsPanel,
    thrown: unknown,
    open: OpenTransaction | undefined,
    before: readonly StatementEffect[] = [],
  ): WriteOutcome {
    const error = toKhipuError(thrown);
    const problem = problemOfWrite(logProblem(withWhatIsLeft(error, open, before.length), this.#parts.log));
    panel.show({ status: 'failed', problem });
    return {
      ...this.#outcome('failed'),
      statements: before,
      error: problem.what,
      position: problem.position,
    };
  }

  #outcome(outcome: WriteOutcome['outcome']): WriteOutcome {
    const connectionId = this.#connected.profile.id;
    return { connectionId, outcome, statements: [], error: undefined, position: undefined };
  }
}

function valueOf(values: ParameterValues, name: string): ParameterValue {
  const value = values[name];
  if (value === undefined) throw new KhipuError('invalid-input', `There is no value for ${name}.`);
  return value;
}

/** Commands that leave the schema as it is. */
const dataCommands = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'SELECT',
  'EXPLAIN',
  'SET',
  'LOCK TABLE',
  'ANALYZE',
]);

/** What of the work still stands, in the error's own hint. */
function withWhatIsLeft(error: KhipuError, open: OpenTransaction | undefined, before: number): KhipuError {
  if (error.kind === 'write-refused' || error.kind === 'sql-syntax' || error.kind === 'connection-lost')
    return error;
  if (open === undefined) return withHint(error, 'Everything was rolled back: nothing was changed.');
  if (before === 0) return error;
  const others = before === 1 ? 'The one before it stands' : `The ${before} before it stand`;
  return withHint(error, `${others} in the transaction.`);
}

/** Its actions are those that are about a statement: there is no question to ask again. */
function problemOfWrite(problem: Problem): Problem {
  const kept = new Set(['edit-connection', 'show-log', 'open-settings']);
  const next = problem.next.replace('Nothing was changed.', '').trim();
  return { ...problem, next, actions: problem.actions.filter(({ id }) => kept.has(id)) };
}
