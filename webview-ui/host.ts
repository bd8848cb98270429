/** The extension host as the page sees it. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import {
  copyTextRequest,
  figuresRequest,
  inspectRequest,
  type InspectedCell,
  type SelectionFigures,
} from '../src/shared/cellsProtocol.ts';
import {
  chartRequest,
  saveChartRequest,
  type ChartPicture,
  type DrawnChart,
} from '../src/shared/chartData.ts';
import type { Chart } from '../src/shared/chartProtocol.ts';
import { postMessageTransport } from '../src/shared/postMessageTransport.ts';
import type { Arrangement } from '../src/shared/arrangement.ts';
import {
  actionNotification,
  arrangeRequest,
  copyRequest,
  moreRequest,
  openCellRequest,
  rowsRequest,
  scriptDetailRequest,
  type ArrangedRows,
  type CellOrder,
  type CopyOrder,
  type CopyOutcome,
  type PressedId,
  type ResultRow,
  type RowTotal,
  type ScriptDetail,
} from '../src/shared/resultsProtocol.ts';
import { scriptActionNotification } from '../src/shared/scriptProtocol.ts';
import { createPeer, type Peer } from '../src/shared/rpc.ts';

/** What the views may ask of the host. */
export interface Host {
  act(id: PressedId, value?: string): void;
  rows(
    resultId: string,
    start: number,
    count: number,
    signal: AbortSignal,
  ): Promise<{ rows: ResultRow[]; total: RowTotal }>;
  /** Rows beyond the cap. */
  more(resultId: string, signal: AbortSignal): Promise<RowTotal>;
  /** Sorts and filters the rows; when that fails they stay as they are. */
  arrange(resultId: string, arrangement: Arrangement, signal: AbortSignal): Promise<ArrangedRows>;
  copy(order: CopyOrder, signal: AbortSignal): Promise<CopyOutcome>;
  /** False when the cell is NULL. */
  openCell(order: CellOrder, signal: AbortSignal): Promise<boolean>;
  /** Count, sum and so on of selected cells. */
  figures(resultId: string, selections: CellSelection[], signal: AbortSignal): Promise<SelectionFigures>;
  /** One cell, as much of it as is looked into. */
  inspect(resultId: string, row: number, column: number, signal: AbortSignal): Promise<InspectedCell>;
  copyText(resultId: string, text: string, signal: AbortSignal): Promise<boolean>;
  /** The numbers behind a chart; left out, the one that the data suggest. */
  chart(resultId: string, chart: Chart | undefined, signal: AbortSignal): Promise<DrawnChart>;
  /** False when the user turned away. */
  saveChart(picture: ChartPicture, signal: AbortSignal): Promise<boolean>;
  /** What is shown of a statement of a script; with `again` it is run first. */
  scriptDetail(scriptId: string, index: number, again: boolean, signal: AbortSignal): Promise<ScriptDetail>;
  scriptAct(scriptId: string, id: 'run-again' | 'go-to' | 'run-as-write', index?: number): void;
}

/** What VS Code gives to a webview's script. */
export interface WebviewApi {
  postMessage(message: unknown): void;
}

/** The connection to the extension host over the webview's messages. */
export function connectToHost(api: WebviewApi, onFault: (error: Error) => void): Peer {
  const { reader, writer } = postMessageTransport({
    post: (message) => api.postMessage(message),
    onMessage: (listener) => {
      const hear = (event: MessageEvent<unknown>): void => listener(event.data);
      window.addEventListener('message', hear);
      return { dispose: () => window.removeEventListener('message', hear) };
    },
  });
  return createPeer(reader, writer, onFault);
}

export function hostOver(peer: Peer): Host {
  return {
    act: (id, value) => peer.notify(actionNotification, value === undefined ? { id } : { id, value }),
    more: (resultId, signal) => peer.call(moreRequest, { resultId }, signal),
    arrange: (resultId, arrangement, signal) => peer.call(arrangeRequest, { resultId, arrangement }, signal),
    copy: (order, signal) => peer.call(copyRequest, order, signal),
    openCell: (order, signal) => peer.call(openCellRequest, order, signal),
    figures: (resultId, selections, signal) => peer.call(figuresRequest, { resultId, selections }, signal),
    inspect: (resultId, row, column, signal) => peer.call(inspectRequest, { resultId, row, column }, signal),
    copyText: (resultId, text, signal) => peer.call(copyTextRequest, { resultId, text }, signal),
    rows: (resultId, start, count, signal) => peer.call(rowsRequest, { resultId, start, count }, signal),
    chart: (resultId, chart, signal) => peer.call(chartRequest, { resultId, chart }, signal),
    saveChart: (picture, signal) => peer.call(saveChartRequest, picture, signal),
    scriptDetail: (scriptId, index, again, signal) =>
      peer.call(scriptDetailRequest, { scriptId, index, again }, signal),
    scriptAct: (scriptId, id, index) => peer.notify(scriptActionNotification, { scriptId, id, index }),
  };
}
