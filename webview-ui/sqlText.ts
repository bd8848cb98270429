/** SQL as a coloured block of text, with the place of an error marked where there is one. */
import { cellPieces } from './cellText.ts';
import { element } from './dom.ts';
import { sqlTokens, type SqlToken } from './sqlTokens.ts';

// Longer statements are shown in one colour: colouring is for reading, and no one reads these.
const longestColoured = 20_000;
// What reorders the text around it could show another statement than the one that runs.
const reordering = /([\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/;

function span(token: SqlToken, text: string, marked: boolean): Node {
  const parts = text
    .split(reordering)
    .map((part) =>
      reordering.test(part) ? element('span', { class: 'mark' }, cellPieces(part)[0]?.text ?? '') : part,
    );
  if (marked) return element('mark', { class: 'sql-fault' }, ...parts);
  if (token.kind === 'other' && parts.length === 1) return document.createTextNode(text);
  return element('span', { class: `sql-${token.kind}` }, ...parts);
}

/** The token at `position` becomes the marked one; white space there marks one character. */
function pieces(token: SqlToken, position: number | undefined): Node[] {
  const at = position === undefined ? -1 : position - token.start;
  if (at < 0 || at >= token.text.length) return [span(token, token.text, false)];
  const word =
    token.kind === 'other'
      ? (/^(?:[\p{L}_][\p{L}\p{N}_$]*|\s|.)/u.exec(token.text.slice(at))?.[0] ?? '')
      : token.text;
  const from = token.kind === 'other' ? at : 0;
  return [
    span(token, token.text.slice(0, from), false),
    span(token, word, true),
    span(token, token.text.slice(from + word.length), false),
  ].filter((node) => node.textContent !== '');
}

/**
 * The block.
 * @param position UTF-16 offset of the error in `sql`
 */
export function sqlBlock(sql: string, position?: number): HTMLPreElement {
  const tokens: SqlToken[] =
    sql.length > longestColoured && position === undefined
      ? [{ kind: 'other', text: sql, start: 0 }]
      : sqlTokens(sql);
  const code = element('code', {}, ...tokens.flatMap((token) => pieces(token, position)));
  if (position !== undefined && position >= sql.length)
    code.append(element('mark', { class: 'sql-fault' }, ' '));
  return element('pre', { class: 'sql', tabindex: '0', 'aria-label': 'SQL' }, code);
}
