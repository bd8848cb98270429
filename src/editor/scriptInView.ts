/** Runs a script before the user's eyes: in the results view, with progress, Cancel, and what became of each statement. */
import * as vscode from 'vscode';
import type { Answer } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import type { ParameterValues } from '../database/parameters.ts';
import type { ScriptItem } from '../database/scriptItems.ts';
import { toKhipuError, type KhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { Problem } from '../shared/resultsProtocol.ts';
import type { AskSurface } from './ask.ts';
import { ChangeGatherer } from './changeGatherer.ts';
import { commands } from './contributions.ts';
import type { LazyConnections } from './lazyParts.ts';
import { logProblem, reportProblem, signalOf } from './report.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import { statementOutcome, type StatementOutcome } from './scriptOutcome.ts';
import { goToStatement, placeNow } from './scriptPlace.ts';
import { ScriptRun, type OnScriptError } from './scriptRun.ts';
import { scriptSource } from './scriptSource.ts';
import { mayWriteInstead } from './writeAdvice.ts';

export interface ScriptViewParts {
  readonly ask: AskSurface;
  readonly connections: LazyConnections;
  readonly log: vscode.LogOutputChannel;
}

/** A script that is to be run, and all that was asked for. */
export interface ScriptOrder {
  readonly document: vscode.TextDocument;
  readonly items: readonly ScriptItem[];
  readonly connectionId: string;
  readonly parameters: ParameterValues;
  readonly onError: OnScriptError;
  /** Runs it once more, and asks for its parameters anew. */
  readonly again: () => Promise<unknown>;
}

/** What the command returns, for keybindings and other extensions. */
export interface ScriptOutcome {
  readonly statements: readonly StatementOutcome[];
  /** Why not even the first statement was run. */
  readonly error: string | undefined;
}

interface Stage {
  readonly panel: ResultsPanel;
  readonly signal: AbortSignal;
  readonly progress: vscode.Progress<{ message?: string }>;
}

/** Takes the results view, runs, and resolves when the last statement has ended. */
export async function runInView(order: ScriptOrder, parts: ScriptViewParts): Promise<ScriptOutcome> {
  const running = new AbortController();
  const panel = parts.ask.takeView(running);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Khipu', cancellable: true },
    async (progress, token) => {
      const signal = AbortSignal.any([running.signal, signalOf(token)]);
      try {
        progress.report({ message: 'Connecting' });
        panel.show({ status: 'working', step: 'Connecting' });
        const connected = await parts.connections.connect(order.connectionId, signal);
        signal.throwIfAborted();
        return await runAll(order, connected, parts, { panel, signal, progress });
      } catch (thrown) {
        const problem = logProblem(thrown, parts.log);
        if (parts.ask.holdsView(running)) panel.show({ status: 'failed', problem });
        return { statements: [], error: problem.what };
      }
    },
  );
}

async function runAll(
  order: ScriptOrder,
  connected: Connected,
  parts: ScriptViewParts,
  { panel, signal, progress }: Stage,
): Promise<ScriptOutcome> {
  const { document, items, parameters, onError } = order;
  const lines = items.map(({ start }) => document.positionAt(start).line + 1);
  const answered = new Map<ScriptItem, Pick<Answer['rows'], 'columns' | 'firstRows' | 'messages'>>();
  const gatherer = new ChangeGatherer((changed) => {
    const changes = changed.map((index) => ({ index, outcome: script.outcome(index) }));
    panel.updateScript({ scriptId: script.id, running: script.running, changes });
    const { done, of } = script.progress;
    progress.report({ message: `${Math.min(done + 1, of)} of ${of}` });
  });
  const script: ScriptRun = new ScriptRun(items, {
    onError,
    run: async (item, each) => {
      const answer = await parts.ask.runStatement({ sql: item.text, parameters }, connected, each);
      const { columns, firstRows, messages } = answer.rows;
      answered.set(item, { columns, firstRows: firstRows.slice(0, 10), messages });
      return answer;
    },
    onChange: (index) => gatherer.add(index),
    onFailure: (error) => void logProblem(error, parts.log),
  });
  const source = scriptSource({
    ...placesOf(order, script, connected, parts),
    run: script,
    panel,
    connected,
    lines,
  });
  const ended = script.start(signal);
  panel.setScript(source);
  panel.show({ status: 'script', ...source.state() });
  await ended;
  gatherer.flush();
  const statements = items.map((item, index) =>
    statementOutcome(item, lines[index] ?? 1, script, index, answered.get(item)),
  );
  return { statements, error: undefined };
}

/** What the view can lead to from a script: its file, and the script once more. */
function placesOf(
  { document, items, again }: ScriptOrder,
  script: ScriptRun,
  { profile }: Connected,
  { ask, log }: ScriptViewParts,
) {
  const report = (error: unknown): void => void reportProblem(toKhipuError(error), log);
  return {
    log,
    cells: ask.cells,
    name: document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1),
    onShown: ask.setAnswered.bind(ask),
    goTo: (index: number): void => {
      const item = items[index];
      if (item !== undefined)
        goToStatement(document.uri, item, script.failure(index)?.detail.position).catch(report);
    },
    told: (failure: KhipuError): Problem => {
      const problem = problemOf(failure);
      return failure.kind === 'refused-by-guard'
        ? mayWriteInstead(problem, profile, vscode.workspace.isTrusted)
        : problem;
    },
    runAgain: (): void => void again().catch(report),
    runAsWrite: (index: number): void => {
      const item = items[index];
      if (item !== undefined) writeInstead(document, item).catch(report);
    },
  };
}

async function writeInstead(document: vscode.TextDocument, item: ScriptItem): Promise<void> {
  await vscode.commands.executeCommand(commands.runAsWrite, document.uri, placeNow(document, item));
}
