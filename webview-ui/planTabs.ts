/** Tree, Graph and Flame: three views of one plan, of which one is shown; the selected node is the same in all. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';
import { element } from './dom.ts';
import { PlanDetails } from './planDetails.ts';
import { planFlame } from './planFlame.ts';
import { planGraph } from './planGraph.ts';
import type { Picture } from './planPicture.ts';
import type { PlanTree } from './planTree.ts';
import { sharesOf } from './planWords.ts';
import { markTab, walkTabs } from './tabKeys.ts';

const names = ['Tree', 'Graph', 'Flame'] as const;
type Name = (typeof names)[number];

/** Pictures are drawn when they are first shown. */
export class PlanTabs {
  readonly tabs: HTMLElement;
  readonly panel: HTMLElement;
  readonly #tabs: Readonly<Record<Name, HTMLElement>>;
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
    this.#tabs = { Tree: this.#tab('Tree'), Graph: this.#tab('Graph'), Flame: this.#tab('Flame') };
    this.tabs = element(
      'div',
      { class: 'plan-tabs', role: 'tablist', 'aria-label': 'View of the plan' },
      ...names.map((name) => this.#tabs[name]),
    );
    walkTabs(this.tabs);
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
    markTab(this.tabs, this.#tabs[name]);
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
}
