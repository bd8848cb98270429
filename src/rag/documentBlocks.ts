/** Splits the text of a document into its paragraphs, each under its headings and with its lines. */
import { readScript } from '../database/statements.ts';
import type { Block } from './passages.ts';

/** A heading is for finding one's way: longer ones are cut. */
const headingLimit = 120;

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

function linesOf(text: string): Line[] {
  return text.split(/\r\n|\r|\n/).map((line, index) => ({ text: line, number: index + 1 }));
}

/** Plain text: paragraphs between blank lines. */
export function textBlocks(text: string): Block[] {
  const collector = new BlockCollector();
  for (const line of linesOf(text)) {
    if (line.text.trim() === '') collector.end();
    else collector.add(line);
  }
  return collector.finish();
}

/**
 * Markdown: paragraphs, lists, tables and fenced code, each whole, under the path of their headings. Comments are left out:
 * whoever reads the document does not see them either. So is the front matter.
 */
export function markdownBlocks(markdown: string): Block[] {
  const collector = new BlockCollector();
  let fence: string | undefined;
  for (const line of visibleLines(markdown)) {
    const text = line.text.trimEnd();
    if (fence !== undefined) {
      collector.add(line);
      if (closesFence(text, fence)) fence = undefined;
      continue;
    }
    const opened = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(text);
    if (opened !== undefined) {
      fence = opened;
      collector.add(line);
    } else if (atx !== null) {
      collector.heading(atx[1]?.length ?? 1, atx[2] ?? '');
    } else if (/^ {0,3}(?:=+|-+)[ \t]*$/.test(text) && collector.lineCount === 1) {
      collector.heading(text.trim().startsWith('=') ? 1 : 2, collector.takeLine());
    } else if (text.trim() === '') collector.end();
    else collector.add(line);
  }
  return collector.finish();
}

/** The beginning of a statement that makes something with a name. */
const definition = /^(?:create|alter|comment\s+on)\s[^\n\r(;]+?(?=\s+as\b|\s+is\b|[\n\r(;]|$)/i;

/** The comments between the statements of a script, each under what the statement below it defines. */
export function sqlBlocks(script: string): Block[] {
  const starts = [0];
  for (const { index, 0: end } of script.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  let line = 0;
  const lineOf = (offset: number): number => {
    while ((starts[line + 1] ?? Infinity) <= offset) line++;
    return line + 1;
  };
  return readScript(script).commentBlocks.map(({ start, end, prose, statement }) => {
    const under = definition.exec(statement?.text ?? '')?.[0].trim() ?? '';
    const from = lineOf(start);
    return {
      heading: under === '' ? [] : [headingText(under)],
      text: prose,
      from,
      to: lineOf(Math.max(start, end - 1)),
    };
  });
}

/** The pages of a PDF: paragraphs between blank lines. */
export function pageBlocks(pages: readonly string[]): Block[] {
  return pages.flatMap((page, index) =>
    page
      .split(/\n[ \t]*\n/)
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => ({ heading: [], text, from: index + 1, to: index + 1 })),
  );
}

/** The lines of Markdown without front matter and comments; the numbers stay those of the file. */
function visibleLines(markdown: string): Line[] {
  const front = /^---[ \t]*\r?\n[\s\S]*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(markdown)?.[0] ?? '';
  const blank = (hidden: string): string => hidden.replace(/[^\r\n]+/g, '');
  const body = markdown.slice(front.length).replace(/<!--[\s\S]*?(?:-->|$)/g, blank);
  return linesOf(blank(front) + body);
}

function closesFence(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === (fence[0] ?? '`').repeat(mark.length);
}

/** What a person reads of a heading: without emphasis, code marks and the addresses of links. */
function headingText(heading: string): string {
  const shown = heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*`]{1,3}/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return shown.length > headingLimit ? `${shown.slice(0, headingLimit - 1)}…` : shown;
}

/** Gathers lines to blocks under the headings that they follow. */
class BlockCollector {
  readonly #blocks: Block[] = [];
  #path: { readonly level: number; readonly text: string }[] = [];
  #lines: Line[] = [];

  get lineCount(): number {
    return this.#lines.length;
  }

  add(line: Line): void {
    this.#lines.push(line);
  }

  /** The only line so far, which turned out to be a heading. */
  takeLine(): string {
    const text = this.#lines[0]?.text ?? '';
    this.#lines = [];
    return text;
  }

  heading(level: number, text: string): void {
    this.end();
    this.#path = this.#path.filter((above) => above.level < level);
    const shown = headingText(text);
    if (shown !== '') this.#path.push({ level, text: shown });
  }

  end(): void {
    const [first] = this.#lines;
    if (first === undefined) return;
    this.#blocks.push({
      heading: this.#path.map(({ text }) => text),
      text: this.#lines.map(({ text }) => text.trimEnd()).join('\n'),
      from: first.number,
      to: this.#lines.at(-1)?.number ?? first.number,
    });
    this.#lines = [];
  }

  finish(): Block[] {
    this.end();
    return this.#blocks;
  }
}
