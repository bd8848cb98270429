/** EXPLAIN (FORMAT JSON) as Postgres 14 to 18 print it: what is read of it, and the check that it is that. */
import * as z from 'zod/mini';

const texts = [
  'Parent Relationship',
  'Subplan Name',
  'Relation Name',
  'Schema',
  'Alias',
  'Index Name',
  'CTE Name',
  'Function Name',
  'Filter',
  'Join Filter',
  'Sort Method',
  'Sort Space Type',
] as const;

const numbers = [
  'Actual Total Time',
  'Actual Rows',
  'Actual Loops',
  'Rows Removed by Filter',
  'Rows Removed by Join Filter',
  'Rows Removed by Index Recheck',
  'Workers Planned',
  'Workers Launched',
  'Sort Space Used',
  'Hash Batches',
  'HashAgg Batches',
  'Disk Usage',
  'Peak Memory Usage',
  'Heap Fetches',
  'Exact Heap Blocks',
  'Lossy Heap Blocks',
  'Cache Hits',
  'Cache Misses',
  'Cache Evictions',
  'Shared Hit Blocks',
  'Shared Read Blocks',
  'Shared Dirtied Blocks',
  'Shared Written Blocks',
  'Local Hit Blocks',
  'Local Read Blocks',
  'Local Dirtied Blocks',
  'Local Written Blocks',
  'Temp Read Blocks',
  'Temp Written Blocks',
  // Until 16 there was one pair of times, since 17 one for each kind of block; only with track_io_timing.
  'I/O Read Time',
  'I/O Write Time',
  'Shared I/O Read Time',
  'Shared I/O Write Time',
  'Local I/O Read Time',
  'Local I/O Write Time',
  'Temp I/O Read Time',
  'Temp I/O Write Time',
] as const;

type Named<Names extends readonly string[], Value> = Readonly<
  Partial<Record<Names[number], Value | undefined>>
>;

interface Always {
  readonly 'Node Type': string;
  readonly 'Startup Cost': number;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Plan Width': number;
  readonly 'Parallel Aware'?: boolean | undefined;
  readonly Plans?: readonly RawNode[] | undefined;
}

/** A node; what is not named here is kept and looked up by name, with `Reflect.get`. */
export type RawNode = Always & Named<typeof texts, string> & Named<typeof numbers, number>;

const count = z.optional(z.number());
const text = z.optional(z.string());

function optional<Name extends string, Shape>(names: readonly Name[], shape: Shape): Record<Name, Shape> {
  return Object.fromEntries(names.map((name) => [name, shape])) as Record<Name, Shape>;
}

const rawNode: z.ZodMiniType<RawNode> = z.looseObject({
  'Node Type': z.string(),
  'Startup Cost': z.number(),
  'Total Cost': z.number(),
  'Plan Rows': z.number(),
  'Plan Width': z.number(),
  'Parallel Aware': z.optional(z.boolean()),
  ...optional(texts, text),
  ...optional(numbers, count),
  get Plans() {
    return z.optional(z.array(rawNode));
  },
});

const trigger = z.object({
  'Trigger Name': text,
  'Constraint Name': text,
  Relation: text,
  Time: count,
  Calls: z.number(),
});

const rawPlan = z.looseObject({
  Plan: rawNode,
  'Planning Time': count,
  'Execution Time': count,
  Triggers: z.optional(z.array(trigger)),
  JIT: z.optional(
    z.looseObject({ Functions: z.number(), Timing: z.optional(z.looseObject({ Total: count })) }),
  ),
});
export type RawPlan = z.infer<typeof rawPlan>;

/**
 * Reads the text of a plan: the array of one that the server gives, or its one element, as other tools save it.
 * @throws an error of JSON.parse or of zod when it is something else
 */
export function readPlanJson(json: string): RawPlan {
  const read: unknown = JSON.parse(json);
  return rawPlan.parse(Array.isArray(read) && read.length === 1 ? read[0] : read);
}
