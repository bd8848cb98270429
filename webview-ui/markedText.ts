/** Values as nodes of the page: their text, and a mark for what cannot be seen. */
import type { CellPiece } from './cellText.ts';
import { element } from './dom.ts';

export function markedText(pieces: readonly CellPiece[]): (string | HTMLElement)[] {
  return pieces.map(({ text, mark }) => (mark ? element('span', { class: 'mark' }, text) : text));
}
