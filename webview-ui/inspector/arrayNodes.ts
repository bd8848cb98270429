/** A Postgres array as a list, from its own text: `{1,NULL,"a \"b\""}`, nested, with lower bounds (`[0:1]={…}`). */
import type { TreeNode } from './treeNode.ts';

const shownUnits = 300;

/** The end of the element that begins at `at`, exclusive. */
function endOf(text: string, at: number, delimiter: string): number {
  let depth = 0;
  let quoted = false;
  for (let index = at; index < text.length; index++) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth <= 0) return depth < 0 ? index : index + 1;
    else if (character === delimiter && depth === 0) return index;
  }
  return text.length;
}

function valueOf(raw: string): string | null {
  if (raw.toUpperCase() === 'NULL') return null;
  const bare = raw.startsWith('"') ? raw.slice(1, -1) : raw;
  return bare.replace(/\\(.)/gs, '$1');
}

function* childrenOf(
  text: string,
  start: number,
  from: readonly number[],
  path: string,
  delimiter: string,
): Generator<TreeNode> {
  let at = start + 1;
  for (let index = from[0] ?? 1; at < text.length && text[at] !== '}'; index++) {
    const end = endOf(text, at, delimiter);
    yield nodeAt(text, at, end, {
      label: String(index),
      path: `${path}[${index}]`,
      from: from.slice(1),
      delimiter,
    });
    at = text[end] === delimiter ? end + 1 : end;
  }
}

interface Place {
  readonly label: string;
  readonly path: string;
  /** Lower bounds of the dimensions below. */
  readonly from: readonly number[];
  readonly delimiter: string;
}

function nodeAt(text: string, start: number, end: number, { label, path, from, delimiter }: Place): TreeNode {
  if (text[start] === '{') {
    const isEmpty = text[start + 1] === '}';
    return {
      label,
      path,
      kind: 'group',
      shown: isEmpty ? '{}' : '{…}',
      value: () => text.slice(start, end),
      children: isEmpty ? undefined : () => childrenOf(text, start, from, path, delimiter),
    };
  }
  const value = (): string | null => valueOf(text.slice(start, end));
  const beginning = valueOf(text.slice(start, Math.min(end, start + shownUnits)));
  return {
    label,
    path,
    kind: beginning === null ? 'null' : 'text',
    shown:
      beginning === null
        ? 'NULL'
        : beginning === ''
          ? "''"
          : beginning + (end - start > shownUnits ? '…' : ''),
    value: () => value() ?? '',
    children: undefined,
  };
}

/** @param type the array's, `box[]` alone separates by semicolons */
export function arrayNode(text: string, type: string): TreeNode | undefined {
  const bounds = /^((?:\[-?\d+:-?\d+\])+)=/.exec(text);
  const start = bounds?.[0].length ?? 0;
  if (text[start] !== '{' || !text.endsWith('}')) return undefined;
  const from = [...(bounds?.[1] ?? '').matchAll(/\[(-?\d+):/g)].map((match) => Number(match[1]));
  const delimiter = type === 'box[]' ? ';' : ',';
  return nodeAt(text, start, text.length, { label: '', path: '', from, delimiter });
}
