/** Marks in a plan what a person should look at: the costly node, estimates that were far off, and what may help. Pure. */
import type { PlanActual, PlanBuffers, PlanMarks, PlanNode } from '../shared/planProtocol.ts';
import type { Figures, RawNode } from './planFigures.ts';

const misestimateFrom = 10;
/** Fewer rows than this are cheap however they are found. */
const manyRows = 10_000;
const manyLoops = 1000;
/** Nodes that read all their input before they give a row. */
const readsAll = /^(Sort|Incremental Sort|Hash|Aggregate|Materialize|WindowAgg|SetOp)$/;

/** The tree of nodes with their marks. */
export function markPlan(root: RawNode, figures: ReadonlyMap<RawNode, Figures>): PlanNode {
  const analyzed = root['Actual Loops'] !== undefined;
  const weight = (node: RawNode): number => {
    const own = figures.get(node);
    return (analyzed ? own?.selfMs : own?.selfCost) ?? 0;
  };
  const costly = [...figures.keys()].reduce(
    (most, node) => (weight(node) > weight(most) ? node : most),
    root,
  );
  return toNode(root, { figures, costly, mayStop: false });
}

interface Around {
  readonly figures: ReadonlyMap<RawNode, Figures>;
  readonly costly: RawNode;
  /** Whether a LIMIT above may have stopped this node before its end. */
  readonly mayStop: boolean;
}

function toNode(raw: RawNode, around: Around): PlanNode {
  const figures = around.figures.get(raw) ?? { selfCost: 0, totalMs: 0, selfMs: 0 };
  const actual = actualOf(raw, figures);
  const misestimate = actual === undefined ? undefined : misestimateOf(raw, actual, around.mayStop);
  const mayStop = raw['Node Type'] === 'Limit' || (around.mayStop && !readsAll.test(raw['Node Type']));
  return {
    kind: raw['Node Type'],
    relation: relationOf(raw),
    index: raw['Index Name'],
    alias: raw.Alias,
    details: detailsOf(raw),
    estimate: {
      rows: raw['Plan Rows'],
      startupCost: raw['Startup Cost'],
      totalCost: raw['Total Cost'],
      selfCost: figures.selfCost,
      width: raw['Plan Width'],
    },
    actual,
    buffers: buffersOf(raw),
    marks: {
      costly: raw === around.costly,
      misestimate,
      hints: hintsOf(raw, actual, misestimate),
    },
    children: (raw.Plans ?? []).map((child) => toNode(child, { ...around, mayStop })),
  };
}

function actualOf(raw: RawNode, { totalMs, selfMs }: Figures): PlanActual | undefined {
  const loops = raw['Actual Loops'];
  if (loops === undefined || loops === 0) return undefined;
  const removed = (raw['Rows Removed by Filter'] ?? 0) + (raw['Rows Removed by Join Filter'] ?? 0);
  return { rows: raw['Actual Rows'] ?? 0, loops, totalMs, selfMs, removed: removed * loops };
}

function buffersOf(raw: RawNode): PlanBuffers | undefined {
  const hit = raw['Shared Hit Blocks'];
  if (hit === undefined) return undefined;
  return {
    hit,
    read: raw['Shared Read Blocks'] ?? 0,
    written: raw['Shared Written Blocks'] ?? 0,
    tempRead: raw['Temp Read Blocks'] ?? 0,
    tempWritten: raw['Temp Written Blocks'] ?? 0,
  };
}

function relationOf(raw: RawNode): string | undefined {
  const name = raw['Relation Name'] ?? raw['Function Name'] ?? raw['CTE Name'];
  if (name === undefined) return undefined;
  return raw.Schema === undefined ? name : `${raw.Schema}.${name}`;
}

/** What is worth reading of a node, in the order in which it is read. */
const detailNames = [
  'Subplan Name',
  'Join Type',
  'Strategy',
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'Sort Key',
  'Group Key',
  'Sort Method',
  'Workers Launched',
] as const;

function detailsOf(raw: RawNode): string[] {
  return detailNames.flatMap((name) => {
    const value = raw[name];
    if (typeof value === 'string' || typeof value === 'number') return [`${name}: ${value}`];
    return Array.isArray(value) ? [`${name}: ${value.join(', ')}`] : [];
  });
}

function misestimateOf(raw: RawNode, { rows }: PlanActual, mayStop: boolean): PlanMarks['misestimate'] {
  const estimated = Math.max(1, raw['Plan Rows']);
  const found = Math.max(1, rows);
  const direction = found > estimated ? 'under' : 'over';
  const factor = direction === 'under' ? found / estimated : estimated / found;
  const isStopped = direction === 'over' && mayStop;
  return factor < misestimateFrom || isStopped ? undefined : { factor, direction };
}

function hintsOf(
  raw: RawNode,
  actual: PlanActual | undefined,
  misestimate: PlanMarks['misestimate'],
): string[] {
  if (actual === undefined) return [];
  const relation = relationOf(raw);
  const found = actual.rows * actual.loops;
  const hints: string[] = [];
  if (raw['Node Type'] === 'Seq Scan' && actual.removed >= manyRows && actual.removed >= 9 * found)
    hints.push(
      `Of ${shown(actual.removed + found)} rows read, ${shown(found)} were wanted: an index that fits ${String(raw['Filter'])} may help.`,
    );
  else if (raw['Node Type'] === 'Seq Scan' && actual.loops >= manyLoops)
    hints.push(
      `The whole of ${relation ?? 'this'} was read ${shown(actual.loops)} times: an index for the join may help.`,
    );
  if (raw['Sort Space Type'] === 'Disk')
    hints.push(
      `The sort went to disk (${shown(raw['Sort Space Used'] ?? 0)} KB): more work_mem would keep it in memory.`,
    );
  if ((raw['Hash Batches'] ?? 1) > 1)
    hints.push(
      `The hash table went to disk in ${shown(raw['Hash Batches'] ?? 0)} parts: more work_mem would keep it in memory.`,
    );
  if ((raw['Heap Fetches'] ?? 0) >= manyRows)
    hints.push(
      `The index alone did not do: VACUUM ${relation ?? ''} would spare ${shown(raw['Heap Fetches'] ?? 0)} reads of the table.`,
    );
  if ((raw['Rows Removed by Index Recheck'] ?? 0) >= manyRows)
    hints.push('The bitmap of rows did not fit into work_mem: more of it would spare the recheck.');
  if (misestimate !== undefined && relation !== undefined && raw['Relation Name'] !== undefined)
    hints.push(
      `${shown(raw['Plan Rows'])} rows were expected and ${shown(actual.rows)} came: ANALYZE ${relation}, or statistics on the columns together, may help.`,
    );
  return hints;
}

function shown(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
