/** A plan as a graph: a card for each node, and lines as thick as the rows that flow along them. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { durationWords } from './numbers.ts';
import { CurrentBox, walkByKeys, type Picture } from './planPicture.ts';
import { cardHeight, cardWidth, graphShape, type Placed } from './planShape.ts';
import {
  costWords,
  countWords,
  misestimateWords,
  nodeSentence,
  nodeWords,
  sharesOf,
  shareWords,
} from './planWords.ts';
import { Zoom } from './planZoom.ts';

const svg = 'http://www.w3.org/2000/svg';
const thinnest = 1;
const thickest = 9;

export function planGraph(plan: Plan, choose: (node: PlanNode) => void): Picture {
  const shape = graphShape(plan.root);
  const shares = sharesOf(plan);
  const cards = new Map<PlanNode, HTMLElement>();
  for (const placed of shape.placed)
    cards.set(placed.node, card(placed, plan.analyzed, shares.get(placed.node) ?? 0, choose));
  const sheet = element('div', { class: 'plan-sheet' }, edges(shape.placed), ...cards.values());
  sheet.style.setProperty('--full-width', `${shape.width}px`);
  sheet.style.setProperty('--full-height', `${shape.height}px`);
  const content = element('div', { class: 'plan-content' }, sheet);
  const scene = element(
    'div',
    { class: 'plan-scene', role: 'tree', 'aria-label': 'Plan as a graph' },
    content,
  );
  const zoom = new Zoom(scene, content, shape);
  const current = new CurrentBox(cards, plan.root);
  walkByKeys(scene, shape, current, choose);
  return {
    element: element('div', { class: 'plan-picture' }, scene, zoom.controls),
    fit: () => zoom.fit(),
    mark: (node) => current.mark(node),
    show: (node) => {
      current.mark(node);
      zoom.readable();
      current.focus();
    },
  };
}

function card(
  { node, x, y, depth }: Placed,
  analyzed: boolean,
  share: number,
  choose: (node: PlanNode) => void,
): HTMLElement {
  const { kind, target } = nodeWords(node);
  const { actual, estimate, marks } = node;
  const figures = !analyzed
    ? [`cost ${costWords(estimate.selfCost)}`, rowWords(estimate.rows)]
    : actual === undefined
      ? ['never run']
      : [durationWords(actual.selfMs), rowWords(actual.rows * actual.loops)];
  const off = misestimateWords(node);
  const bar = element('span', { class: 'bar' });
  bar.style.setProperty('--share', `${(share * 100).toFixed(1)}%`);
  const made = element(
    'div',
    {
      class: `plan-card${marks.costly ? ' costly' : ''}${off === undefined ? '' : ' off'}${marks.hints.length > 0 ? ' advised' : ''}${analyzed && actual === undefined ? ' never' : ''}`,
      role: 'treeitem',
      tabindex: '-1',
      'aria-level': String(depth + 1),
      'aria-label': nodeSentence(node, share, analyzed),
      title: [node.part, kind, target, off].filter((part) => part !== undefined && part !== '').join(' '),
    },
    element(
      'div',
      { class: 'plan-card-head' },
      element('span', { class: 'plan-kind' }, kind),
      element('span', { class: 'percent' }, shareWords(share)),
    ),
    element('div', { class: 'plan-card-target' }, targetOf(node)),
    element('div', { class: 'plan-card-figures' }, ...figures.map((figure) => element('span', {}, figure))),
    element('span', { class: 'track' }, bar),
  );
  made.style.setProperty('--x', `${x}px`);
  made.style.setProperty('--y', `${y}px`);
  made.addEventListener('click', () => choose(node));
  return made;
}

/** One path a line: from the top of a child to the bottom of its parent. */
function edges(placed: readonly Placed[]): SVGSVGElement {
  const drawn = document.createElementNS(svg, 'svg');
  drawn.setAttribute('aria-hidden', 'true');
  drawn.classList.add('plan-edges');
  const most = Math.max(1, ...placed.map(({ node }) => rowsOf(node)));
  for (const { node, parent, x, y } of placed) {
    if (parent === undefined) continue;
    const line = document.createElementNS(svg, 'path');
    const [from, to] = [
      { x: x + cardWidth / 2, y },
      { x: parent.x + cardWidth / 2, y: parent.y + cardHeight },
    ];
    const middle = (from.y + to.y) / 2;
    line.setAttribute('d', `M${from.x} ${from.y}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`);
    // Rows spread over many powers of ten: the thickness goes with their logarithm.
    const part = Math.log1p(rowsOf(node)) / Math.log1p(most);
    line.setAttribute('stroke-width', (thinnest + (thickest - thinnest) * part * part).toFixed(1));
    if (node.part !== undefined) line.classList.add('apart');
    drawn.append(line);
  }
  return drawn;
}

function rowWords(rows: number): string {
  const words = countWords(rows);
  return words === '1' ? '1 row' : `${words} rows`;
}

/** What it reads or, where that is nothing, what it joins, sorts or groups by. */
function targetOf(node: PlanNode): string {
  const names = [node.part, nodeWords(node).target].filter((part) => part !== undefined && part !== '');
  return names.length > 0
    ? names.join(' · ')
    : (node.details.find((detail) => /^[^:]*(Cond|Key): /.test(detail)) ?? '');
}

function rowsOf({ actual, estimate }: PlanNode): number {
  return actual === undefined ? estimate.rows : actual.rows * actual.loops;
}
