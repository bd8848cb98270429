/** The keys by which one walks through an ARIA tree of nested lists, whatever its items show. */

/** What a key does: leads to an item, where there is one, or folds the active one. */
export type TreeStep = { readonly to: HTMLElement | undefined } | { readonly folded: boolean };

/** Items that are not inside a folded one, from top to bottom. */
export function visibleItems(tree: HTMLElement): HTMLElement[] {
  const all = [...tree.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  return all.filter((item) => item.parentElement?.closest('[aria-expanded="false"]') === null);
}

/** @returns undefined for a key that does not walk */
export function treeStep(tree: HTMLElement, active: HTMLElement, key: string): TreeStep | undefined {
  const visible = visibleItems(tree);
  const at = visible.indexOf(active);
  const isOpen = active.ariaExpanded === 'true';
  switch (key) {
    case 'ArrowDown':
      return { to: visible[at + 1] };
    case 'ArrowUp':
      return { to: visible[at - 1] };
    case 'ArrowRight':
      return isOpen ? { to: visible[at + 1] } : { folded: false };
    case 'ArrowLeft':
      if (isOpen) return { folded: true };
      return { to: active.parentElement?.closest<HTMLElement>('[role="treeitem"]') ?? undefined };
    case 'Home':
      return { to: visible[0] };
    case 'End':
      return { to: visible.at(-1) };
    default:
      return undefined;
  }
}
