/** The figures of a plan's nodes that EXPLAIN does not print: time and cost without the nodes below. Pure. */

/** A node as EXPLAIN (FORMAT JSON) prints it; what is not named here is kept and looked up by name. */
export interface RawNode {
  readonly 'Node Type': string;
  readonly 'Startup Cost': number;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Plan Width': number;
  readonly 'Parent Relationship'?: string | undefined;
  readonly 'Subplan Name'?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Schema?: string | undefined;
  readonly Alias?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'CTE Name'?: string | undefined;
  readonly 'Function Name'?: string | undefined;
  readonly 'Actual Total Time'?: number | undefined;
  readonly 'Actual Rows'?: number | undefined;
  readonly 'Actual Loops'?: number | undefined;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Rows Removed by Join Filter'?: number | undefined;
  readonly 'Rows Removed by Index Recheck'?: number | undefined;
  readonly 'Workers Launched'?: number | undefined;
  readonly 'Sort Method'?: string | undefined;
  readonly 'Sort Space Type'?: string | undefined;
  readonly 'Sort Space Used'?: number | undefined;
  readonly 'Hash Batches'?: number | undefined;
  readonly 'Heap Fetches'?: number | undefined;
  readonly 'Shared Hit Blocks'?: number | undefined;
  readonly 'Shared Read Blocks'?: number | undefined;
  readonly 'Shared Written Blocks'?: number | undefined;
  readonly 'Temp Read Blocks'?: number | undefined;
  readonly 'Temp Written Blocks'?: number | undefined;
  readonly Plans?: readonly RawNode[] | undefined;
  readonly [name: string]: unknown;
}

export interface Figures {
  readonly selfCost: number;
  readonly totalMs: number;
  readonly selfMs: number;
}

/**
 * Works out every node's figures. A node's printed time is the mean of its loops, and below a Gather the loops are those of
 * all workers, who ran at the same time. What a CTE took stands in the nodes that read it, and not where its plan is hung up.
 * Source of the rules: PostgreSQL manual, "Using EXPLAIN"; the same sums as explain.depesz.com and pev2 make.
 */
export function ownFigures(root: RawNode): ReadonlyMap<RawNode, Figures> {
  const totals = new Map<RawNode, number>();
  const ctes = new Map<string, RawNode>();
  collect(root, 1, totals, ctes);
  const figures = new Map<RawNode, Figures>();
  const readers = new Set<RawNode>();
  for (const [node, totalMs] of totals) {
    const below = (node.Plans ?? []).filter((child) => !isCte(child));
    const cte = ctes.get(node['CTE Name'] ?? '');
    // The first reader of a CTE makes it run; the others read what is there.
    const ran = cte !== undefined && !readers.has(cte) && node['Node Type'] === 'CTE Scan' ? cte : undefined;
    if (ran !== undefined) readers.add(ran);
    const belowMs = sum(
      [...below, ...(ran === undefined ? [] : [ran])].map((child) => totals.get(child) ?? 0),
    );
    const belowCost = sum(below.map((child) => child['Total Cost']));
    figures.set(node, {
      totalMs,
      selfMs: Math.max(0, totalMs - belowMs),
      // A node that stops early costs less than those below it would to the end.
      selfCost: Math.max(0, node['Total Cost'] - belowCost),
    });
  }
  return figures;
}

function collect(
  node: RawNode,
  processes: number,
  totals: Map<RawNode, number>,
  ctes: Map<string, RawNode>,
): void {
  const loops = node['Actual Loops'] ?? 0;
  totals.set(node, ((node['Actual Total Time'] ?? 0) * loops) / Math.min(processes, Math.max(loops, 1)));
  const name = cteName(node);
  if (name !== undefined) ctes.set(name, node);
  const workers = node['Workers Launched'];
  for (const child of node.Plans ?? []) {
    collect(child, workers === undefined ? processes : workers + 1, totals, ctes);
  }
}

function cteName(node: RawNode): string | undefined {
  return /^CTE (.*)$/s.exec(node['Subplan Name'] ?? '')?.[1];
}

function isCte(node: RawNode): boolean {
  return cteName(node) !== undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
