/** Merges the paragraphs of a document to passages of a size that a model can be given a few of. */
import type { PassagePiece } from '../shared/documentProtocol.ts';

/** A paragraph, list, table or block of code with its place; what a document is first split into. */
export interface Block {
  readonly heading: readonly string[];
  readonly text: string;
  /** The first and the last line, or page, from 1. */
  readonly from: number;
  readonly to: number;
}

/** Words of a passage: paragraphs are added to it while it has fewer than `enough`, as long as it does not exceed `most`. */
const enough = 100;
const most = 220;

/** Without blanks, words say nothing of length: so many characters at most. */
const mostCharacters = 1800;

/** Paragraphs that follow each other under one heading, merged to passages; what is longer than one is cut. */
export function toPassages(blocks: readonly Block[]): PassagePiece[] {
  const passages: PassagePiece[] = [];
  let open: (Block & { words: number }) | undefined;
  const close = (): void => {
    if (open !== undefined) passages.push(piece(open));
    open = undefined;
  };
  for (const block of blocks.flatMap(cut)) {
    const words = wordCount(block.text);
    if (words === 0) continue;
    const joined = open === undefined ? '' : `${open.text}\n\n${block.text}`;
    if (
      open === undefined ||
      open.words >= enough ||
      open.words + words > most ||
      joined.length > mostCharacters ||
      !sameHeading(open, block)
    ) {
      close();
      open = { ...block, words };
    } else open = { ...open, text: joined, to: block.to, words: open.words + words };
  }
  close();
  return passages;
}

function piece({ heading, text, from, to }: Block): PassagePiece {
  return { heading: [...heading], text, from, to };
}

function sameHeading(a: Block, b: Block): boolean {
  return a.heading.length === b.heading.length && a.heading.every((part, at) => part === b.heading[at]);
}

function wordCount(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

/** A block that is too long by itself, cut where its lines end, else where sentences do, else anywhere. */
function cut(block: Block): Block[] {
  if (fits(block.text)) return [block];
  const lines = block.text.split('\n');
  const perLine = block.to - block.from + 1 === lines.length;
  const parts: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of lines.entries()) {
    const at = perLine ? block.from + index : undefined;
    for (const text of fits(line) ? [line] : cutLine(line)) {
      const joined: string = open === undefined ? text : `${open.text}\n${text}`;
      if (open !== undefined && fits(joined)) open = { ...open, text: joined, to: at ?? block.to };
      else {
        if (open !== undefined) parts.push(open);
        open = { heading: block.heading, text, from: at ?? block.from, to: at ?? block.to };
      }
    }
  }
  if (open !== undefined) parts.push(open);
  return parts;
}

function fits(text: string): boolean {
  return text.length <= mostCharacters && wordCount(text) <= most;
}

/** One long line in pieces, each ending with a sentence or at least a word where there are any. */
function cutLine(line: string): string[] {
  const pieces: string[] = [];
  let rest = line.trim();
  while (!fits(rest)) {
    const head = headOf(rest);
    const ends = [head.search(/[.!?…](?=\s[^.!?…]*$)/u) + 1, head.lastIndexOf(' '), head.length];
    const end = ends.find((at) => at > head.length / 2) ?? head.length;
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...pieces, rest];
}

/** As much of the beginning as fits, and not half a character at its end. */
function headOf(text: string): string {
  let end = Math.min(text.length, mostCharacters);
  let words = 0;
  for (const match of text.slice(0, end).matchAll(/[\p{L}\p{N}]+/gu)) {
    if (++words <= most) continue;
    end = match.index;
    break;
  }
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
}
