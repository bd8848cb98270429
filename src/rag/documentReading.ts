/** Reads one document into passages, or says why it cannot be read. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { DocumentFile, PassagePiece } from '../shared/documentProtocol.ts';
import { unreadable } from './documentFault.ts';
import { markdownBlocks, pageBlocks, sqlBlocks, textBlocks } from './documentBlocks.ts';
import { toPassages, type Block } from './passages.ts';
import { pdfPages } from './pdfPages.ts';

/** Longer ones are not read, in bytes. */
export const sizeLimits = { text: 5 * 1024 * 1024, pdf: 20 * 1024 * 1024 } as const;

/**
 * The passages of a document.
 * @throws KhipuError `file-failed`, in words for a person
 */
export async function readPassages(file: DocumentFile): Promise<PassagePiece[]> {
  const ending = extname(file.path).toLowerCase();
  const limit = ending === '.pdf' ? sizeLimits.pdf : sizeLimits.text;
  if (file.size > limit) {
    const [size, most] = [file.size, limit].map((bytes) => `${Math.ceil(bytes / 1024 / 1024)} MB`);
    throw unreadable(file, `has ${size}; up to ${most} are read.`);
  }
  const bytes = await contentOf(file, limit);
  return toPassages(
    ending === '.pdf' ? pageBlocks(await pdfPages(file, bytes)) : blocksOf(file, ending, bytes),
  );
}

/** It may have grown since it was found. */
async function contentOf(file: DocumentFile, limit: number): Promise<Buffer> {
  try {
    const bytes = await readFile(file.path);
    if (bytes.length <= limit) return bytes;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw unreadable(file, code === 'ENOENT' ? 'is gone.' : `cannot be read (${code}).`, thrown);
  }
  throw unreadable(file, 'has grown too long while it was read.');
}

function blocksOf(file: DocumentFile, ending: string, bytes: Buffer): Block[] {
  const text = textOf(file, bytes);
  if (ending === '.sql') return sqlBlocks(text);
  return ending === '.txt' ? textBlocks(text) : markdownBlocks(text);
}

/** Documents are UTF-8, or UTF-16 that begins with its mark. A stray byte is shown as �; many of them are no text. */
function textOf(file: DocumentFile, bytes: Buffer): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const text = new TextDecoder(isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
  const strange = text.match(/[^\P{Cc}\t-\r]|\ufffd/gu)?.length ?? 0;
  if (text.includes('\0') || strange > Math.max(3, text.length / 50)) {
    throw unreadable(file, 'is not text in UTF-8.');
  }
  return text;
}
