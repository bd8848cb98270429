/** EXPLAIN as a tree: what Postgres's JSON says of each node, with times, costs and blocks that are the node's own. */
import { KhipuError } from '../shared/errors.ts';
import type { Plan } from '../shared/planProtocol.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { ownFigures } from './planFigures.ts';
import { planNotes } from './planHints.ts';
import { readPlanJson, type RawPlan } from './planJson.ts';
import { markPlan } from './planNodes.ts';
import { shownName } from './planText.ts';
import { asSent, beginReadOnly, endReadOnly } from './readOnlyTransaction.ts';

/** A plan, and the JSON that it was read from. */
export interface ExplainedPlan {
  readonly plan: Plan;
  readonly json: string;
}

/**
 * Reads what EXPLAIN (FORMAT JSON) gave.
 * @throws KhipuError `protocol` when it is not what Postgres writes
 */
export function parsePlan(json: string): Plan {
  let raw: RawPlan;
  try {
    raw = readPlanJson(json);
  } catch (error) {
    throw new KhipuError('protocol', 'The server gave a plan of unknown form.', {}, { cause: error });
  }
  const jit = raw.JIT;
  return {
    root: markPlan(raw.Plan, ownFigures(raw.Plan)),
    analyzed: raw.Plan['Actual Loops'] !== undefined,
    planningMs: raw['Planning Time'],
    executionMs: raw['Execution Time'],
    triggers: (raw.Triggers ?? []).map((trigger) => ({
      name: shownName(trigger['Trigger Name'] ?? trigger['Constraint Name']) ?? '',
      relation: shownName(trigger.Relation),
      calls: trigger.Calls,
      ms: trigger.Time,
    })),
    jit: jit === undefined ? undefined : { functions: jit.Functions, ms: jit.Timing?.Total },
    notes: planNotes(raw),
  };
}

/**
 * Asks the server how it would run a statement or, with `analyze`, runs it in the read-only transaction and tells how it did.
 * @throws KhipuError `invalid-input` for what has no plan; `sql-*` with the position in the user's own text
 */
export async function explainPlan(
  database: Database,
  statement: ReadOnlySql,
  { analyze }: { readonly analyze: boolean },
  signal: AbortSignal,
): Promise<ExplainedPlan> {
  if (statement.kind !== 'rows')
    throw new KhipuError('invalid-input', 'Only a SELECT has a plan that can be shown.');
  const prefix = `EXPLAIN (FORMAT JSON, VERBOSE${analyze ? ', ANALYZE, BUFFERS' : ''}) `;
  const session = await beginReadOnly(database, statement, signal);
  try {
    const { rows } = await session.query(asSent(statement, prefix), signal);
    const json = rows[0]?.[0] ?? '';
    return { plan: parsePlan(json), json };
  } finally {
    await endReadOnly(session);
  }
}
