/** The figures of a plan's nodes that EXPLAIN does not print: time, cost and blocks without the nodes below. Pure. */
import type { PlanBuffers } from '../shared/planProtocol.ts';
import type { RawNode } from './planJson.ts';

export interface Figures {
  readonly selfCost: number;
  readonly totalMs: number;
  readonly selfMs: number;
  /** With the nodes below; undefined where the server did not count. */
  readonly buffers: PlanBuffers | undefined;
  readonly ownBuffers: PlanBuffers | undefined;
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
    const timed = [...below, ...(ran === undefined ? [] : [ran])];
    const belowMs = sum(timed.map((child) => totals.get(child) ?? 0));
    const belowCost = sum(below.map((child) => child['Total Cost']));
    const buffers = buffersOf(node);
    figures.set(node, {
      totalMs,
      selfMs: Math.max(0, totalMs - belowMs),
      // A node that stops early costs less than those below it would to the end.
      selfCost: Math.max(0, node['Total Cost'] - belowCost),
      buffers,
      ownBuffers: buffers === undefined ? undefined : without(buffers, timed),
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

function buffersOf(node: RawNode): PlanBuffers | undefined {
  const hit = node['Shared Hit Blocks'];
  if (hit === undefined) return undefined;
  return {
    hit: hit + (node['Local Hit Blocks'] ?? 0),
    read: (node['Shared Read Blocks'] ?? 0) + (node['Local Read Blocks'] ?? 0),
    dirtied: (node['Shared Dirtied Blocks'] ?? 0) + (node['Local Dirtied Blocks'] ?? 0),
    written: (node['Shared Written Blocks'] ?? 0) + (node['Local Written Blocks'] ?? 0),
    tempRead: node['Temp Read Blocks'] ?? 0,
    tempWritten: node['Temp Written Blocks'] ?? 0,
    readMs: total(
      node['I/O Read Time'],
      node['Shared I/O Read Time'],
      node['Local I/O Read Time'],
      node['Temp I/O Read Time'],
    ),
    writeMs: total(
      node['I/O Write Time'],
      node['Shared I/O Write Time'],
      node['Local I/O Write Time'],
      node['Temp I/O Write Time'],
    ),
  };
}

function without(buffers: PlanBuffers, below: readonly RawNode[]): PlanBuffers {
  const parts = below.flatMap((node) => buffersOf(node) ?? []);
  const own = (of: (part: PlanBuffers) => number | undefined): number =>
    Math.max(0, (of(buffers) ?? 0) - sum(parts.map((part) => of(part) ?? 0)));
  const timed = buffers.readMs !== undefined;
  return {
    hit: own(({ hit }) => hit),
    read: own(({ read }) => read),
    dirtied: own(({ dirtied }) => dirtied),
    written: own(({ written }) => written),
    tempRead: own(({ tempRead }) => tempRead),
    tempWritten: own(({ tempWritten }) => tempWritten),
    readMs: timed ? own(({ readMs }) => readMs) : undefined,
    writeMs: timed ? own(({ writeMs }) => writeMs) : undefined,
  };
}

function total(...times: readonly (number | undefined)[]): number | undefined {
  return times.every((time) => time === undefined) ? undefined : sum(times.map((time) => time ?? 0));
}

function cteName(node: RawNode): string | undefined {
  return /^CTE (.*)$/s.exec(node['Subplan Name'] ?? '')?.[1];
}

function isCte(node: RawNode): boolean {
  return cteName(node) !== undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((whole, each) => whole + each, 0);
}
