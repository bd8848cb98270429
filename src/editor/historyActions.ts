/** What can be done with questions of the history: run again, asked in other words, opened, copied, verified, deleted. */
import * as vscode from 'vscode';
import type { HistoryEntry } from '../rag/history.ts';
import type { AskSurface } from './ask.ts';
import type { AskOutcome } from './askOutcome.ts';
import { openSql } from './askRequest.ts';
import { commands } from './contributions.ts';
import type { History } from './history.ts';

export interface HistoryParts {
  readonly history: History;
  readonly ask: AskSurface;
}

/** Runs the SQL of the question again, or asks it anew where it has none. */
export function runFromHistory(entry: HistoryEntry, { ask }: HistoryParts): Promise<AskOutcome> {
  const { question, sql, connectionId, model } = entry;
  return sql === undefined
    ? ask.askOn(question, connectionId)
    : ask.runKept({ question, sql, connectionId, model });
}

/** @returns undefined when the user leaves */
export function editFromHistory(
  { question, connectionId }: HistoryEntry,
  { ask }: HistoryParts,
): Promise<AskOutcome | undefined> {
  return ask.askInOtherWords(question, connectionId);
}

/** Opens the SQL with its question above it. */
export async function openFromHistory({ question, sql = '' }: HistoryEntry): Promise<undefined> {
  await openSql(sql, question);
}

/** What has just been run again, and gave rows, is what is verified. */
export async function verifyFromHistory(entry: HistoryEntry, parts: HistoryParts): Promise<AskOutcome> {
  const outcome = await runFromHistory(entry, parts);
  if (outcome.error === undefined) await vscode.commands.executeCommand(commands.markVerified, 'shown');
  return outcome;
}

const stays = 'They are on this machine only. Verified questions stay.';

/** Deletes questions once the user has said so. @returns how many */
export async function deleteFromHistory(entries: readonly HistoryEntry[], history: History): Promise<number> {
  const [first] = entries;
  if (first === undefined) return 0;
  const what = entries.length === 1 ? `“${shortened(first.question)}”` : `${entries.length} questions`;
  const yes = 'Delete';
  const detail = entries.length === 1 ? 'It is on this machine only.' : stays;
  const chosen = await vscode.window.showWarningMessage(
    `Delete ${what} from the history?`,
    { modal: true, detail },
    yes,
  );
  if (chosen !== yes) return 0;
  await history.remove(...entries.map(({ id }) => id));
  return entries.length;
}

/** Deletes all of it once the user has said so. */
export async function clearHistory(history: History): Promise<void> {
  const yes = 'Delete All';
  const count = (await history.entries()).size;
  const all = count === 1 ? 'the one question' : `all ${count} questions`;
  const chosen = await vscode.window.showWarningMessage(
    `Delete ${all} of the history?`,
    { modal: true, detail: stays },
    yes,
  );
  if (chosen === yes) await history.clear();
}

function shortened(question: string): string {
  const line = question.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
