/** A plan as the text that a model reads: its nodes with costs and rows, and nothing of tables that it may not know. */
import type { Plan, PlanNode } from '../shared/planProtocol.ts';
import { tame } from './schemaText.ts';

/** More nodes than these make no plan that a model follows. */
const mostNodes = 120;

/** @param hidden `schema.name` of the tables that are not told: where the plan reads one, no name and no condition of it is */
export function planText({ root }: Plan, hidden: ReadonlySet<string> = new Set()): string {
  const nodes = [...walk(root, 0)];
  const bare = nodes.some(({ node }) => node.relation !== undefined && hidden.has(node.relation));
  const lines = nodes.slice(0, mostNodes).map(({ node, depth }) => {
    const { totalCost, rows } = node.estimate;
    const named = [node.relation, node.index].filter((name) => name !== undefined).map((name) => tame(name));
    const subject = bare || named.length === 0 ? '' : ` on ${named.join(' by ')}`;
    const details =
      bare || node.details.length === 0 ? '' : ` [${node.details.map((each) => tame(each)).join('; ')}]`;
    return `${'  '.repeat(depth)}${node.kind}${subject} (cost ${totalCost}, ${rows} rows)${details}`;
  });
  return lines.join('\n');
}

function* walk(
  node: PlanNode,
  depth: number,
): Generator<{ readonly node: PlanNode; readonly depth: number }> {
  yield { node, depth };
  for (const child of node.children) yield* walk(child, depth + 1);
}
