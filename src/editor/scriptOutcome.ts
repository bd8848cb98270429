/** What became of a statement of a script, as the command returns it. */
import type { Answer } from '../answers.ts';
import type { ScriptItem } from '../database/scriptItems.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { ScriptRun } from './scriptRun.ts';

export interface StatementOutcome {
  readonly sql: string;
  /** Where it stands in its file, from 1. */
  readonly line: number;
  readonly status: 'rows' | 'failed' | 'cancelled' | 'skipped' | 'not-run';
  readonly columns: readonly string[];
  /** The first ten. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows are known of, and whether these are all. */
  readonly rowCount: number;
  readonly complete: boolean;
  /** What the server said, as `SEVERITY: text`. */
  readonly messages: readonly string[];
  /** What failed, or why it was not run. */
  readonly error: string | undefined;
  /** Where in the file the error is, as a UTF-16 offset. */
  readonly position: number | undefined;
}

/** @param answer what came of it when it ran */
export function statementOutcome(
  { text, start }: ScriptItem,
  line: number,
  script: ScriptRun,
  index: number,
  answer: Pick<Answer['rows'], 'columns' | 'firstRows' | 'messages'> | undefined,
): StatementOutcome {
  const outcome = script.outcome(index);
  const nothing = {
    columns: [],
    rows: [],
    rowCount: 0,
    complete: false,
    error: undefined,
    position: undefined,
  };
  const own = { sql: text, line, ...nothing };
  switch (outcome.status) {
    case 'rows':
      return {
        ...own,
        status: 'rows',
        columns: answer?.columns.map(({ name }) => name) ?? [],
        rows: answer?.firstRows ?? [],
        rowCount: outcome.rows,
        complete: outcome.complete,
        messages: messageLines(answer?.messages),
      };
    case 'failed': {
      const detail = script.failure(index)?.detail;
      const position = detail?.position === undefined ? undefined : start + detail.position;
      return {
        ...own,
        status: 'failed',
        messages: messageLines(detail?.messages),
        error: outcome.what,
        position,
      };
    }
    case 'skipped':
    case 'not-run':
      return { ...own, status: outcome.status, messages: [], error: outcome.why };
    case 'cancelled':
    case 'running':
    case 'waiting':
      return { ...own, status: 'cancelled', messages: [] };
  }
}

/** What the server said, as `SEVERITY: text`. */
export function messageLines(messages: ServerMessages | undefined): string[] {
  return (messages?.items ?? []).map(({ severity, text }) => `${severity}: ${text}`);
}
