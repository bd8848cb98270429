/** A plan in words and figures: what its nodes are called, what they cost, what stands out. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { durationWords } from './numbers.ts';

/** `Index Scan using orders_pkey on shop.orders o`, in its two parts. */
export function nodeWords({ kind, relation, index, alias }: PlanNode): { kind: string; target: string } {
  const name = relation?.split('.').at(-1);
  const parts = [
    index === undefined ? '' : `using ${index}`,
    relation === undefined ? '' : `on ${relation}`,
    // An alias that is the table's own name says nothing.
    alias === undefined || alias === name ? '' : alias,
  ];
  return { kind, target: parts.filter((part) => part !== '').join(' ') };
}

export function countWords(rows: number, locale?: string): string {
  const digits = rows > 0 && rows < 10 && !Number.isInteger(rows) ? 2 : 0;
  return rows.toLocaleString(locale, { maximumFractionDigits: digits });
}

/** `12×`, for how often a node ran; nothing for once. */
export function loopWords(loops: number, locale?: string): string {
  return loops === 1 ? '' : `${loops.toLocaleString(locale)}×`;
}

export function costWords(cost: number, locale?: string): string {
  return cost.toLocaleString(locale, { maximumFractionDigits: cost < 10 ? 2 : 0 });
}

/** `83× more rows than expected`. */
export function misestimateWords({ marks }: PlanNode, locale?: string): string | undefined {
  const { misestimate } = marks;
  if (misestimate === undefined) return undefined;
  const factor = Math.round(misestimate.factor).toLocaleString(locale);
  return `${factor}× ${misestimate.direction === 'under' ? 'more' : 'fewer'} rows than expected`;
}

/** What a node alone takes of the whole, 0 to 1: of the time, or of the cost where nothing was run. */
export function sharesOf({ root, analyzed }: Plan): ReadonlyMap<PlanNode, number> {
  const own = ({ actual, estimate }: PlanNode): number =>
    analyzed ? (actual?.selfMs ?? 0) : estimate.selfCost;
  const nodes = nodesOf(root);
  const whole = nodes.reduce((sum, node) => sum + own(node), 0);
  return new Map(nodes.map((node) => [node, whole === 0 ? 0 : own(node) / whole]));
}

/** A node and all below it, in the order in which they are shown. */
export function nodesOf(root: PlanNode): PlanNode[] {
  const nodes: PlanNode[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    for (const child of node.children.toReversed()) waiting.push(child);
  }
  return nodes;
}

export function shareWords(share: number, locale?: string): string {
  return share.toLocaleString(locale, { style: 'percent', maximumFractionDigits: 0 });
}

/** The node in one sentence, for screen readers. */
export function nodeSentence(node: PlanNode, share: number, analyzed: boolean, locale?: string): string {
  const { kind, target } = nodeWords(node);
  const { actual, estimate, marks } = node;
  const figures = !analyzed
    ? [`cost ${costWords(estimate.selfCost, locale)}`]
    : actual === undefined
      ? ['never run']
      : [`${countWords(actual.rows, locale)} found`, durationWords(actual.selfMs, locale)];
  return [
    [kind, target].filter((part) => part !== '').join(' '),
    `${countWords(estimate.rows, locale)} rows expected`,
    ...figures,
    `${shareWords(share, locale)} of the ${analyzed ? 'time' : 'cost'}`,
    ...(marks.costly ? [costlyWords(analyzed)] : []),
    misestimateWords(node, locale),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** `took the most time: 56%`. */
export function costlySentence(analyzed: boolean, share: number, locale?: string): string {
  const what = analyzed ? 'took the most time' : 'would cost the most';
  return `${what}: ${shareWords(share, locale)}`;
}

/** The badge of the costly node. */
export function costlyWords(analyzed: boolean): string {
  return analyzed ? 'most time' : 'highest cost';
}

/** Times and reads of the whole plan, each a few words. */
export function totalWords({ root, analyzed, planningMs, executionMs }: Plan, locale?: string): string[] {
  const words: string[] = [];
  if (!analyzed) words.push('Planned, not run', `total cost ${costWords(root.estimate.totalCost, locale)}`);
  if (executionMs !== undefined) words.push(`Ran in ${durationWords(executionMs, locale)}`);
  if (planningMs !== undefined) words.push(`planned in ${durationWords(planningMs, locale)}`);
  if (root.actual !== undefined) {
    const rows = countWords(root.actual.rows, locale);
    words.push(rows === '1' ? '1 row' : `${rows} rows`);
  }
  const { buffers } = root;
  if (buffers !== undefined)
    words.push(
      `${countWords(buffers.hit, locale)} blocks from memory, ${countWords(buffers.read, locale)} from disk`,
    );
  if (buffers !== undefined && buffers.tempWritten > 0)
    words.push(`${countWords(buffers.tempWritten, locale)} blocks written to temporary files`);
  return words;
}
