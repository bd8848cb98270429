/** The page's requests about cells, without VS Code: each goes to the rows that are shown. */
import type { CellSelection } from '../shared/cellSelection.ts';
import {
  copyTextRequest,
  figuresRequest,
  inspectRequest,
  type InspectedCell,
  type SelectionFigures,
} from '../shared/cellsProtocol.ts';
import type { Peer } from '../shared/rpc.ts';

/** What can be asked about the cells of one result. */
export interface CellReads {
  /** Count, sum and so on of cells that do not overlap. */
  figures(selections: readonly CellSelection[], signal: AbortSignal): Promise<SelectionFigures>;
  /** One cell, as much of it as is looked into. */
  inspect(
    place: { readonly row: number; readonly column: number },
    signal: AbortSignal,
  ): Promise<InspectedCell>;
  /** Puts a text on the clipboard. */
  copyText(text: string): Promise<boolean>;
}

/** @param of finds the result, and throws when it is gone */
export function answerCellRequests(
  peer: Peer,
  of: <T>(
    resultId: string,
    signal: AbortSignal,
    ask: (source: { readonly cells: CellReads }, ended: AbortSignal) => Promise<T>,
  ) => Promise<T>,
): void {
  peer.onCall(figuresRequest, ({ resultId, selections }, signal) =>
    of(resultId, signal, ({ cells }, ended) => cells.figures(selections, ended)),
  );
  peer.onCall(inspectRequest, ({ resultId, row, column }, signal) =>
    of(resultId, signal, ({ cells }, ended) => cells.inspect({ row, column }, ended)),
  );
  peer.onCall(copyTextRequest, ({ resultId, text }, signal) =>
    of(resultId, signal, ({ cells }) => cells.copyText(text)),
  );
}
