/** EXPLAIN as a tree: what Postgres's JSON says of each node, with times and costs that are the node's own. */
import * as z from 'zod/mini';
import { KhipuError } from '../shared/errors.ts';
import type { Plan } from '../shared/planProtocol.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { markPlan } from './planHints.ts';
import { ownFigures, type RawNode } from './planFigures.ts';
import { asSent, beginReadOnly, endReadOnly } from './readOnlyTransaction.ts';

/** A plan, and the JSON that it was read from. */
export interface ExplainedPlan {
  readonly plan: Plan;
  readonly json: string;
}

const count = z.optional(z.number());
const text = z.optional(z.string());
const rawNode: z.ZodMiniType<RawNode> = z.looseObject({
  'Node Type': z.string(),
  'Parent Relationship': text,
  'Subplan Name': text,
  'Relation Name': text,
  Schema: text,
  Alias: text,
  'Index Name': text,
  'CTE Name': text,
  'Function Name': text,
  'Startup Cost': z.number(),
  'Total Cost': z.number(),
  'Plan Rows': z.number(),
  'Plan Width': z.number(),
  'Actual Total Time': count,
  'Actual Rows': count,
  'Actual Loops': count,
  'Rows Removed by Filter': count,
  'Rows Removed by Join Filter': count,
  'Rows Removed by Index Recheck': count,
  'Workers Launched': count,
  'Sort Method': text,
  'Sort Space Type': text,
  'Sort Space Used': count,
  'Hash Batches': count,
  'Heap Fetches': count,
  'Shared Hit Blocks': count,
  'Shared Read Blocks': count,
  'Shared Written Blocks': count,
  'Temp Read Blocks': count,
  'Temp Written Blocks': count,
  get Plans() {
    return z.optional(z.array(rawNode));
  },
});

const rawPlan = z.tuple([z.looseObject({ Plan: rawNode, 'Planning Time': count, 'Execution Time': count })]);

/**
 * Reads what EXPLAIN (FORMAT JSON) gave.
 * @throws KhipuError `protocol` when it is not what Postgres writes
 */
export function parsePlan(json: string): Plan {
  let raw: z.infer<typeof rawPlan>[0];
  try {
    raw = rawPlan.parse(JSON.parse(json))[0];
  } catch (error) {
    throw new KhipuError('protocol', 'The server gave a plan of unknown form.', {}, { cause: error });
  }
  const figures = ownFigures(raw.Plan);
  return {
    root: markPlan(raw.Plan, figures),
    analyzed: raw.Plan['Actual Loops'] !== undefined,
    planningMs: raw['Planning Time'],
    executionMs: raw['Execution Time'],
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
