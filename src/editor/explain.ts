/** Explain and Explain Analyze: the plan of a statement in a .sql file, or of the answer that is shown, in the results view. */
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import { explainPlan, type ExplainedPlan } from '../database/plan.ts';
import { statementAt } from '../database/statements.ts';
import { cancelled, KhipuError } from '../shared/errors.ts';
import type { Plan } from '../shared/planProtocol.ts';
import type { AnswerHeader, Problem } from '../shared/resultsProtocol.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { AskSurface } from './ask.ts';
import type { Answered } from './askOutcome.ts';
import type { WrittenStatement } from './askRequest.ts';
import { isSql } from './fileConnections.ts';
import type { LazyConnections } from './lazyParts.ts';
import { logProblem, signalOf } from './report.ts';
import { columnBesideResults } from './resultsPanel.ts';
import type { Transactions } from './transactions.ts';

export interface ExplainParts {
  readonly surface: AskSurface;
  readonly answers: Pick<Answers, 'explain'>;
  readonly connections: Pick<LazyConnections, 'connect'>;
  readonly active: ActiveConnection;
  readonly transactions: Transactions;
  readonly log: vscode.LogOutputChannel;
}

/** What the commands return, for keybindings and other extensions that call them. */
export interface ExplainOutcome {
  readonly plan: Plan | undefined;
  readonly error: string | undefined;
}

/** A statement of the user's whose parameters have their values. */
interface Written extends WrittenStatement {
  readonly connectionId: string;
}

/** The argument of the buttons in the view, whichever editor may be in front. */
const shownArgument = 'shown';

/** Keeps what was explained last: its JSON, and the statement for another go. */
export class Explain {
  readonly #parts: ExplainParts;
  #written: Written | undefined;
  #json: string | undefined;

  constructor(parts: ExplainParts) {
    this.#parts = parts;
  }

  /**
   * The commands.
   * @param analyze whether the statement is run, in the read-only transaction, to see how it does
   * @param argument `shown` for what the view shows; otherwise the editor in front comes first
   * @throws KhipuError `invalid-input` when there is nothing to explain; of the answer that is shown, also those of the database
   */
  async run(analyze: boolean, argument: unknown): Promise<ExplainOutcome | undefined> {
    const { active, surface } = this.#parts;
    const found = argument === shownArgument ? undefined : inEditor();
    if (found === undefined) return this.#shown(analyze);
    const connectionId = await active.idOrAsk(found.file);
    if (connectionId === undefined) return undefined;
    const parameters = await surface.askParameters(found);
    return parameters === undefined
      ? undefined
      : this.#explain({ ...found, parameters, connectionId }, analyze);
  }

  /** Opens the plan that is shown as the server wrote it. @throws KhipuError `invalid-input` without one */
  async openJson(): Promise<void> {
    if (this.#json === undefined) {
      throw new KhipuError('invalid-input', 'There is no plan to open.', {
        hint: 'Run Khipu: Explain on a statement first.',
      });
    }
    const document = await vscode.workspace.openTextDocument({ language: 'json', content: this.#json });
    await vscode.window.showTextDocument(document, columnBesideResults());
  }

  async #shown(analyze: boolean): Promise<ExplainOutcome> {
    const { answered } = this.#parts.surface;
    if (answered !== undefined) return this.#explainAnswer(answered, analyze);
    if (this.#written !== undefined) return this.#explain(this.#written, analyze);
    throw new KhipuError('invalid-input', 'There is nothing to explain.', {
      hint: 'Put the cursor into a statement of a .sql file, or ask a question first.',
    });
  }

  /** The rows stay open under the plan. */
  #explainAnswer(answered: Answered, analyze: boolean): Thenable<ExplainOutcome> {
    const { surface, connections, transactions } = this.#parts;
    const { connectionId, statement, id } = answered;
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: titleOf(analyze), cancellable: true },
      async (_progress, token) => {
        const signal = signalOf(token);
        const { database } = await connections.connect(connectionId, signal);
        const explained = await explainPlan(database, statement, { analyze }, signal);
        if (surface.answered !== answered) throw cancelled();
        const header = withNotice(answered.header, transactions.of(connectionId) !== undefined);
        surface.panel.show({ status: 'plan', header, plan: explained.plan, covers: id });
        return this.#keep(explained);
      },
    );
  }

  async #explain(written: Written, analyze: boolean): Promise<ExplainOutcome> {
    const { surface, transactions } = this.#parts;
    // Changes that wait for a commit are shown where the plan will be.
    if (!(await transactions.mayEnd('something else is run', ({ kind }) => kind === 'pending')))
      return { plan: undefined, error: cancelled().message };
    const running = new AbortController();
    const panel = surface.takeView(running);
    this.#written = written;
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: titleOf(analyze), cancellable: true },
      async (_progress, token) => {
        const signal = AbortSignal.any([running.signal, signalOf(token)]);
        try {
          return await this.#obtain(written, analyze, running, signal);
        } catch (thrown) {
          const problem: Problem = logProblem(thrown, this.#parts.log);
          if (surface.holdsView(running)) panel.show({ status: 'failed', problem });
          return { plan: undefined, error: problem.what };
        }
      },
    );
  }

  async #obtain(
    written: Written,
    analyze: boolean,
    running: AbortController,
    signal: AbortSignal,
  ): Promise<ExplainOutcome> {
    const { surface, connections, answers, transactions } = this.#parts;
    const { panel } = surface;
    const step = (words: string): void => {
      if (surface.holdsView(running)) panel.show({ status: 'working', step: words, sql: written.sql });
    };
    step('Connecting');
    const connected = await connections.connect(written.connectionId, signal);
    step(analyze ? 'Running the statement to see how it does' : 'Asking the server for its plan');
    const { header, explained } = await answers.explain(written, connected, { analyze }, signal);
    if (!surface.holdsView(running)) throw cancelled();
    const isOpen = transactions.of(written.connectionId) !== undefined;
    panel.show({ status: 'plan', header: withNotice(header, isOpen), plan: explained.plan });
    return this.#keep(explained);
  }

  #keep({ plan, json }: ExplainedPlan): ExplainOutcome {
    this.#json = json;
    return { plan, error: undefined };
  }
}

/** The selection, or the statement at the cursor, of the editor in front. */
function inEditor(): WrittenStatement | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const offset = document.offsetAt(selection.active);
  const file = document.uri;
  const selected = document.getText(selection);
  if (selected.trim() !== '') return { sql: selected, file, offset };
  if (!isSql(document)) return undefined;
  const statement = statementAt(document.getText(), offset);
  if (statement === undefined) throw new KhipuError('invalid-input', 'There is no statement at the cursor.');
  return { sql: statement.text, file, offset };
}

function titleOf(analyze: boolean): string {
  return analyze ? 'Explain Analyze' : 'Explain';
}

function withNotice(header: AnswerHeader, transactionIsOpen: boolean): AnswerHeader {
  if (!transactionIsOpen) return header;
  const notice = 'Planned outside the open transaction, which may see other rows.';
  return { ...header, notices: [...header.notices, notice] };
}
