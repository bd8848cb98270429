/** Bytes in hex and as text, in parts that come as one scrolls. */
import { element } from '../dom.ts';
import { bytesPerLine, hexLine } from './bytes.ts';
import { growing } from './longText.ts';

const linesPerPart = 200;

export function hexView(bytes: Uint8Array, label: string): HTMLElement {
  let from = 0;
  const list = element('div', { class: 'hex', role: 'group', 'aria-label': label, tabindex: '0' });
  return growing(list, () => {
    const lines: string[] = [];
    for (let count = 0; count < linesPerPart && from < bytes.length; count++, from += bytesPerLine)
      lines.push(hexLine(bytes, from));
    list.append(element('div', {}, lines.join('\n')));
    return from < bytes.length;
  });
}
