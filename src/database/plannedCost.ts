/** What the server expects a statement to cost, read from its plan before it is run. */
import type { PlannedCost } from '../shared/costProtocol.ts';
import type { Plan, PlanNode } from '../shared/planProtocol.ts';
import { qualified, type Catalog } from './catalog.ts';
import { parsePlan } from './plan.ts';

/** A longer plan is not read whole: that would hold the event loop. In UTF-16 units. */
const mostJson = 500_000;

/** What the top node of an EXPLAIN (FORMAT JSON) says, without reading the rest: its figures come before those of the nodes below. */
export function costOf(json: string): PlannedCost {
  const [, total] = /"Total Cost":\s*([\d.e+]+)/.exec(json) ?? [];
  const [, rows] = /"Plan Rows":\s*([\d.e+]+)/.exec(json) ?? [];
  return { total: Number(total ?? 0), rows: Number(rows ?? 0) };
}

/** A plan's cost; `plan` is undefined where it is too long to be shown. */
export interface PricedPlan {
  readonly cost: PlannedCost;
  readonly plan: Plan | undefined;
}

/**
 * Reads the whole plan, for one that the user is asked about.
 * @param catalog says how many rows the tables have
 * @throws KhipuError `protocol` when it is not what Postgres writes
 */
export function priceOf(json: string, catalog: Catalog): PricedPlan {
  const head = costOf(json);
  if (json.length > mostJson) return { cost: head, plan: undefined };
  const plan = parsePlan(json);
  return { cost: { ...head, ...largestScan(plan.root, catalog) }, plan };
}

/** The scan that takes most of the cost by itself. */
function largestScan(root: PlanNode, catalog: Catalog): Pick<PlannedCost, 'scan'> {
  const scans = scansOf(root).toSorted((a, b) => b.estimate.selfCost - a.estimate.selfCost);
  const [node] = scans;
  if (node?.relation === undefined) return {};
  const { relation: table, kind } = node;
  const known = catalog.relations.find(({ schema, name }) => qualified(schema, name) === table);
  const rows = known?.rowEstimate;
  return { scan: { table, kind, ...(rows === undefined ? {} : { rows }) } };
}

function scansOf(node: PlanNode): PlanNode[] {
  const own = /Scan$/.test(node.kind) && node.relation !== undefined ? [node] : [];
  return [...own, ...node.children.flatMap(scansOf)];
}
