/** Values as an ARIA tree: what is folded is not there yet, and a long list comes in parts. */
import { cellPieces } from '../cellText.ts';
import { element } from '../dom.ts';
import { icon } from '../icons.ts';
import { markedText } from '../markedText.ts';
import { treeStep } from '../treeKeys.ts';
import type { TreeNode } from './treeNode.ts';

/** Children that come at once. */
const partSize = 200;

export class ValueTree {
  readonly element: HTMLElement;
  readonly #nodes = new WeakMap<Element, TreeNode>();
  readonly #more = new WeakMap<Element, () => void>();
  #active: HTMLElement | undefined;

  constructor(root: TreeNode, label: string) {
    this.element = element('ul', { class: 'value-tree', role: 'tree', 'aria-label': label });
    if (root.children === undefined) this.element.append(this.#item(root, 1));
    else this.#append(this.element, root.children(), 1);
    this.element.addEventListener('click', (event) => this.#click(event));
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.#makeActive(this.element.querySelector<HTMLElement>('[role="treeitem"]') ?? undefined);
  }

  /** What is chosen in the tree. */
  get active(): TreeNode | undefined {
    return this.#active === undefined ? undefined : this.#nodes.get(this.#active);
  }

  focus(): void {
    this.#active?.focus();
  }

  #item(node: TreeNode, level: number): HTMLElement {
    const text = (value: string, look: string): HTMLElement =>
      element('bdi', { class: look }, ...markedText(cellPieces(value)));
    const isGroup = node.children !== undefined;
    const line = element(
      'div',
      { class: 'tree-line' },
      element('span', { class: 'twistie' }, isGroup ? icon('chevron') : undefined),
      text(node.label, 'tree-key'),
      ' ',
      text(node.shown, `tree-value ${node.kind}`),
    );
    line.style.setProperty('--level', String(level - 1));
    const item = element(
      'li',
      { role: 'treeitem', tabindex: '-1', 'aria-level': String(level), 'aria-selected': 'false' },
      line,
    );
    if (isGroup) item.ariaExpanded = 'false';
    this.#nodes.set(item, node);
    return item;
  }

  /** Puts the next children into the list, and behind them a line for more where there are more. */
  #append(list: HTMLElement, children: Iterator<TreeNode>, level: number): HTMLElement | undefined {
    let first: HTMLElement | undefined;
    for (let count = 0; count < partSize; count++) {
      const next = children.next();
      if (next.done === true) return first;
      const item = this.#item(next.value, level);
      first ??= item;
      list.append(item);
    }
    const more = element(
      'li',
      { role: 'treeitem', tabindex: '-1', 'aria-level': String(level), class: 'tree-more' },
      `Show ${partSize} more`,
    );
    this.#more.set(more, () => {
      const shown = this.#append(list, children, level);
      more.remove();
      this.#focus(shown ?? (list.lastElementChild as HTMLElement | null) ?? undefined);
    });
    list.append(more);
    return first;
  }

  #fold(item: HTMLElement, folded: boolean): void {
    const node = this.#nodes.get(item);
    if (node?.children === undefined) return;
    item.ariaExpanded = String(!folded);
    if (folded || item.querySelector(':scope > ul') !== null) return;
    const list = element('ul', { role: 'group' });
    this.#append(list, node.children(), Number(item.ariaLevel ?? item.getAttribute('aria-level')) + 1);
    item.append(list);
  }

  #makeActive(item: HTMLElement | undefined): void {
    if (item === undefined) return;
    if (this.#active !== undefined) {
      this.#active.tabIndex = -1;
      this.#active.ariaSelected = 'false';
    }
    this.#active = item;
    item.tabIndex = 0;
    item.ariaSelected = 'true';
  }

  #focus(item: HTMLElement | undefined): void {
    this.#makeActive(item);
    item?.focus({ preventScroll: true });
    item?.firstElementChild?.scrollIntoView({ block: 'nearest' });
  }

  #click(event: MouseEvent): void {
    const item =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[role="treeitem"]') : null;
    if (item === null) return;
    this.#focus(item);
    this.#press(item);
  }

  #press(item: HTMLElement): void {
    const more = this.#more.get(item);
    if (more === undefined) this.#fold(item, item.ariaExpanded === 'true');
    else more();
  }

  #key(event: KeyboardEvent): void {
    const active = this.#active;
    if (active === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = treeStep(this.element, active, event.key);
    if (step === undefined && event.key !== 'Enter' && event.key !== ' ') return;
    if (step === undefined) this.#press(active);
    else if ('folded' in step) this.#fold(active, step.folded);
    else this.#focus(step.to);
    event.preventDefault();
  }
}
