/** Ask Database: from the palette, the tree or a comment to the results view, with progress, cancel and a next step for every failure. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Answer, Answers, UserStatement } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import { startTrace, type Trace } from '../query/trace.ts';
import { readParameters, type ParameterValues } from '../database/parameters.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import { cancelled, KhipuError, toKhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { AnswerHeader, Problem } from '../shared/resultsProtocol.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { CellFiles } from './cellFiles.ts';
import { connectionIdOf } from './connections.ts';
import { failedOutcome, outcomeOf, type Answered, type AskOutcome } from './askOutcome.ts';
import {
  commentOf,
  openSql,
  questionOf,
  type KeptAnswer,
  type Request,
  type WrittenStatement,
} from './askRequest.ts';
import { commands } from './contributions.ts';
import { askedOf, type Fared, type History } from './history.ts';
import type { LazyConnections } from './lazyParts.ts';
import { openSource } from './openSource.ts';
import { askForParameters, type ParameterisedText } from './parameterInput.ts';
import type { ParameterMemory } from './parameterMemory.ts';
import { askForQuestion } from './questionInput.ts';
import { ResultInsight } from './resultInsight.ts';
import { logProblem, reportProblem, runAction, signalOf } from './report.ts';
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
      this.#act(id, value).catch((error: unknown) => void reportProblem(error, parts.log));
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
    this.#answered = undefined;
    return this.#panel;
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
    const given =
      typeof argument === 'object' && argument !== null && 'question' in argument ? argument.question : '';
    const named = connectionIdOf(argument);
    if (named !== undefined) await this.#parts.active.use(named);
    const connectionId = named ?? (await this.#parts.active.idOrAsk());
    if (connectionId === undefined) return undefined;
    const question =
      typeof given === 'string' && given !== '' ? given : await this.#askWords(connectionId, '');
    return question === undefined ? undefined : this.#answer({ kind: 'question', connectionId, question });
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
    this.#answered = undefined;
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
    const question = questionOf(request);
    const trace = startTrace(question ?? '', request.connectionId);
    const historyId = randomUUID();
    const record = (told: Fared, header?: AnswerHeader): void => {
      if (request.kind !== 'question') return; // what ran again is in the history already
      const name = this.#parts.active.nameOf(request.connectionId);
      void this.#parts.history.record(askedOf(request, name, trace.sql, told, header));
    };
    try {
      onStep('Connecting');
      const connected = await this.#parts.connections.connect(request.connectionId, signal);
      const answer = await this.#obtain(request, connected, trace, onStep, signal);
      if (this.#running !== running) {
        await answer.rows.close();
        throw cancelled();
      }
      this.#showRows(answer);
      this.#answered = {
        ...answer,
        columns: answer.rows.columns,
        connectionId: request.connectionId,
        historyId: request.kind === 'question' ? historyId : undefined,
        comment: request.kind === 'statement' ? commentOf(request) : undefined,
      };
      record({ id: historyId, outcome: 'rows', ms: answer.rows.ms }, answer.header);
      return outcomeOf(answer);
    } catch (thrown) {
      const logged = logProblem(thrown, this.#parts.log);
      const problem = request.kind === 'statement' ? this.#withAdvice(logged, thrown, request) : logged;
      if (this.#running === running) this.#panel.show({ status: 'failed', question, problem });
      const outcome = toKhipuError(thrown).kind === 'cancelled' ? 'cancelled' : 'failed';
      record({ id: historyId, outcome, error: problem.what });
      return failedOutcome(problem);
    } finally {
      if (request.kind === 'question') this.#parts.traces.keep(trace);
    }
  }

  async #obtain(
    request: Request,
    connected: Connected,
    trace: Trace,
    onStep: (step: string, sql?: string) => void,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { answers } = this.#parts;
    if (request.kind === 'statement') {
      onStep('Running the statement', request.sql);
      return this.runStatement(request, connected, signal);
    }
    if (request.kind === 'kept') {
      const { sql, question, model } = request.kept;
      onStep('Running the statement', sql);
      const answer = await this.runStatement({ sql }, connected, signal);
      const by = model === undefined ? {} : ({ source: 'model', model } as const);
      return { ...answer, header: { ...answer.header, question, ...by } };
    }
    const told = await answers.ask(
      request.question,
      connected,
      trace,
      ({ step, sql }) => onStep(step, sql),
      signal,
    );
    if (!('clarification' in told)) return told;
    throw new KhipuError('invalid-input', `The model asks back: ${told.clarification}`, {
      hint: 'Ask again with the answer in your question.',
    });
  }

  /** Runs a statement without showing it: in the user's open transaction, where there is one. */
  runStatement(statement: UserStatement, connected: Connected, signal: AbortSignal): Promise<Answer> {
    const { answers, transactions } = this.#parts;
    const open = transactions.of(connected.profile.id);
    if (open === undefined) return answers.run(statement, connected, signal);
    const within = { ...connected, reader: open.transaction };
    return transactions.use(open, () => answers.run(statement, within, signal));
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

  async #act(id: ResultsAction, value: string | undefined): Promise<void> {
    const last = this.#last;
    switch (id) {
      case 'cancel':
        this.#running?.abort(cancelled());
        return;
      case 'ask-again':
        await this.#askAgain(last);
        return;
      case 'run-again':
        if (last !== undefined) await this.#again(last);
        return;
      case 'open-source':
        await this.#openSource(value);
        return;
      case 'choose-candidate':
        await this.#chooseCandidate(last, value ?? '');
        return;
      case 'open-sql':
        this.accept();
        await openSql(value ?? '', this.#answered?.header.question);
        return;
      case 'copy-sql':
        this.accept();
        await vscode.env.clipboard.writeText(value ?? '');
        return;
      case 'run-as-write':
        if (last?.kind === 'statement') {
          const { file, offset, parameters } = last;
          await vscode.commands.executeCommand(commands.runAsWrite, file, offset, { parameters });
        }
        return;
      case 'edit-connection':
      case 'enter-password':
        await runAction(id, last?.connectionId);
        return;
      default:
        await runAction(id, value);
    }
  }

  /** Only what the answer that is shown cites: whatever else the page says, no file is opened. */
  async #openSource(place: string | undefined): Promise<void> {
    const source = this.#answered?.header.sources?.[Number(place)];
    if (source !== undefined) await openSource(source);
  }

  /** A statement asks for its parameters anew, with the values of last time filled in. */
  async #again(last: Request): Promise<void> {
    if (last.kind !== 'statement') await this.#answer(last);
    else {
      const { sql, file, offset, connectionId } = last;
      await this.#run({ sql, file, offset }, connectionId);
    }
  }

  async #askAgain(last: Request | undefined): Promise<void> {
    if (last === undefined) {
      await this.askCommand(undefined);
    } else if (last.kind === 'statement') {
      await this.#again(last);
    } else {
      const question = await this.#askWords(last.connectionId, last.question);
      if (question !== undefined) await this.askOn(question, last.connectionId);
    }
  }

  /** A candidate is a question that can be answered, or a name that the question probably meant. */
  async #chooseCandidate(last: Request | undefined, value: string): Promise<void> {
    if (last?.kind !== 'question') return;
    const verified = await this.#parts.verified(last.connectionId);
    const isQuestion = verified.some(({ question }) => question === value);
    const question = isQuestion
      ? value
      : await this.#askWords(last.connectionId, `${last.question} (use ${value})`);
    if (question !== undefined) await this.#answer({ ...last, question });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
