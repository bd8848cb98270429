/** Gets the answer to what is asked of the surface: from the model, the server, or both. */
import type { Answer, Answers, Costly, UserStatement } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import type { Clarification } from '../query/propose.ts';
import type { Trace } from '../query/trace.ts';
import type { Request } from './askRequest.ts';
import { askCostLimit } from './settings.ts';
import type { Transactions } from './transactions.ts';

export interface ObtainParts {
  readonly answers: Answers;
  readonly transactions: Transactions;
}

/**
 * Answers a request; what comes of it is not shown yet.
 * @throws KhipuError of any room
 */
export async function obtain(
  request: Request,
  connected: Connected,
  trace: Trace,
  parts: ObtainParts,
  onStep: (step: string, sql?: string) => void,
  signal: AbortSignal,
): Promise<Answer | Clarification | Costly> {
  switch (request.kind) {
    case 'statement':
      onStep('Running the statement', request.sql);
      return runStatement(request, connected, parts, signal);
    case 'confirmed':
      onStep('Running the statement', request.costly.statement.text);
      return parts.answers.proceed(request.costly, connected, trace, signal);
    case 'kept': {
      const { sql, question, source, model } = request.kept;
      onStep('Running the statement', sql);
      const answer = await runStatement({ sql }, connected, parts, signal);
      const by = { source: source ?? (model === undefined ? answer.header.source : 'model'), model };
      return { ...answer, header: { ...answer.header, question, ...by } };
    }
    case 'question': {
      const { question, earlier } = request;
      const asked = { question, earlier, costLimit: askCostLimit() };
      return parts.answers.ask(asked, connected, trace, ({ step, sql }) => onStep(step, sql), signal);
    }
  }
}

/** Runs a statement in the user's open transaction, where there is one. */
export function runStatement(
  statement: UserStatement,
  connected: Connected,
  { answers, transactions }: ObtainParts,
  signal: AbortSignal,
): Promise<Answer> {
  const open = transactions.of(connected.profile.id);
  if (open === undefined) return answers.run(statement, connected, signal);
  const within = { ...connected, reader: open.transaction };
  return transactions.use(open, () => answers.run(statement, within, signal));
}
