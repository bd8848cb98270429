/** What asking and running come to, for keybindings, tests and other extensions that call the commands. */
import type { Answer } from '../answers.ts';
import type { ReadOnlySql } from '../database/guard.ts';
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
}

/** Of an answer. */
export function outcomeOf({ header, rows }: Answer): AskOutcome {
  const { sql, source, model, notices } = header;
  const sources = (header.sources ?? []).map(
    ({ file, unit, from }) => `${file}${unit === 'line' ? ':' : '#'}${from}`,
  );
  const columns = rows.columns.map((column) => column.name);
  const success = { error: undefined, position: undefined, candidates: [] };
  const messages = messageLines(rows.messages);
  return { sql, source, model, notices, sources, messages, columns, rows: rows.firstRows, ...success };
}

/** Of a failure. */
export function failedOutcome({ what, sql, position, candidates, messages }: Problem): AskOutcome {
  const nothing = { source: undefined, model: undefined, notices: [], sources: [], columns: [], rows: [] };
  return { ...nothing, messages: messageLines(messages), sql, error: what, position, candidates };
}
