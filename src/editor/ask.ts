/** Ask Database: from the palette, the tree or a comment to the results view, with progress, cancel and a next step for every failure. */
import * as vscode from 'vscode';
import type { Answer, Answers, Costly, UserStatement } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import type { Clarification } from '../query/propose.ts';
import { readParameters, type ParameterValues } from '../database/parameters.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import { cancelled, KhipuError, toKhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { Problem } from '../shared/resultsProtocol.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { CellFiles } from './cellFiles.ts';
import { connectionIdOf } from './connections.ts';
import { pressButton, type ButtonsPort } from './askButtons.ts';
import {
  askedBackOutcome,
  costlyOutcome,
  failedOutcome,
  outcomeOf,
  type Answered,
  type AskOutcome,
} from './askOutcome.ts';
import { recordOf, type AskRecord } from './askRecord.ts';
import { commentOf, questionOf, type KeptAnswer, type Request, type WrittenStatement } from './askRequest.ts';
import {
  conversationBefore,
  followUpOf,
  trailOf,
  withTurn,
  type Conversation,
} from './currentConversation.ts';
import { askForFollowUp } from './followUpInput.ts';
import type { History } from './history.ts';
import type { LazyConnections } from './lazyParts.ts';
import { obtain, runStatement } from './obtainAnswer.ts';
import { askForParameters, type ParameterisedText } from './parameterInput.ts';
import type { ParameterMemory } from './parameterMemory.ts';
import { askForQuestion } from './questionInput.ts';
import { ResultInsight } from './resultInsight.ts';
import { logProblem, reportProblem, signalOf } from './report.ts';
import type { ResultsAction } from './resultsHost.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import { rowsState, shownRows } from './shownRows.ts';
import type { TraceDocument } from './traceDocument.ts';
import type { Transactions } from './transactions.ts';
import { mayWriteInstead } from './writeAdvice.ts';

export interface AskParts {
  readonly answers: Answers;
  readonly connections: LazyConnections;
  readonly active: ActiveConnection;
  readonly transactions: Transactions;
  readonly traces: TraceDocument;
  readonly history: History;
  readonly verified: (profileId: string) => Promise<readonly VerifiedQuestion[]>;
  readonly memory: ParameterMemory;
  readonly log: vscode.LogOutputChannel;
}

/** Owns the question that is being answered; a new one takes the place of the one before. */
export class AskSurface implements vscode.Disposable {
  readonly #parts: AskParts;
  readonly #panel: ResultsPanel;
  readonly #cells: CellFiles;
  readonly #insight: ResultInsight;
  readonly #disposables: vscode.Disposable[];
  #last: Request | undefined;
  #answered: Answered | undefined;
  #running: AbortController | undefined;
  #conversation: Conversation | undefined;
  /** What waits for the user's yes because of its cost. */
  #waiting: Request | undefined;

