/** How a cell's value reads on one line: a value is text to look at, never anything that acts. */
import type { ResultRow } from '../src/shared/resultsProtocol.ts';

type Cell = ResultRow[number];

/** A run of text, or a mark that stands for a character which cannot be seen or would do harm. */
export interface CellPiece {
  readonly text: string;
  readonly mark: boolean;
}

/** Longer values are cut; the whole text is what copying gives. */
export const longestCell = 300;

// Controls, zero-width characters, and what reorders text around it (the bidi embeddings, overrides and isolates).
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const unseen = /\r\n|[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

// The same, but for what lays a text out: tab, line feed, and carriage return before it.
const unseenInText =
  // eslint-disable-next-line no-control-regex -- as above
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/g;

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

const familiar: Readonly<Record<string, string>> = {
  '\n': '↵',
  '\r\n': '↵',
  '\r': '␍',
  '\t': '⇥',
  '\u2028': '↵',
  '\u2029': '¶',
};

function markFor(character: string): string {
  const known = familiar[character];
  if (known !== undefined) return known;
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The first `longest` UTF-16 units at most, never ending within a surrogate pair. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest);
}

/** The pieces of a value's one line. */
export function cellPieces(value: string): CellPiece[] {
  const shown = cut(value, longestCell);
  const pieces = piecesOf(shown, unseen);
  if (shown.length < value.length) pieces.push({ text: '…', mark: true });
  return pieces;
}

/** A value as one line of plain text, in which nothing that it holds acts. @param longest UTF-16 units; what is cut off is marked */
export function plainLine(value: string, longest = longestCell): string {
  const line = cellPieces(cut(value, longest))
    .map((piece) => piece.text)
    .join('');
  return value.length > longest ? `${line}…` : line;
}

/** The pieces of a whole text; line breaks and tabs stay as they are. */
export function markedPieces(text: string): CellPiece[] {
  return piecesOf(text, unseenInText);
}

function piecesOf(shown: string, marked: RegExp): CellPiece[] {
  const pieces: CellPiece[] = [];
  let from = 0;
  for (const match of shown.matchAll(marked)) {
    if (match.index > from) pieces.push({ text: shown.slice(from, match.index), mark: false });
    pieces.push({ text: markFor(match[0]), mark: true });
    from = match.index + match[0].length;
  }
  if (from < shown.length) pieces.push({ text: shown.slice(from), mark: false });
  return pieces;
}

/** How many characters wide the value is on its line; East Asian characters count twice. */
export function cellLength(cell: Cell): number {
  if (cell === null) return 'NULL'.length;
  let length = 0;
  for (const piece of cellPieces(cell)) {
    length += piece.text.length;
    length += piece.text.match(wide)?.length ?? 0;
  }
  return length;
}
