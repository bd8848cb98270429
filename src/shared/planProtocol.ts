/** A plan of EXPLAIN as it is shown: a tree of nodes with figures of their own, and what stands out in words. */
import * as z from 'zod/mini';

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

/** Blocks of 8 KB, usually. */
export interface PlanBuffers {
  readonly hit: number;
  readonly read: number;
  readonly dirtied: number;
  readonly written: number;
  readonly tempRead: number;
  readonly tempWritten: number;
  /** Milliseconds of reading and writing, of all processes; only where the server has track_io_timing on. */
  readonly readMs?: number | undefined;
  readonly writeMs?: number | undefined;
}

export interface PlanMarks {
  /** The one node that took the most time by itself, or would cost the most. */
  readonly costly: boolean;
  /** The one node that touched the most blocks by itself, hit or read; none where there was next to nothing. */
  readonly mostBlocks: boolean;
  /** How many times too low (`under`) or too high the estimate of rows was; undefined below 10. */
  readonly misestimate?: { readonly factor: number; readonly direction: 'under' | 'over' } | undefined;
  readonly hints: readonly string[];
}

export interface PlanNode {
  /** `Seq Scan`, `Hash Join`… */
  readonly kind: string;
  /** `CTE recent`, `InitPlan 1`, `SubPlan 2`: what is computed apart. */
  readonly part?: string | undefined;
  /** The table that is read, schema-qualified, or the function or CTE. */
  readonly relation?: string | undefined;
  readonly index?: string | undefined;
  readonly alias?: string | undefined;
  /** What it joins, filters and sorts by, as `name: value`. */
  readonly details: readonly string[];
  /** The rest of what the server tells, as `name: value`. */
  readonly facts: readonly string[];
  readonly estimate: PlanEstimate;
  /** Undefined without ANALYZE, and for a node that was never run. */
  readonly actual?: PlanActual | undefined;
  /** With the nodes below. */
  readonly buffers?: PlanBuffers | undefined;
  /** Of the node alone. */
  readonly ownBuffers?: PlanBuffers | undefined;
  /** Processes beside the first: how many it was to have, and how many there were. */
  readonly workers?: { readonly planned: number; readonly launched: number } | undefined;
  readonly marks: PlanMarks;
  readonly children: readonly PlanNode[];
}

export interface Plan {
  readonly root: PlanNode;
  readonly analyzed: boolean;
  readonly planningMs?: number | undefined;
  readonly executionMs?: number | undefined;
  readonly triggers: readonly PlanTrigger[];
  /** Compiling of expressions, where there was any. */
  readonly jit?: { readonly functions: number; readonly ms?: number | undefined } | undefined;
  /** Advice on the whole. */
  readonly notes: readonly string[];
}

export interface PlanTrigger {
  readonly name: string;
  readonly relation?: string | undefined;
  readonly calls: number;
  /** Milliseconds, all calls. */
  readonly ms?: number | undefined;
}

const text = z.optional(z.string());
const number = z.number();
const maybe = z.optional(number);

const buffers = z.object({
  hit: number,
  read: number,
  dirtied: number,
  written: number,
  tempRead: number,
  tempWritten: number,
  readMs: maybe,
  writeMs: maybe,
});

const planNode: z.ZodMiniType<PlanNode> = z.object({
  kind: z.string(),
  part: text,
  relation: text,
  index: text,
  alias: text,
  details: z.array(z.string()),
  facts: z.array(z.string()),
  estimate: z.object({
    rows: number,
    startupCost: number,
    totalCost: number,
    selfCost: number,
    width: number,
  }),
  actual: z.optional(
    z.object({ rows: number, loops: number, totalMs: number, selfMs: number, removed: number }),
  ),
  buffers: z.optional(buffers),
  ownBuffers: z.optional(buffers),
  workers: z.optional(z.object({ planned: number, launched: number })),
  marks: z.object({
    costly: z.boolean(),
    mostBlocks: z.boolean(),
    misestimate: z.optional(z.object({ factor: number, direction: z.enum(['under', 'over']) })),
    hints: z.array(z.string()),
  }),
  get children() {
    return z.array(planNode);
  },
});

export const plan: z.ZodMiniType<Plan> = z.object({
  root: planNode,
  analyzed: z.boolean(),
  planningMs: maybe,
  executionMs: maybe,
  triggers: z.array(z.object({ name: z.string(), relation: text, calls: number, ms: maybe })),
  jit: z.optional(z.object({ functions: number, ms: maybe })),
  notes: z.array(z.string()),
});
