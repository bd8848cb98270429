/** What graph and flame have in common: a box for each node, of which one is current, and keys that walk between them. */
import type { PlanNode } from '../src/shared/planProtocol.ts';
import { neighbour, type Shape } from './planShape.ts';

export interface Picture {
  readonly element: HTMLElement;
  /** The picture was shown, or its room has changed. */
  fit(): void;
  /** Makes a node current, brings it into sight and focuses it. */
  show(node: PlanNode): void;
  /** Marks the current node, without moving the focus. */
  mark(node: PlanNode): void;
}

/** Which of a picture's boxes is the current one: it alone takes the focus. */
export class CurrentBox {
  readonly #boxes: ReadonlyMap<PlanNode, HTMLElement>;
  #node: PlanNode;

  constructor(boxes: ReadonlyMap<PlanNode, HTMLElement>, root: PlanNode) {
    this.#boxes = boxes;
    this.#node = root;
    this.mark(root);
  }

  get node(): PlanNode {
    return this.#node;
  }

  mark(node: PlanNode): void {
    const [before, now] = [this.#boxes.get(this.#node), this.#boxes.get(node)];
    before?.classList.remove('current');
    before?.setAttribute('tabindex', '-1');
    this.#node = node;
    now?.classList.add('current');
    now?.setAttribute('tabindex', '0');
  }

  /** Brings it into sight. */
  focus(): void {
    const box = this.#boxes.get(this.#node);
    box?.focus({ preventScroll: true });
    box?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

/** The keys of a picture whose nodes are elements with the role `treeitem`. */
export function walkByKeys(
  scene: HTMLElement,
  shape: Shape,
  current: CurrentBox,
  go: (node: PlanNode) => void,
): void {
  scene.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbour(shape, current.node, event.key);
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  });
}
