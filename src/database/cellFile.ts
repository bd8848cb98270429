/** One cell whole as a file: written as it comes from the server, so that its size costs neither memory nor time of the editor. */
import { throwIfAborted, toKhipuError } from '../shared/errors.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import { ExportFile } from './exportFile.ts';
import { jsonLayout } from './jsonLayout.ts';
import type { CellPlace, ResultPages } from './resultPages.ts';

/** How a cell is kept as a file. */
export interface CellForm {
  /** Of the file's name, with its dot: what it is opened as is the user's own choice for such files. */
  readonly extension: string;
  /** Whether it is JSON that may be laid out over lines. */
  readonly isJson: boolean;
}

/** @param beginning of the cell: text that looks like JSON is opened as such, but never changed */
export function cellForm({ type }: ResultColumn, beginning: string): CellForm {
  if (type === 'json' || type === 'jsonb') return { extension: '.json', isJson: true };
  if (type === 'xml') return { extension: '.xml', isJson: false };
  return { extension: /^\s*[[{]\s*["{[\]}\d]/.test(beginning) ? '.json' : '.txt', isJson: false };
}

/**
 * Writes a cell to `target`, which is there only when it is whole.
 * @param layOut whether JSON is laid out over lines
 * @returns false when the cell is NULL; then there is no file
 * @throws KhipuError `file-failed`, and as `ResultPages.cell` does
 */
export async function writeCell(
  pages: ResultPages,
  place: CellPlace,
  target: string,
  layOut: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const file = await ExportFile.open(target);
  try {
    const shaped = layOut ? jsonLayout() : (part: Buffer): Buffer => Buffer.from(part);
    // A write that fails is told by `finish`; until then the rest of the cell is let pass.
    const onPart = (part: Buffer): Promise<void> | undefined =>
      file.write(shaped(part))?.catch(() => undefined);
    const found = await pages.cell(place, onPart, signal);
    throwIfAborted(signal);
    if (found) await file.finish();
    else await file.discard();
    return found;
  } catch (thrown) {
    await file.discard();
    throw toKhipuError(thrown);
  }
}
