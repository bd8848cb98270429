/** Tree, Graph and Flame: three views of one plan, of which one is shown; the selected node is the same in all. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { PlanDetails } from './planDetails.ts';
import { planFlame } from './planFlame.ts';
import { planGraph } from './planGraph.ts';
import type { Picture } from './planPicture.ts';
import type { PlanTree } from './planTree.ts';
import { sharesOf } from './planWords.ts';

const names = ['Tree', 'Graph', 'Flame'] as const;
type Name = (typeof names)[number];

/** Pictures are drawn when they are first shown. */
export class PlanTabs {
  readonly tabs: HTMLElement;
  readonly panel: HTMLElement;
  readonly #plan: Plan;
  readonly #tree: PlanTree;
  readonly #details: PlanDetails;
  readonly #pictures = new Map<Name, Picture>();
  readonly #resized: ResizeObserver;
  readonly #treePanel: HTMLElement;
  #name: Name = 'Tree';
  #node: PlanNode;

  /** @param heads stand over the tree */
  constructor(plan: Plan, tree: PlanTree, heads: HTMLElement) {
    this.#plan = plan;
    this.#tree = tree;
    this.#node = plan.root;
    this.#details = new PlanDetails(plan, sharesOf(plan));
    this.#treePanel = element('div', { class: 'plan' }, heads, tree.element);
    this.tabs = element(
      'div',
      { class: 'plan-tabs', role: 'tablist', 'aria-label': 'View of the plan' },
      ...names.map((name) => this.#tab(name)),
    );
    this.tabs.addEventListener('keydown', (event) => this.#key(event));
    this.panel = element(
      'section',
      { class: 'plan-panel', role: 'tabpanel', id: 'plan-panel' },
      this.#treePanel,
    );
    this.#resized = new ResizeObserver(() => this.#picture()?.fit());
    this.#resized.observe(this.panel);
    this.#show('Tree');
  }

  /** Leads to a node in the view that is shown. */
  show(node: PlanNode): void {
    this.#node = node;
    this.#details.show(node);
    if (this.#name === 'Tree') this.#tree.show(node);
    else this.#picture()?.show(node);
  }

  dispose(): void {
    this.#resized.disconnect();
  }

  #tab(name: Name): HTMLElement {
    const tab = element(
      'button',
      { type: 'button', role: 'tab', id: `plan-tab-${name}`, 'aria-controls': 'plan-panel' },
      name,
    );
    tab.addEventListener('click', () => this.#show(name));
    return tab;
  }

  #show(name: Name): void {
    this.#name = name;
    for (const tab of this.tabs.querySelectorAll<HTMLElement>('[role="tab"]')) {
      const selected = tab.id === `plan-tab-${name}`;
      tab.ariaSelected = String(selected);
      tab.tabIndex = selected ? 0 : -1;
    }
    this.panel.setAttribute('aria-labelledby', `plan-tab-${name}`);
    if (name === 'Tree') {
      this.panel.replaceChildren(this.#treePanel);
      return;
    }
    const picture = this.#pictures.get(name) ?? this.#draw(name);
    this.panel.replaceChildren(picture.element, this.#details.element);
    picture.mark(this.#node);
    this.#details.show(this.#node);
    picture.fit();
  }

  #draw(name: 'Graph' | 'Flame'): Picture {
    const choose = (node: PlanNode): void => this.show(node);
    const picture = name === 'Graph' ? planGraph(this.#plan, choose) : planFlame(this.#plan, choose);
    this.#pictures.set(name, picture);
    return picture;
  }

  #picture(): Picture | undefined {
    return this.#pictures.get(this.#name);
  }

  #key(event: KeyboardEvent): void {
    const at = names.indexOf(this.#name);
    const places: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % names.length,
      ArrowLeft: (at + names.length - 1) % names.length,
      Home: 0,
      End: names.length - 1,
    };
    const name = names[places[event.key] ?? -1];
    if (name === undefined) return;
    event.preventDefault();
    this.#show(name);
    this.tabs.querySelector<HTMLElement>(`#plan-tab-${name}`)?.focus();
  }
}
