/** A text of any length in parts that come as one scrolls: five megabytes laid out at once would freeze the page. */
import { markedPieces } from '../cellText.ts';
import { element } from '../dom.ts';
import { markedText } from '../markedText.ts';

const partUnits = 16_000;

/** Where a part that begins at `from` ends: at a line's end where there is one, and never within a character. */
function endOfPart(text: string, from: number): number {
  const end = from + partUnits;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf('\n', end);
  if (line > from) return line + 1;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

/** Calls `add` whenever the end of what is there comes into view, until it says that there is no more. */
export function growing(list: HTMLElement, add: () => boolean): HTMLElement {
  const end = element('div', { class: 'growing-end', 'aria-hidden': 'true' });
  const box = element('div', { class: 'growing' }, list, end);
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      if (!box.isConnected) return;
      if (add()) watch.observe(end);
      else end.remove();
    },
    { rootMargin: '600px' },
  );
  if (add()) watch.observe(end);
  else end.remove();
  return box;
}

/** The text with line breaks and tabs as they are, and a mark for each other character that cannot be seen or reorders text. */
export function longText(text: string, label: string): HTMLElement {
  let from = 0;
  const list = element('div', { class: 'long-text', role: 'group', 'aria-label': label, tabindex: '0' });
  return growing(list, () => {
    const end = endOfPart(text, from);
    const pieces = markedPieces(text.slice(from, end).replace(/\n$/, ''));
    list.append(element('div', {}, ...markedText(pieces)));
    from = end;
    return from < text.length;
  });
}
