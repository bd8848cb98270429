/** EXPLAIN as a tree: what Postgres's JSON says of each node, with times and costs that are the node's own. */
import * as z from 'zod/mini';
import { KhipuError } from '../shared/errors.ts';
import type { Database } from './connect.ts';
import type { ReadOnlySql } from './guard.ts';
import { markPlan, type PlanMarks } from './planHints.ts';
import { ownFigures, type RawNode } from './planFigures.ts';
import { asSent, beginReadOnly, endReadOnly } from './readOnlyTransaction.ts';

export interface PlanEstimate {
  /** Rows of one loop. */
  readonly rows: number;
  readonly startupCost: number;
  readonly totalCost: number;
  /** Total cost without that of the nodes below. */
  readonly selfCost: number;
  /** Bytes of a row. */
  readonly width: number;
}

export interface PlanActual {
  /** Rows of one loop, on average. */
  readonly rows: number;
  readonly loops: number;
  /** Milliseconds of wall clock, all loops, with the nodes below. */
  readonly totalMs: number;
  /** Milliseconds of the node alone. */
  readonly selfMs: number;
  /** Rows that the filter threw away, all loops. */
  readonly removed: number;
}

/** Blocks of 8 KB, usually; with the nodes below. */
export interface PlanBuffers {
  readonly hit: number;
  readonly read: number;
  readonly written: number;
  readonly tempRead: number;
  readonly tempWritten: number;
}

export interface PlanNode {
  /** `Seq Scan`, `Hash Join`… */
  readonly kind: string;
  /** The table that is read, schema-qualified, or the function or CTE. */
  readonly relation: string | undefined;
  readonly index: string | undefined;
  readonly alias: string | undefined;
  /** What it joins, filters and sorts by, as `name: value`. */
  readonly details: readonly string[];
  readonly estimate: PlanEstimate;
  /** Undefined without ANALYZE, and for a node that was never run. */
  readonly actual: PlanActual | undefined;
  readonly buffers: PlanBuffers | undefined;
  readonly marks: PlanMarks;
  readonly children: readonly PlanNode[];
}

export interface Plan {
  readonly root: PlanNode;
  readonly analyzed: boolean;
  readonly planningMs: number | undefined;
  readonly executionMs: number | undefined;
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
): Promise<Plan> {
  if (statement.kind !== 'rows')
    throw new KhipuError('invalid-input', 'Only a SELECT has a plan that can be shown.');
  const prefix = `EXPLAIN (FORMAT JSON, VERBOSE${analyze ? ', ANALYZE, BUFFERS' : ''}) `;
  const session = await beginReadOnly(database, statement, signal);
  try {
    const { rows } = await session.query(asSent(statement, prefix), signal);
    return parsePlan(rows[0]?.[0] ?? '');
  } finally {
    await endReadOnly(session);
  }
}
