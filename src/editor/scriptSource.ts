/** A script that runs, as the results view asks for it: its state, the rows of one statement, and where that stands. */
import type * as vscode from 'vscode';
import type { Connected } from '../database/connections.ts';
import { lookOf } from '../database/profileLook.ts';
import type { KhipuError } from '../shared/errors.ts';
import type { Problem, ScriptDetail } from '../shared/resultsProtocol.ts';
import type { ScriptEntry } from '../shared/scriptProtocol.ts';
import type { Answered } from './askOutcome.ts';
import type { CellFiles } from './cellFiles.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import type { ScriptSource } from './resultsHost.ts';
import type { Kept } from './scriptResults.ts';
import type { ScriptRun } from './scriptRun.ts';
import { rowsState, shownRows } from './shownRows.ts';

export interface ScriptSourceParts {
  readonly run: ScriptRun;
  readonly panel: ResultsPanel;
  readonly log: vscode.LogOutputChannel;
  readonly cells: CellFiles;
  readonly connected: Connected;
  /** The name of its file. */
  readonly name: string;
  /** The line of each statement in its file, from 1. */
  readonly lines: readonly number[];
  /** Told which answer is shown. */
  readonly onShown: (answered: Answered | undefined) => void;
  /** A failure in words, with what there is to do about it. */
  readonly told: (failure: KhipuError) => Problem;
  readonly runAgain: () => void;
  readonly goTo: (index: number) => void;
  readonly runAsWrite: (index: number) => void;
}

const longestWords = 160;

export function scriptSource(parts: ScriptSourceParts): ScriptSource {
  const { run, connected, name, lines, runAgain, goTo, runAsWrite } = parts;
  const { profile } = connected;
  const words = run.items.map(({ text }) =>
    text
      .slice(0, longestWords * 2)
      .replace(/\s+/g, ' ')
      .slice(0, longestWords),
  );
  const entry = (index: number): ScriptEntry => ({
    words: (words[index] ?? '').toWellFormed(),
    line: lines[index] ?? 1,
    outcome: run.outcome(index),
  });
  return {
    scriptId: run.id,
    state: () => ({
      scriptId: run.id,
      name,
      connection: profile.name,
      connectionLook: lookOf(profile),
      running: run.running,
      entries: [...run.items.keys()].map(entry),
    }),
    async detail(index, again, signal) {
      if (again) await run.again(index, signal);
      return detailOf(index, parts);
    },
    runAgain,
    goTo,
    runAsWrite,
    close: () => run.dispose(),
  };
}

function detailOf(index: number, parts: ScriptSourceParts): ScriptDetail {
  const { run, onShown } = parts;
  const outcome = run.outcome(index);
  onShown(undefined);
  switch (outcome.status) {
    case 'rows': {
      const kept = run.show(index);
      if (kept !== undefined) return rowsOf(index, kept, parts);
      return { note: 'Its rows are gone.', canRunAgain: true };
    }
    case 'failed': {
      const failure = run.failure(index);
      return failure === undefined
        ? { note: outcome.what, canRunAgain: true }
        : { state: { status: 'failed', problem: parts.told(failure) }, canRunAgain: true };
    }
    case 'cancelled':
      return { note: 'This statement was cancelled. Nothing was changed.', canRunAgain: true };
    case 'skipped':
      return { note: outcome.why, canRunAgain: false };
    case 'not-run':
      return { note: `This statement was not run. ${outcome.why}`, canRunAgain: true };
    case 'running':
      return { note: 'This statement is running.', canRunAgain: false };
    case 'waiting':
      return { note: 'This statement waits for its turn.', canRunAgain: false };
  }
}

function rowsOf(index: number, kept: Kept, parts: ScriptSourceParts): ScriptDetail {
  const { run, panel, cells, log, connected, onShown } = parts;
  const { answer } = kept;
  const { id, header, statement } = answer;
  const source = shownRows(answer, {
    cells,
    log,
    onTotal: (total, arranged) => {
      panel.updateTotal(id, total);
      if (!arranged) run.counted(index, total);
    },
    onMessages: (said) => panel.updateMessages(id, said),
  });
  // The script owns the rows: one that is no longer shown keeps what it may keep.
  panel.setRowSource({
    ...source,
    close: () => {
      source.stop();
      return run.isShown(index) ? Promise.resolve() : run.release(index);
    },
  });
  onShown({ id, connectionId: connected.profile.id, header, columns: answer.rows.columns, statement });
  if (kept.rows === 'all') source.count();
  return {
    state: rowsState(answer),
    ...(kept.rows === 'all' ? {} : { note: noteOn(kept) }),
    canRunAgain: true,
  };
}

function noteOn({ rows, answer }: Kept): string {
  if (rows === 'none') return 'The rows were let go to save memory. Run the statement again to see them.';
  const first = answer.rows.firstRows.length.toLocaleString('en-US');
  return `Only the first ${first} rows are here: the cursor was closed when another large result took its place. Run the statement again to see all; the data may have changed.`;
}
