/** What the buttons of the results view do. */
import * as vscode from 'vscode';
import { cancelled } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import type { Answered, AskOutcome } from './askOutcome.ts';
import { openSql, type Request, type WrittenStatement } from './askRequest.ts';
import { commands } from './contributions.ts';
import { followUpOf, turnAgain, type Conversation } from './currentConversation.ts';
import { openSource } from './openSource.ts';
import { replaceName } from './replaceName.ts';
import { runAction } from './report.ts';
import type { ResultsAction } from './resultsHost.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import { questionInWords } from './shownQuestion.ts';

/** The surface as its buttons see it: what is shown, and what can be done next. */
export interface ButtonsPort {
  readonly panel: Pick<ResultsPanel, 'show' | 'problem'>;
  readonly last: Request | undefined;
  readonly answered: Answered | undefined;
  readonly conversation: Conversation | undefined;
  /** What waits for the user's yes because of its cost. */
  readonly waiting: Request | undefined;
  /** Ends what is under way. @returns whether something was */
  cancel(): boolean;
  accept(): void;
  answer(request: Request): Promise<AskOutcome>;
  run(written: WrittenStatement, connectionId: string): Promise<AskOutcome | undefined>;
  askCommand(argument: unknown): Promise<AskOutcome | undefined>;
  /** Has the user write or change a question. */
  askWords(connectionId: string, before: string): Promise<string | undefined>;
  verified(connectionId: string): Promise<readonly VerifiedQuestion[]>;
}

/** @param value what was chosen, the SQL or the connection that it is about */
export async function pressButton(
  port: ButtonsPort,
  id: ResultsAction,
  value: string | undefined,
): Promise<void> {
  const { last, answered, conversation, waiting } = port;
  switch (id) {
    case 'cancel':
      cancelShown(port);
      return;
    case 'follow-up':
      await answerIfAny(port, followUpOf(conversation, (value ?? '').trim()));
      return;
    case 'open-turn':
      await answerIfAny(port, turnAgain(conversation, Number(value)));
      return;
    case 'run-anyway':
      await answerIfAny(port, waiting);
      return;
    case 'start-anew':
      await port.askCommand(conversation?.connectionId);
      return;
    case 'ask-again':
      await askAgain(port);
      return;
    case 'run-again':
      if (last !== undefined) await again(port, last);
      return;
    case 'open-source':
      await openCited(answered, value);
      return;
    case 'choose-candidate':
      await chooseCandidate(port, value ?? '');
      return;
    case 'open-sql':
      port.accept();
      await openSql(value ?? '', answered === undefined ? undefined : questionInWords(answered.header));
      return;
    case 'copy-sql':
      port.accept();
      await vscode.env.clipboard.writeText(value ?? '');
      return;
    case 'run-as-write':
      await runAsWrite(last);
      return;
    case 'edit-connection':
    case 'enter-password':
      await runAction(id, last?.connectionId);
      return;
    default:
      await runAction(id, value);
  }
}

async function answerIfAny(port: ButtonsPort, request: Request | undefined): Promise<void> {
  if (request !== undefined && (request.kind === 'statement' || request.question !== ''))
    await port.answer(request);
}

/** What is under way says itself that it was cancelled; a question to the user is simply left. */
function cancelShown(port: ButtonsPort): void {
  if (port.cancel()) return;
  const { panel, last } = port;
  const question = last?.kind === 'statement' ? undefined : last?.question;
  panel.show({ status: 'failed', question, problem: problemOf(cancelled()) });
}

async function runAsWrite(last: Request | undefined): Promise<void> {
  if (last?.kind !== 'statement') return;
  const { file, offset, parameters } = last;
  await vscode.commands.executeCommand(commands.runAsWrite, file, offset, { parameters });
}

/** Only what the answer that is shown cites: whatever else the page says, no file is opened. */
async function openCited(answered: Answered | undefined, place: string | undefined): Promise<void> {
  const source = answered?.header.sources?.[Number(place)];
  if (source !== undefined) await openSource(source);
}

/** A statement asks for its parameters anew, with the values of last time filled in. */
async function again(port: ButtonsPort, last: Request): Promise<void> {
  if (last.kind !== 'statement') await port.answer(last);
  else {
    const { sql, file, offset, connectionId } = last;
    await port.run({ sql, file, offset }, connectionId);
  }
}

/** The words can be changed; what the question goes on from stays. */
async function askAgain(port: ButtonsPort): Promise<void> {
  const { last } = port;
  if (last === undefined) await port.askCommand(undefined);
  else if (last.kind === 'statement') await again(port, last);
  else await askChanged(port, last, last.question);
}

async function askChanged(
  port: ButtonsPort,
  { connectionId, earlier }: Exclude<Request, { kind: 'statement' }>,
  before: string,
): Promise<void> {
  const question = await port.askWords(connectionId, before);
  if (question !== undefined) await port.answer({ kind: 'question', connectionId, question, earlier });
}

/** A candidate is a question that can be answered, or a name that the question probably meant. */
async function chooseCandidate(port: ButtonsPort, value: string): Promise<void> {
  const { last } = port;
  if (last?.kind === 'statement') return runWithName(port, last, value);
  if (last?.kind !== 'question') return;
  const { connectionId } = last;
  const verified = await port.verified(connectionId);
  if (verified.some(({ question }) => question === value))
    await port.answer({ kind: 'question', connectionId, question: value });
  else await askChanged(port, last, `${last.question} (use ${value})`);
}

/** In a statement of the user's the name is put right where it stands, and the statement is run again. */
async function runWithName(
  port: ButtonsPort,
  last: Extract<Request, { kind: 'statement' }>,
  name: string,
): Promise<void> {
  const { problem } = port.panel;
  const { file, offset, connectionId, parameters } = last;
  const sql = problem === undefined ? undefined : await replaceName(last, problem, name);
  if (sql !== undefined) await port.run({ sql, file, offset, parameters }, connectionId);
}
