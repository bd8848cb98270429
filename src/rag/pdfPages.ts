/** The text of a PDF's pages, in paragraphs. PDF.js is loaded at the first one. */
import type { DocumentFile } from '../shared/documentProtocol.ts';
import { unreadable } from './documentFault.ts';

/** More are not read. */
const pageLimit = 1000;

/** A piece of text as PDF.js gives it: `transform[5]` is its baseline, from the bottom of the page. */
interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  readonly transform: readonly number[];
}

/**
 * One text for each page, its paragraphs parted by blank lines.
 * @throws KhipuError `file-failed`: it is none, it needs a password, or it holds no text
 */
export async function pdfPages(file: DocumentFile, bytes: Uint8Array): Promise<string[]> {
  const { getDocumentProxy } = await import('unpdf');
  const pages: string[] = [];
  try {
    // Verbosity 0: PDF.js would print its warnings, with pieces of the text, into the log.
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    for (let number = 1; number <= Math.min(pdf.numPages, pageLimit); number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(pageText(items.filter((item) => 'str' in item)));
      page.cleanup();
    }
  } catch (thrown) {
    throw unreadable(file, whyNot(thrown), thrown);
  }
  if (pages.every((page) => page.trim() === '')) throw unreadable(file, 'holds no text: it may be scanned.');
  return pages;
}

function whyNot(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'PasswordException') return 'is encrypted and needs a password.';
  return 'is damaged, or not a PDF.';
}

/** Lines as they follow each other; a wider gap than between lines, or a larger letter, begins a paragraph. */
function pageText(items: readonly TextItem[]): string {
  let text = '';
  let line = '';
  let before: TextItem | undefined;
  const end = (parted: boolean): void => {
    // A word that is parted at the end of a line is one word.
    if (/\p{L}-$/u.test(line.trimEnd()) && !parted) text += line.trimEnd().slice(0, -1);
    else text += `${line.trimEnd()}${parted ? '\n\n' : '\n'}`;
    line = '';
  };
  for (const item of items) {
    if (before !== undefined && item.str.trim() !== '' && line !== '' && startsLine(before, item)) {
      end(startsParagraph(before, item));
    }
    line += item.str;
    if (item.str.trim() !== '') before = item;
  }
  end(true);
  return text;
}

function baseline({ transform }: TextItem): number {
  return transform[5] ?? 0;
}

function startsLine(before: TextItem, item: TextItem): boolean {
  return Math.abs(baseline(before) - baseline(item)) > item.height * 0.5;
}

function startsParagraph(before: TextItem, item: TextItem): boolean {
  const gap = baseline(before) - baseline(item);
  const height = Math.max(1, before.height, item.height);
  return gap < 0 || gap > height * 1.7 || Math.abs(before.height - item.height) > height * 0.2;
}
