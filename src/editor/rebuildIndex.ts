/** The command that makes the index of a connection anew. */
import * as vscode from 'vscode';
import type { Connected } from '../database/connections.ts';
import type { Answers } from '../answers.ts';
import { sampleProfileId } from '../sample/profileId.ts';
import type { PrepareReport } from '../rag/subject.ts';
import { cancelled } from '../shared/errors.ts';
import type { IndexSurface } from './indexSurface.ts';
import { readStoreAddress } from './indexSettings.ts';
import { signalOf } from './report.ts';

async function confirmShared(name: string, shared: string): Promise<boolean> {
  const rebuild = 'Rebuild for Everyone';
  const chosen = await vscode.window.showWarningMessage(
    `Rebuild the shared index of ${name}?`,
    { modal: true, detail: `It lies in ${shared}: it is emptied and made anew for everyone who uses it.` },
    rebuild,
  );
  return chosen === rebuild;
}

/**
 * Makes it anew with a progress that can be cancelled; questions are answered meanwhile.
 * @throws KhipuError `cancelled`, or `invalid-settings` when it is not clear where the index lies
 */
export async function rebuildIndex(
  connected: Connected,
  answers: Pick<Answers, 'rebuildIndex'>,
  surface: IndexSurface,
): Promise<PrepareReport> {
  const { id, name, aiPolicy } = connected.profile;
  const mayBeShared = aiPolicy !== 'off' && id !== sampleProfileId;
  const shared = mayBeShared ? readStoreAddress()?.uri : undefined;
  if (shared !== undefined && !(await confirmShared(name, shared))) throw cancelled();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Rebuilding the index of ${name}`,
    cancellable: true,
  };
  const report = await vscode.window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const telling = surface.onDidTell(({ id: of, state }) => {
      if (of !== id || state.phase !== 'indexing') return;
      const percent = state.total === 0 ? 100 : Math.floor((100 * state.done) / state.total);
      // With another embedder it goes to the end twice: the built-in one's index is always made first.
      progress.report({
        message: `${state.done} of ${state.total}`,
        increment: Math.max(0, percent - shown),
      });
      shown = Math.max(shown, percent);
    });
    try {
      return await answers.rebuildIndex(connected, signalOf(token));
    } finally {
      telling.dispose();
    }
  });
  if (report.notice !== undefined) return report; // the surface tells why it is not what was asked for
  const items = report.added + report.kept;
  vscode.window.setStatusBarMessage(`$(check) Khipu: index of ${name} rebuilt, ${items} items`, 8000);
  return report;
}
