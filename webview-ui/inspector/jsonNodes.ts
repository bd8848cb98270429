/**
 * JSON as a tree that is read only where it is unfolded, from its own text: JSON.parse would round 9007199254740993, drop keys that
 * come twice, and build millions of objects for a tree of which twenty lines are seen.
 */
import type { TreeNode } from './treeNode.ts';

/** How many characters of a string are shown on its line. */
const shownUnits = 300;

/** The end of the value that begins at `at`, exclusive. The text is valid. */
function endOf(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return endOfString(text, at);
  if (first !== '{' && first !== '[') {
    const rest = /[\s,\]}]/g;
    rest.lastIndex = at;
    return rest.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if ((character === '}' || character === ']') && --depth === 0) return index + 1;
  }
  return text.length;
}

function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  let index = at;
  while (text[index] === ' ' || text[index] === '\n' || text[index] === '\r' || text[index] === '\t')
    index += 1;
  return index;
}

/** As Postgres's jsonpath has it: `$.name`, `$."odd name"`, `$[0]`. */
function stepOf(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`;
}

function* childrenOf(text: string, start: number, path: string): Generator<TreeNode> {
  const isObject = text[start] === '{';
  const close = isObject ? '}' : ']';
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== close; index++) {
    let label = String(index);
    let step = `[${index}]`;
    if (isObject) {
      const end = endOfString(text, at);
      label = JSON.parse(text.slice(at, end)) as string;
      step = stepOf(label);
      at = skipSpace(text, skipSpace(text, end) + 1); // the colon
    }
    const end = endOf(text, at);
    yield nodeAt(text, at, end, label, path + step);
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

function nodeAt(text: string, start: number, end: number, label: string, path: string): TreeNode {
  const first = text[start] ?? '';
  const isString = first === '"';
  const isOpen = first === '{' || first === '[';
  const isEmpty = isOpen && skipSpace(text, start + 1) === end - 1;
  const shown = text.slice(start, Math.min(end, start + shownUnits));
  const more = end - start > shownUnits ? '…' : '';
  return {
    label,
    path,
    kind: isOpen
      ? 'group'
      : isString
        ? 'text'
        : first === 'n'
          ? 'null'
          : first === 't' || first === 'f'
            ? 'boolean'
            : 'number',
    shown: isOpen && !isEmpty ? `${first}…${first === '{' ? '}' : ']'}` : shown + more,
    value: () => (isString ? (JSON.parse(text.slice(start, end)) as string) : text.slice(start, end)),
    children: isOpen && !isEmpty ? () => childrenOf(text, start, path) : undefined,
  };
}

/** The root of a JSON text; undefined when it is not valid. */
export function jsonNode(text: string): TreeNode | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const start = skipSpace(text, 0);
  return nodeAt(text, start, endOf(text, start), '$', '$');
}
