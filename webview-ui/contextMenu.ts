/** A context menu as VS Code draws its own, by the ARIA menu pattern: arrows, Home, End, first letters, Enter, Escape. */
import { element } from './dom.ts';

/** An entry; `undefined` in a list of them is a line between groups. */
export interface MenuItem {
  readonly label: string;
  /** The keys that do the same without the menu, as they are shown. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** Whether it is on, of an entry that can be on or off. */
  readonly checked?: boolean;
  readonly run: () => void;
}

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

const gap = 4;

/** One menu at a time; whoever makes it closes it with the view. */
export class ContextMenu {
  #open: { readonly menu: HTMLElement; readonly closing: AbortController } | undefined;

  /**
   * Opens the menu with its first entry focused.
   * @param host the element in which it is put; the menu is placed in the window
   * @param label what it is for, to screen readers
   * @param onClose told when it has closed, before an entry is run: the place for giving the focus back
   */
  show(
    items: readonly (MenuItem | undefined)[],
    place: MenuPlace,
    host: HTMLElement,
    onClose: () => void,
    label = 'Cells',
  ): void {
    this.close();
    const closing = new AbortController();
    const { signal } = closing;
    const close = (): void => {
      if (this.#open?.closing !== closing) return;
      this.close();
      onClose();
    };
    const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label });
    for (const item of items) menu.append(item === undefined ? line() : entry(item, close));
    this.#open = { menu, closing };
    host.append(menu);
    put(menu, place);
    menu.addEventListener('keydown', (event) => key(event, menu, close), { signal });
    menu.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    menu.addEventListener('mouseover', (event) => entryOf(event.target)?.focus(), { signal });
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node && menu.contains(event.target))) close();
    };
    document.addEventListener('pointerdown', outside, { capture: true, signal });
    document.addEventListener('focusin', outside, { signal });
    window.addEventListener('blur', close, { signal });
    window.addEventListener('resize', close, { signal });
    document.addEventListener('wheel', outside, { signal, passive: true });
    entriesOf(menu)[0]?.focus();
  }

  /** Closes it without a word. */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.closing.abort();
    open?.menu.remove();
  }
}

function entry({ label, keys, disabled = false, checked, run }: MenuItem, close: () => void): HTMLElement {
  const made = element(
    'div',
    {
      class: 'menu-item',
      role: checked === undefined ? 'menuitem' : 'menuitemcheckbox',
      tabindex: '-1',
      'aria-disabled': String(disabled),
    },
    element('span', {}, label),
    keys === undefined ? undefined : element('span', { class: 'keys', 'aria-hidden': 'true' }, keys),
  );
  if (checked !== undefined) made.setAttribute('aria-checked', String(checked));
  if (keys !== undefined) made.setAttribute('aria-keyshortcuts', keys.replace('Ctrl', 'Control'));
  made.addEventListener('click', () => {
    if (disabled) return;
    close();
    run();
  });
  return made;
}

function line(): HTMLElement {
  return element('div', { class: 'menu-line', role: 'separator' });
}

function entriesOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('.menu-item')];
}

function entryOf(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>('.menu-item') ?? undefined) : undefined;
}

/** Within the window, and below the place if there is room. */
function put(menu: HTMLElement, { x, y }: MenuPlace): void {
  const { width, height } = menu.getBoundingClientRect();
  const above = y + height + gap > window.innerHeight && y - height > gap;
  const left = Math.max(gap, Math.min(x, window.innerWidth - width - gap));
  const top = above ? y - height : Math.max(gap, Math.min(y, window.innerHeight - height - gap));
  menu.style.setProperty('left', `${left}px`);
  menu.style.setProperty('top', `${top}px`);
}

function key(event: KeyboardEvent, menu: HTMLElement, close: () => void): void {
  const entries = entriesOf(menu);
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const go = (index: number): void => entries[(index + entries.length) % entries.length]?.focus();
  event.stopPropagation();
  switch (event.key) {
    case 'ArrowDown':
      go(at + 1);
      break;
    case 'ArrowUp':
      go(at - 1);
      break;
    case 'Home':
      go(0);
      break;
    case 'End':
      go(-1);
      break;
    case 'Enter':
    case ' ':
      entries[at]?.click();
      break;
    case 'Escape':
    case 'Tab':
      close();
      break;
    default:
      goToLetter(event, entries, at);
      return;
  }
  event.preventDefault();
}

function goToLetter(
  { key: letter, ctrlKey, metaKey, altKey }: KeyboardEvent,
  entries: HTMLElement[],
  at: number,
): void {
  if (letter.length !== 1 || ctrlKey || metaKey || altKey) return;
  const inTurn = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
  const starts = (item: HTMLElement): boolean =>
    item.textContent.toLowerCase().startsWith(letter.toLowerCase());
  inTurn.find(starts)?.focus();
}
