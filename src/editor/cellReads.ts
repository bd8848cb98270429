/** What the results view asks about cells, answered from the rows of a result. */
import * as vscode from 'vscode';
import { inspectCell } from '../database/inspectCell.ts';
import type { ResultPages } from '../database/resultPages.ts';
import { selectionFigures } from '../database/selectionFigures.ts';
import type { CellReads } from './cellRequests.ts';

/** @param pages those that are shown now */
export function cellReads(pages: () => ResultPages): CellReads {
  return {
    figures: (selections, signal) => selectionFigures(pages(), selections, signal),
    inspect: (place, signal) => inspectCell(pages(), place, signal),
    copyText: async (text) => {
      await vscode.env.clipboard.writeText(text);
      return true;
    },
  };
}
