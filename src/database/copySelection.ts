/** Selected cells of a result as text for the clipboard: read from the server where they are not here, in bounded memory. */
import { KhipuError } from '../shared/errors.ts';
import type { CellSelection } from '../shared/cellSelection.ts';
import type { CopyFormat, ResultColumn } from '../shared/resultsProtocol.ts';
import { startCopy } from './copyFormats.ts';
import type { ResultPages } from './resultPages.ts';

/** More text than this belongs into a file: handing it to the clipboard would hold the editor. In bytes of UTF-8. */
export const clipboardBytes = 5_000_000;

export interface CopyForm {
  readonly format: CopyFormat;
  readonly header: boolean;
}

/** What is to be put on the clipboard; undefined when it is more than `clipboardBytes`. */
export interface SelectionText {
  readonly text: string | undefined;
  readonly cells: number;
}

/**
 * Puts the text of a selection together. A single cell as TSV is its raw text.
 * @throws KhipuError `invalid-input` for a selection that cannot be, and as `ResultPages.each` does
 */
export async function selectionText(
  pages: Pick<ResultPages, 'columns' | 'each'>,
  { top, bottom, columns, further = [] }: CellSelection,
  { format, header }: CopyForm,
  signal: AbortSignal,
): Promise<SelectionText> {
  const chosen = columns.map((place) => pages.columns[place]);
  const spans = [{ top, bottom }, ...further];
  if (!spans.every(isSpan) || chosen.length === 0 || chosen.includes(undefined))
    throw new KhipuError('invalid-input', 'There are no such cells to copy.');
  const isRaw = format === 'tsv' && !header && spans.length === 1 && bottom === top && columns.length === 1;
  const copy = isRaw ? rawCell() : startCopy(format, chosen as ResultColumn[], header);
  const isSmallEnough = (): boolean => copy.bytes <= clipboardBytes;
  let taken = 0;
  for (const span of spans) {
    if (!isSmallEnough()) break;
    await pages.each(
      {
        start: span.top,
        count: span.bottom - span.top + 1,
        columns: new Set(columns),
        keptBytes: clipboardBytes + 4,
      },
      (cells) => {
        copy.add(columns.map((place) => cells[place] ?? null));
        taken += 1;
        return isSmallEnough();
      },
      signal,
    );
  }
  if (!isSmallEnough()) return { text: undefined, cells: 0 };
  return { text: copy.end(), cells: taken * columns.length };
}

function isSpan({ top, bottom }: { readonly top: number; readonly bottom: number }): boolean {
  return Number.isSafeInteger(top) && top >= 0 && bottom >= top;
}

function rawCell(): ReturnType<typeof startCopy> {
  let text = '';
  return {
    get bytes() {
      return Buffer.byteLength(text);
    },
    add([cell]) {
      text = cell ?? '';
    },
    end: () => text,
  };
}
