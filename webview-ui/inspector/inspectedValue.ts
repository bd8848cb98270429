/** How a value is shown in the inspector, by its type and by what it looks like: a tree, a list, a picture, bytes, or text. */
import { element } from '../dom.ts';
import { arrayNode } from './arrayNodes.ts';
import { bytesOf, pictureOf } from './bytes.ts';
import { hexView } from './hexView.ts';
import { jsonNode } from './jsonNodes.ts';
import { lineCount } from './lineCount.ts';
import { longText } from './longText.ts';
import { ValueTree } from './tree.ts';

export interface ShownValue {
  readonly body: HTMLElement;
  /** What it is, in a few words. */
  readonly words: string;
  readonly tree?: ValueTree;
  dispose?(): void;
}

function countWords(count: number, one: string, many: string): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** @param cut whether only the beginning of the value is here; a tree of it would be wrong */
export function shownValue(text: string | null, type: string, label: string, cut: boolean): ShownValue {
  if (text === null) return { body: element('p', { class: 'nothing null' }, 'NULL'), words: 'no value' };
  if (text === '') return { body: element('p', { class: 'nothing' }, 'Empty text'), words: '0 characters' };
  const length = countWords(text.length, 'character', 'characters');
  const bytes = type === 'bytea' ? bytesOf(text) : undefined;
  if (bytes !== undefined) return shownBytes(bytes, label, cut);
  const tree = cut ? undefined : treeOf(text, type, label);
  if (tree !== undefined) return { body: tree.element, words: length, tree };
  const lines = lineCount(text);
  return {
    body: longText(text, label),
    words: lines === 1 ? length : `${length}, ${countWords(lines, 'line', 'lines')}`,
  };
}

function treeOf(text: string, type: string, label: string): ValueTree | undefined {
  const isJson = type === 'json' || type === 'jsonb' || /^\s*[[{]/.test(text);
  const root = type.endsWith('[]') ? arrayNode(text, type) : isJson ? jsonNode(text) : undefined;
  return root === undefined ? undefined : new ValueTree(root, label);
}

function shownBytes(bytes: Uint8Array<ArrayBuffer>, label: string, cut: boolean): ShownValue {
  const size = countWords(bytes.length, 'byte', 'bytes');
  const hex = hexView(bytes, label);
  const picture = cut ? undefined : pictureOf(bytes);
  if (picture === undefined) return { body: hex, words: size };
  // Only these four kinds, told by their first bytes: none of them can hold a script or ask for anything.
  const url = URL.createObjectURL(new Blob([bytes], { type: picture.type }));
  const image = element('img', { src: url, alt: `${label}, a picture` });
  const body = element('div', { class: 'picture' }, image, hex);
  image.addEventListener('error', () => image.remove());
  const kind = picture.type.slice('image/'.length).toUpperCase();
  return {
    body,
    words: `${size}, ${kind}, ${picture.width.toLocaleString()} × ${picture.height.toLocaleString()}`,
    dispose: () => URL.revokeObjectURL(url),
  };
}
