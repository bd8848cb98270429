/** The nodes of a plan as an ARIA tree: one row a node, walked through and folded by the keys of the pattern. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { durationWords } from './numbers.ts';
import {
  costlyWords,
  costWords,
  countWords,
  loopWords,
  misestimateWords,
  nodeSentence,
  nodeWords,
  sharesOf,
  shareWords,
} from './planWords.ts';
import { treeStep, visibleItems } from './treeKeys.ts';

/** A node with more parts below it (partitions, usually) starts folded. */
const mostOpenChildren = 20;

export class PlanTree {
  readonly element: HTMLElement;
  readonly #plan: Plan;
  readonly #shares: ReadonlyMap<PlanNode, number>;
  readonly #items = new Map<PlanNode, HTMLElement>();
  readonly #parents = new Map<PlanNode, PlanNode>();
  readonly #nodes = new WeakMap<HTMLElement, PlanNode>();
  #active: HTMLElement;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#shares = sharesOf(plan);
    this.#active = this.#item(plan.root, 1);
    this.#active.tabIndex = 0;
    this.element = element('ul', { class: 'plan-tree', role: 'tree', 'aria-label': 'Plan' }, this.#active);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('click', (event) => this.#click(event));
  }

  /** Unfolds what is above a node, and focuses it. */
  show(node: PlanNode): void {
    const above: PlanNode[] = [];
    for (let parent = this.#parents.get(node); parent !== undefined; parent = this.#parents.get(parent))
      above.unshift(parent);
    for (const parent of above) this.#fold(this.#itemOf(parent), false);
    const item = this.#itemOf(node);
    this.#focus(item);
    item.firstElementChild?.scrollIntoView({ block: 'center' });
  }

  #itemOf(node: PlanNode): HTMLElement {
    return this.#items.get(node) ?? this.#active;
  }

  #item(node: PlanNode, level: number): HTMLElement {
    const share = this.#shares.get(node) ?? 0;
    const item = element('li', {
      role: 'treeitem',
      tabindex: '-1',
      'aria-level': String(level),
      'aria-label': nodeSentence(node, share, this.#plan.analyzed),
    });
    item.append(this.#row(node, share, level));
    this.#items.set(node, item);
    this.#nodes.set(item, node);
    for (const child of node.children) this.#parents.set(child, node);
    if (node.children.length > 0) {
      const children = node.children.map((child) => this.#item(child, level + 1));
      item.append(element('ul', { role: 'group' }, ...children));
      this.#fold(item, node.children.length > mostOpenChildren);
    }
    return item;
  }

  #row(node: PlanNode, share: number, level: number): HTMLElement {
    const { analyzed } = this.#plan;
    const { kind, target } = nodeWords(node);
    const { actual, estimate, marks } = node;
    const name = element(
      'div',
      { class: 'plan-name' },
      element(
        'div',
        {},
        element('span', { class: 'twistie' }, node.children.length > 0 ? icon('chevron') : undefined),
        element('span', { class: 'plan-kind' }, kind),
        target === '' ? undefined : element('span', { class: 'plan-target' }, ` ${target}`),
        marks.costly ? element('span', { class: 'badge costly' }, costlyWords(analyzed)) : undefined,
        badge('misestimate', misestimateWords(node)),
        analyzed && actual === undefined ? badge('never', 'never run') : undefined,
      ),
      ...node.details.map((detail) => element('p', { class: 'plan-detail' }, detail)),
      ...(actual !== undefined && actual.removed > 0
        ? [element('p', { class: 'plan-detail' }, `${countWords(actual.removed)} rows filtered out`)]
        : []),
      ...marks.hints.map((hint) =>
        element('p', { class: 'plan-hint' }, icon('notice'), element('span', {}, hint)),
      ),
    );
    const loops = actual === undefined ? '' : loopWords(actual.loops);
    const row = element(
      'div',
      { class: `plan-row${marks.costly ? ' costly' : ''}` },
      name,
      figure('expected', countWords(estimate.rows)),
      analyzed ? figure('found', actual === undefined ? '–' : countWords(actual.rows), loops) : undefined,
      figure(
        analyzed ? '' : 'cost',
        analyzed ? (actual === undefined ? '–' : durationWords(actual.selfMs)) : costWords(estimate.selfCost),
      ),
      shareBar(share),
    );
    row.style.setProperty('--level', String(level - 1));
    return row;
  }

  #isFolded(item: HTMLElement): boolean {
    return item.ariaExpanded === 'false';
  }

  #fold(item: HTMLElement, folded: boolean): void {
    if (item.lastElementChild === item.firstElementChild) return;
    item.ariaExpanded = String(!folded);
    if (folded && item.contains(this.#active) && item !== this.#active) this.#focus(item);
  }

  #focus(item: HTMLElement | undefined): void {
    if (item === undefined) return;
    this.#active.tabIndex = -1;
    this.#active = item;
    item.tabIndex = 0;
    item.focus({ preventScroll: true });
    item.firstElementChild?.scrollIntoView({ block: 'nearest' });
  }

  #click(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest('.plan-row') : null;
    const item = row?.parentElement;
    if (!(item instanceof HTMLElement)) return;
    if (event.target instanceof Element && event.target.closest('.twistie') !== null)
      this.#fold(item, !this.#isFolded(item));
    this.#focus(item);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = treeStep(this.element, this.#active, event.key);
    if (step !== undefined) {
      if ('folded' in step) this.#fold(this.#active, step.folded);
      else this.#focus(step.to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.#fold(this.#active, !this.#isFolded(this.#active));
    } else if (event.key === '*') {
      for (const item of this.#active.parentElement?.children ?? []) this.#fold(item as HTMLElement, false);
    } else {
      this.#goToLetter(event.key);
      return;
    }
    event.preventDefault();
  }

  #goToLetter(letter: string): void {
    if (letter.length !== 1) return;
    const visible = visibleItems(this.element);
    const at = visible.indexOf(this.#active);
    const inTurn = [...visible.slice(at + 1), ...visible.slice(0, at + 1)];
    const starts = (item: HTMLElement): boolean =>
      this.#nodes.get(item)?.kind.toLowerCase().startsWith(letter.toLowerCase()) === true;
    this.#focus(inTurn.find(starts));
  }
}

function badge(kind: string, words: string | undefined): HTMLElement | undefined {
  return words === undefined ? undefined : element('span', { class: `badge ${kind}` }, words);
}

/** @param label stands before the figure where there is no room for columns */
function figure(label: string, words: string, loops = ''): HTMLElement {
  return element(
    'div',
    { class: 'plan-figure', 'data-label': label },
    loops === '' ? undefined : element('span', { class: 'loops' }, `${loops} `),
    words,
  );
}

/** A bar and its figure. */
function shareBar(share: number): HTMLElement {
  const bar = element('span', { class: 'bar' });
  bar.style.setProperty('--share', `${(share * 100).toFixed(1)}%`);
  return element(
    'div',
    { class: 'plan-share' },
    element('span', { class: 'track' }, bar),
    element('span', { class: 'percent' }, shareWords(share)),
  );
}
