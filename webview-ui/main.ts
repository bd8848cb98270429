/** The results view's script: says that it is ready, then shows what the extension host tells it. */
import './styles/main.css';
import '../src/shared/browserRuntime.ts';
import { toKhipuError } from '../src/shared/errors.ts';
import {
  insightNotification,
  messagesNotification,
  changesNotification,
  readyRequest,
  selectionRequest,
  stateNotification,
  headerNotification,
  totalNotification,
} from '../src/shared/resultsProtocol.ts';
import { scriptNotification } from '../src/shared/scriptProtocol.ts';
import { ChartLoader } from './chartLoader.ts';
import { connectToHost, hostOver, type WebviewApi } from './host.ts';
import { ResultsApp } from './resultsApp.ts';

declare function acquireVsCodeApi(): WebviewApi;

async function start(root: HTMLElement, script: { nonce: string; src: string }): Promise<void> {
  const { nonce, src } = script;
  const peer = connectToHost(acquireVsCodeApi(), reportError);
  const app = new ResultsApp(root, hostOver(peer), nonce, new ChartLoader(src, nonce));
  const overtaken = new AbortController();
  peer.onNotify(stateNotification, (state) => {
    overtaken.abort();
    app.show(state);
  });
  peer.onCall(selectionRequest, () => app.selection);
  peer.onNotify(headerNotification, ({ resultId, header }) => app.setHeader(resultId, header));
  peer.onNotify(totalNotification, ({ resultId, total }) => app.setTotal(resultId, total));
  peer.onNotify(insightNotification, ({ resultId, insight }) => app.setInsight(resultId, insight));
  peer.onNotify(messagesNotification, ({ resultId, messages }) => app.setMessages(resultId, messages));
  peer.onNotify(scriptNotification, (news) => app.setScript(news));
  peer.onNotify(changesNotification, (news) => app.setOutcome(news));
  try {
    const state = await peer.call(readyRequest, {}, overtaken.signal);
    app.show(state);
  } catch (thrown) {
    // A newer state came while the answer was under way: it is shown already.
    if (overtaken.signal.aborted) return;
    const { message } = toKhipuError(thrown);
    const problem = { what: message, next: 'Close this view and ask again.', candidates: [], actions: [] };
    app.show({ status: 'failed', problem });
  }
}

const root = document.getElementById('khipu');
const script = document.currentScript;
if (root !== null && script instanceof HTMLScriptElement) void start(root, script);
