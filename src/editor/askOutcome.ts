/** What asking and running come to, for keybindings, tests and other extensions that call the commands. */
import type { Answer, Costly } from '../answers.ts';
import type { ReadOnlySql } from '../database/guard.ts';
import type { AskedBackWords } from '../query/conversation.ts';
import type { Clarification } from '../query/propose.ts';
import type { PlannedCost } from '../shared/costProtocol.ts';
import type { AnswerHeader, Problem, ResultColumn } from '../shared/resultsProtocol.ts';
import { messageLines } from './scriptOutcome.ts';

/** The answer whose rows are shown, and where it came from. */
export interface Answered {
  /** Names its rows in the view. */
  readonly id: string;
  readonly connectionId: string;
  readonly header: AnswerHeader;
  readonly columns: readonly ResultColumn[];
  readonly statement: ReadOnlySql;
  /** Its question in the history. */
  readonly historyId?: string | undefined;
  /** What stands above the statement in its file. */
  readonly comment?: string | undefined;
}

/** What the commands return, for keybindings and other extensions that call them. */
export interface AskOutcome {
  readonly sql: string | undefined;
  readonly source: 'model' | 'verified' | 'typed' | undefined;
  readonly model: string | undefined;
  readonly notices: readonly string[];
  /** What the server said, as `SEVERITY: text`; also before a failure. */
  readonly messages: readonly string[];
  /** Passages of documents that the model was given, as `file:line`, or `file#page`. */
  readonly sources: readonly string[];
  readonly columns: readonly string[];
  /** The first rows. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly error: string | undefined;
  /** Where in `sql` the error is, as a UTF-16 offset. */
  readonly position: number | undefined;
  /** Near names, or questions that can be answered instead. */
  readonly candidates: readonly string[];
  /** Other readings of the question, which would give other rows. */
  readonly readings: readonly string[];
  /** What the model asked back instead of answering, with answers to choose from. */
  readonly askedBack: AskedBackWords | undefined;
  /** What the statement would cost, when it was not run because of that. */
  readonly cost: PlannedCost | undefined;
}

const unanswered = {
  sql: undefined,
  source: undefined,
  model: undefined,
  notices: [],
  messages: [],
  sources: [],
  columns: [],
  rows: [],
  error: undefined,
  position: undefined,
  candidates: [],
  readings: [],
  askedBack: undefined,
  cost: undefined,
} satisfies AskOutcome;

/** Of an answer. */
export function outcomeOf({ header, rows }: Answer): AskOutcome {
  const { sql, source, model, notices, readings = [] } = header;
  const sources = (header.sources ?? []).map(
    ({ file, unit, from }) => `${file}${unit === 'line' ? ':' : '#'}${from}`,
  );
  const columns = rows.columns.map((column) => column.name);
  const messages = messageLines(rows.messages);
  const shown = { sources, messages, columns, rows: rows.firstRows };
  return { ...unanswered, sql, source, model, notices, readings, ...shown };
}

/** Of a question back. */
export function askedBackOutcome({ clarification, options, model }: Clarification): AskOutcome {
  return { ...unanswered, model, askedBack: { question: clarification, options } };
}

/** Of a statement that was not run because of its cost. */
export function costlyOutcome({ header, cost }: Costly): AskOutcome {
  const { sql, source, model, notices, readings = [] } = header;
  return { ...unanswered, sql, source, model, notices, readings, cost };
}

/** Of a failure. */
export function failedOutcome({ what, sql, position, candidates, messages }: Problem): AskOutcome {
  return { ...unanswered, messages: messageLines(messages), sql, error: what, position, candidates };
}
