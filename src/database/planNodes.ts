/** The tree of a plan as it is shown, with what a person should look at marked: time, blocks, and estimates far off. Pure. */
import type { PlanActual, PlanMarks, PlanNode } from '../shared/planProtocol.ts';
import type { Figures } from './planFigures.ts';
import { hintsOf } from './planHints.ts';
import type { RawNode } from './planJson.ts';
import { detailsOf, factsOf, relationOf, shownName } from './planText.ts';

const misestimateFrom = 10;
/** Fewer blocks than this (8 MB, usually) are not worth a mark. */
const manyBlocks = 1000;
/** Nodes that read all their input before they give a row. */
const readsAll = /^(Sort|Incremental Sort|Hash|Aggregate|Materialize|WindowAgg|SetOp)$/;

/** The tree of nodes with their marks. */
export function markPlan(root: RawNode, figures: ReadonlyMap<RawNode, Figures>): PlanNode {
  const analyzed = root['Actual Loops'] !== undefined;
  const costly = mostOf(figures, ({ selfMs, selfCost }) => (analyzed ? selfMs : selfCost));
  const wide = mostOf(figures, blocksOf);
  const isWide = wide !== undefined && blocksOf(figures.get(wide)) >= manyBlocks;
  return toNode(root, {
    figures,
    costly: costly ?? root,
    mostBlocks: isWide ? wide : undefined,
    mayStop: false,
  });
}

function mostOf(
  figures: ReadonlyMap<RawNode, Figures>,
  weight: (figures: Figures) => number,
): RawNode | undefined {
  let most: RawNode | undefined;
  let heaviest = -1;
  for (const [node, each] of figures) {
    const weighs = weight(each);
    if (weighs > heaviest) [most, heaviest] = [node, weighs];
  }
  return most;
}

function blocksOf(figures: Figures | undefined): number {
  return (figures?.ownBuffers?.hit ?? 0) + (figures?.ownBuffers?.read ?? 0);
}

interface Around {
  readonly figures: ReadonlyMap<RawNode, Figures>;
  readonly costly: RawNode;
  readonly mostBlocks: RawNode | undefined;
  /** Whether a LIMIT above may have stopped this node before its end. */
  readonly mayStop: boolean;
}

const none: Figures = { selfCost: 0, totalMs: 0, selfMs: 0, buffers: undefined, ownBuffers: undefined };

function toNode(raw: RawNode, around: Around): PlanNode {
  const figures = around.figures.get(raw) ?? none;
  const actual = actualOf(raw, figures);
  const misestimate = actual === undefined ? undefined : misestimateOf(raw, actual, around.mayStop);
  const mayStop = raw['Node Type'] === 'Limit' || (around.mayStop && !readsAll.test(raw['Node Type']));
  const children = (raw.Plans ?? []).map((child) => toNode(child, { ...around, mayStop }));
  return {
    kind: kindOf(raw),
    part: shownName(raw['Subplan Name']),
    relation: relationOf(raw),
    index: shownName(raw['Index Name']),
    alias: shownName(raw.Alias),
    details: detailsOf(raw),
    facts: factsOf(raw),
    estimate: {
      rows: raw['Plan Rows'],
      startupCost: raw['Startup Cost'],
      totalCost: raw['Total Cost'],
      selfCost: figures.selfCost,
      width: raw['Plan Width'],
    },
    actual,
    buffers: figures.buffers,
    ownBuffers: figures.ownBuffers,
    workers: workersOf(raw),
    marks: {
      costly: raw === around.costly,
      mostBlocks: raw === around.mostBlocks,
      misestimate,
      hints:
        actual === undefined
          ? []
          : hintsOf({ raw, actual, figures, misestimate, mayStop: around.mayStop, children }),
    },
    children,
  };
}

function kindOf(raw: RawNode): string {
  const kind = shownName(raw['Node Type']) ?? '';
  return raw['Parallel Aware'] === true ? `Parallel ${kind}` : kind;
}

function workersOf(raw: RawNode): PlanNode['workers'] {
  const planned = raw['Workers Planned'];
  const launched = raw['Workers Launched'];
  return planned === undefined || launched === undefined ? undefined : { planned, launched };
}

function actualOf(raw: RawNode, { totalMs, selfMs }: Figures): PlanActual | undefined {
  const loops = raw['Actual Loops'];
  if (loops === undefined || loops === 0) return undefined;
  const removed = (raw['Rows Removed by Filter'] ?? 0) + (raw['Rows Removed by Join Filter'] ?? 0);
  return { rows: raw['Actual Rows'] ?? 0, loops, totalMs, selfMs, removed: removed * loops };
}

function misestimateOf(raw: RawNode, { rows }: PlanActual, mayStop: boolean): PlanMarks['misestimate'] {
  const estimated = Math.max(1, raw['Plan Rows']);
  const found = Math.max(1, rows);
  const direction = found > estimated ? 'under' : 'over';
  const factor = direction === 'under' ? found / estimated : estimated / found;
  const isStopped = direction === 'over' && mayStop;
  return factor < misestimateFrom || isStopped ? undefined : { factor, direction };
}
