/** A plan as a flame: each node a bar under its parent, as wide as its part of the time (or cost) with all below it. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { durationWords } from './numbers.ts';
import { CurrentBox, walkByKeys, type Picture } from './planPicture.ts';
import { flameShape, weightOf, type Placed } from './planShape.ts';
import { costWords, nodeSentence, nodeWords, sharesOf } from './planWords.ts';

/** Narrower than this part of the whole, a bar has no room for words. */
const narrowest = 0.035;

export function planFlame(plan: Plan, choose: (node: PlanNode) => void): Picture {
  const shape = flameShape(plan);
  const shares = sharesOf(plan);
  const bars = new Map<PlanNode, HTMLElement>();
  for (const placed of shape.placed)
    bars.set(placed.node, bar(placed, plan, shares.get(placed.node) ?? 0, choose));
  const flame = element('div', { class: 'plan-flame' }, ...bars.values());
  flame.style.setProperty('--rows', String(shape.height));
  const scene = element(
    'div',
    {
      class: 'plan-scene flame',
      role: 'tree',
      'aria-label': `Plan as a flame, wide by ${plan.analyzed ? 'time' : 'cost'}`,
    },
    flame,
    legend(plan.analyzed),
  );
  const current = new CurrentBox(bars, plan.root);
  walkByKeys(scene, shape, current, choose);
  return {
    element: element('div', { class: 'plan-picture' }, scene),
    fit: () => undefined,
    mark: (node) => current.mark(node),
    show: (node) => {
      current.mark(node);
      current.focus();
    },
  };
}

function bar(
  { node, x, y, width, depth }: Placed,
  { analyzed }: Plan,
  share: number,
  choose: (node: PlanNode) => void,
): HTMLElement {
  const { kind, target } = nodeWords(node);
  const weight = weightOf(node, analyzed);
  const words = analyzed ? durationWords(weight) : costWords(weight);
  const name = [node.part, kind, target].filter((part) => part !== undefined && part !== '').join(' ');
  const made = element(
    'div',
    {
      class: `plan-bar-node${node.marks.costly ? ' costly' : ''}`,
      role: 'treeitem',
      tabindex: '-1',
      'aria-level': String(depth + 1),
      'aria-label': `${nodeSentence(node, share, analyzed)}, ${words} with all below`,
      title: `${name}: ${words}`,
    },
    ...(width < narrowest
      ? []
      : [
          element('span', { class: 'plan-kind' }, name),
          element('span', { class: 'plan-bar-figure' }, words),
        ]),
  );
  made.style.setProperty('--x', `${(x * 100).toFixed(3)}%`);
  made.style.setProperty('--width', `${(width * 100).toFixed(3)}%`);
  made.style.setProperty('--row', String(y));
  // How hot: its own part, not that of what is below.
  made.style.setProperty('--heat', `${Math.round(12 + 60 * Math.sqrt(share))}%`);
  made.addEventListener('click', () => choose(node));
  return made;
}

function legend(analyzed: boolean): HTMLElement {
  const what = analyzed ? 'time' : 'cost';
  return element(
    'p',
    { class: 'plan-legend' },
    `Wide by ${what} with all below, stronger in colour by ${what} of the node alone. A CTE counts where it stands and where it is read.`,
  );
}