  /**
   * @param cells for cells that are opened whole; it is disposed with this
   * @param makePanel given what to do when a button of the view is pressed
   */
  constructor(
    parts: AskParts,
    cells: CellFiles,
    makePanel: (onAction: (id: ResultsAction, value?: string) => void) => ResultsPanel,
  ) {
    this.#parts = parts;
    this.#cells = cells;
    this.#panel = makePanel((id, value) => {
      pressButton(this.#port(), id, value).catch((error: unknown) => void reportProblem(error, parts.log));
    });
    this.#insight = new ResultInsight(this.#panel, parts.log);
    this.#disposables = [this.#insight, { dispose: () => this.#running?.abort() }, this.#panel, cells];
  }

  /** The answer that is shown; undefined before the first and after one that failed. */
  get answered(): Answered | undefined {
    return this.#answered;
  }

  /** The view that shows the answers. */
  get panel(): Pick<ResultsPanel, 'selection' | 'show'> {
    return this.#panel;
  }

  /** Runs a statement of the user's on the connection of its file, and asks for its parameters. */
  async run(written: WrittenStatement): Promise<AskOutcome | undefined> {
    const connectionId = await this.#parts.active.idOrAsk(written.file);
    return connectionId === undefined ? undefined : this.#run(written, connectionId);
  }

  async #run(written: WrittenStatement, connectionId: string): Promise<AskOutcome | undefined> {
    const { sql, file, offset } = written;
    const parameters = await this.askParameters(written);
    if (parameters === undefined) return undefined;
    return this.#answer({ kind: 'statement', connectionId, sql, file, offset, parameters });
  }

  /** A value for every parameter of a statement; undefined when the user leaves. */
  askParameters({ sql, file, parameters }: WrittenStatement): Promise<ParameterValues | undefined> {
    const { names } = readParameters(sql);
    const asked = { names, text: sql, source: file.toString(), given: parameters };
    return askForParameters(asked, this.#parts.memory);
  }

  /** Gives the view to other work: what is being answered ends, and Cancel in the view stops that work instead. */
  takeView(running: AbortController): ResultsPanel {
    this.#running?.abort(cancelled());
    this.#running = running;
    this.#last = undefined;
    this.#leave();
    return this.#panel;
  }

  /** What was shown is no longer. */
  #leave(): void {
    this.#answered = undefined;
    this.#waiting = undefined;
  }

  /** Where cells are opened whole. */
  get cells(): CellFiles {
    return this.#cells;
  }

  /** Whether the view is still with the work that took it. */
  holdsView(running: AbortController): boolean {
    return this.#running === running;
  }

  /** Asks for the parameters of a text. @returns undefined when the user leaves */
  parametersFor(text: ParameterisedText): Promise<ParameterValues | undefined> {
    return askForParameters(text, this.#parts.memory);
  }

  /** Other work shows the rows of an answer, or none. */
  setAnswered(answered: Answered | undefined): void {
    this.#answered = answered;
  }

  /** The statement that is shown has been verified. */
  markShown(sql: string): void {
    const answered = this.#answered;
    if (answered?.header.sql !== sql) return;
    const header = { ...answered.header, verified: true };
    this.#answered = { ...answered, header };
    this.#panel.updateHeader(answered.id, header);
  }

  /** Asks a question of the connection of the file that it stands in, without asking for its words. */
  async ask(question: string, file: vscode.Uri): Promise<AskOutcome | undefined> {
    const connectionId = await this.#parts.active.idOrAsk(file);
    return connectionId === undefined
      ? undefined
      : this.#answer({ kind: 'question', connectionId, question });
  }

  /** Asks a question of a connection. */
  askOn(question: string, connectionId: string): Promise<AskOutcome> {
    return this.#answer({ kind: 'question', connectionId, question });
  }

  /** Has the user change the words of a question, and asks it. */
  async askInOtherWords(before: string, connectionId: string): Promise<AskOutcome | undefined> {
    const question = await this.#askWords(connectionId, before);
    return question === undefined ? undefined : this.askOn(question, connectionId);
  }

  /** Runs what a question was answered with before, guarded like any other statement. */
  runKept(kept: KeptAnswer): Promise<AskOutcome> {
    const { connectionId, question } = kept;
    return this.#answer({ kind: 'kept', connectionId, question, kept });
  }

  /** The user goes on with the SQL that is shown. */
  accept(): void {
    const id = this.#answered?.historyId;
    if (id !== undefined) void this.#parts.history.accept(id);
  }

  /** The command: what is not in its argument, the user is asked for. */
  async askCommand(argument: unknown): Promise<AskOutcome | undefined> {
    const given = wordsOf(argument);
    const named = connectionIdOf(argument);
    if (named !== undefined) await this.#parts.active.use(named);
    const connectionId = named ?? (await this.#parts.active.idOrAsk());
    if (connectionId === undefined) return undefined;
    const question = given ?? (await this.#askWords(connectionId, ''));
    return question === undefined ? undefined : this.#answer({ kind: 'question', connectionId, question });
  }

  /** The command: goes on from the last answer on the connection in use, or starts anew where there is none. */
  async followUpCommand(argument: unknown): Promise<AskOutcome | undefined> {
    const talk = this.#conversation;
    const given = wordsOf(argument);
    const asked = talk?.turns.at(-1);
    const active = talk === undefined ? undefined : await this.#parts.active.idOrAsk();
    if (talk === undefined || asked === undefined || active !== talk.connectionId)
      return this.askCommand(argument);
    const question = given ?? (await askForFollowUp(asked));
    const request = question === undefined ? undefined : followUpOf(talk, question);
    return request === undefined ? undefined : this.#answer(request);
  }

  async #askWords(connectionId: string, before: string): Promise<string | undefined> {
    const suggestions = (await this.#parts.verified(connectionId)).map(({ question }) => question);
    return askForQuestion(suggestions, before);
  }

  /** Changes that wait for a commit are shown where the answer will be: the user is asked. */
  mayTakeView(): Promise<boolean> {
    return this.#parts.transactions.mayEnd('something else is run', ({ kind }) => kind === 'pending');
  }

  async #answer(request: Request): Promise<AskOutcome> {
    if (!(await this.mayTakeView())) return failedOutcome(problemOf(cancelled()));
    this.#running?.abort(cancelled());
    const running = new AbortController();
    this.#running = running;
    this.#last = request;
    this.#leave();
    this.#conversation = conversationBefore(request) ?? this.#conversation;
    // VS Code puts a colon and the step behind it.
    const title = questionOf(request)?.replace(/[?.!\s]+$/, '') ?? 'Khipu';
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const signal = AbortSignal.any([running.signal, signalOf(token)]);
        const onStep = (step: string, sql?: string): void => {
          if (this.#running !== running) return;
          progress.report({ message: step });
          const question = questionOf(request);
          this.#panel.show({ status: 'working', question, step, sql });
        };
        return this.#settle(request, running, onStep, signal);
      },
    );
  }

  /** Answers, and shows what came of it unless a newer request has taken the view. */
  async #settle(
    request: Request,
    running: AbortController,
    onStep: (step: string, sql?: string) => void,
    signal: AbortSignal,
  ): Promise<AskOutcome> {
    const record = recordOf(request, this.#parts);
    try {
      onStep('Connecting');
      const connected = await this.#parts.connections.connect(request.connectionId, signal);
      const told = await obtain(request, connected, record.trace, this.#parts, onStep, signal);
      if (this.#running !== running) {
        if ('rows' in told) await told.rows.close();
        throw cancelled();
      }
      if ('rows' in told) return this.#showAnswer(told, request, connected, record);
      if (request.kind === 'statement') throw new KhipuError('internal', 'A statement was not run.');
      return 'cost' in told
        ? this.#showCostly(told, request, record)
        : this.#showAskedBack(told, request, connected, record);
    } catch (thrown) {
      const logged = logProblem(thrown, this.#parts.log);
      const problem = request.kind === 'statement' ? this.#withAdvice(logged, thrown, request) : logged;
      const failed = { question: questionOf(request), problem, ...trailOf(request) };
      if (this.#running === running) this.#panel.show({ status: 'failed', ...failed });
      const outcome = toKhipuError(thrown).kind === 'cancelled' ? 'cancelled' : 'failed';
      record.write({ outcome, error: problem.what });
      return failedOutcome(problem);
    } finally {
      record.keep();
    }
  }

  #showAnswer(told: Answer, request: Request, { profile }: Connected, record: AskRecord): AskOutcome {
    const { connectionId } = request;
    const header = { ...told.header, ...trailOf(request) };
    const answer = { ...told, header };
    this.#showRows(answer);
    const comment = request.kind === 'statement' ? commentOf(request) : undefined;
    const { columns, ms } = answer.rows;
    this.#answered = { ...answer, columns, connectionId, historyId: record.historyId, comment };
    const { sql, source, model } = header;
    if (request.kind !== 'statement')
      this.#conversation = withTurn(request, { sql, source, model, aiPolicy: profile.aiPolicy });
    record.write({ outcome: 'rows', ms }, header);
    return outcomeOf(answer);
  }

  #showAskedBack(
    told: Clarification,
    request: Exclude<Request, { kind: 'statement' }>,
    { profile }: Connected,
    record: AskRecord,
  ): AskOutcome {
    const { clarification, options, model } = told;
    const askedBack = { question: clarification, options };
    this.#conversation = withTurn(request, { askedBack, aiPolicy: profile.aiPolicy });
    const { question } = request;
    const state = { question, askedBack: clarification, options: [...options], model, ...trailOf(request) };
    this.#panel.show({ status: 'question-back', ...state });
    record.write({ outcome: 'asked-back', error: `The model asked back: ${clarification}` });
    return askedBackOutcome(told);
  }

  #showCostly(told: Costly, request: Exclude<Request, { kind: 'statement' }>, record: AskRecord): AskOutcome {
    const { connectionId, question, earlier } = request;
    const { cost, costLimit, plan } = told;
    const header = { ...told.header, ...trailOf(request) };
    this.#waiting = { kind: 'confirmed', connectionId, question, earlier, costly: told, record };
    this.#panel.show({ status: 'costly', header, cost, costLimit, ...(plan === undefined ? {} : { plan }) });
    record.write({ outcome: 'written' }, header);
    return costlyOutcome(told);
  }

  /** Runs a statement without showing it: in the user's open transaction, where there is one. */
  runStatement(statement: UserStatement, connected: Connected, signal: AbortSignal): Promise<Answer> {
    return runStatement(statement, connected, this.#parts, signal);
  }

  /** What the guard refuses may be what the user wants: then there is another way, or a reason why not. */
  #withAdvice(problem: Problem, thrown: unknown, { connectionId }: Request): Problem {
    const profile = this.#parts.connections.current(connectionId)?.profile;
    if (toKhipuError(thrown).kind !== 'refused-by-guard' || profile === undefined) return problem;
    return mayWriteInstead(problem, profile, vscode.workspace.isTrusted);
  }

  #showRows(answer: Answer): void {
    const { id } = answer;
    const source = shownRows(answer, {
      cells: this.#cells,
      log: this.#parts.log,
      onTotal: (known) => this.#panel.updateTotal(id, known),
      onMessages: (said) => this.#panel.updateMessages(id, said),
    });
    this.#panel.setRowSource(source);
    this.#panel.show(rowsState(answer));
    source.count();
    this.#insight.look(answer);
  }

  /** The surface as the buttons of the view see it now. */
  #port(): ButtonsPort {
    return {
      panel: this.#panel,
      last: this.#last,
      answered: this.#answered,
      conversation: this.#conversation,
      waiting: this.#waiting,
      cancel: () => this.#cancel(),
      accept: () => this.accept(),
      answer: (request) => this.#answer(request),
      run: (written, connectionId) => this.#run(written, connectionId),
      askCommand: (argument) => this.askCommand(argument),
      askWords: (connectionId, before) => this.#askWords(connectionId, before),
      verified: (connectionId) => this.#parts.verified(connectionId),
    };
  }

  #cancel(): boolean {
    const isUnderWay = !this.#panel.asks;
    this.#waiting = undefined;
    this.#running?.abort(cancelled());
    return isUnderWay;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

/** The question in a command's argument. */
function wordsOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('question' in argument)) return undefined;
  const { question } = argument;
  return typeof question === 'string' && question.trim() !== '' ? question : undefined;
}
