/** Run Script: what is to be run is found, checked and asked for, before the first statement runs. */
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ParameterValues } from '../database/parameters.ts';
import { parametersOf, scriptItems, type ScriptItem } from '../database/scriptItems.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { readRunOptions } from './runOptions.ts';
import { runInView, type ScriptOutcome, type ScriptViewParts } from './scriptInView.ts';
import { onScriptError } from './settings.ts';

export interface RunScriptParts extends ScriptViewParts {
  readonly active: ActiveConnection;
}

/** In UTF-16 units and statements: splitting takes 20 ms, and a list is for a person to look through. */
const longestScript = 1_000_000;
const mostStatements = 5000;
/** How much is read for parameters in one turn of the event loop, in UTF-16 units. */
const sliceLength = 100_000;

/**
 * The command.
 * @param args the file, as the button in an editor's title gives it, and `RunOptions`
 * @returns undefined when the user turned away
 * @throws KhipuError `invalid-input` for what is no script, or too long a one
 */
export async function runScript(
  parts: RunScriptParts,
  args: readonly unknown[],
): Promise<ScriptOutcome | undefined> {
  const options = readRunOptions(...args);
  const { document, text, offset } = await scriptOf(args[0]);
  const items = readItems(text, offset);
  const connectionId = await parts.active.idOrAsk(document.uri);
  if (connectionId === undefined) return undefined;
  const names = await namesOf(items);
  const onError = options.onError ?? onScriptError();
  const start = async (given: ParameterValues | undefined): Promise<ScriptOutcome | undefined> => {
    const source = document.uri.toString();
    const parameters = await parts.ask.parametersFor({ names, text, source, given });
    if (parameters === undefined || !(await parts.ask.mayTakeView())) return undefined;
    const again = (): Promise<unknown> => start(undefined);
    return runInView({ document, items, connectionId, parameters, onError, again }, parts);
  };
  return start(options.parameters);
}

/** The selection, or the whole file. */
async function scriptOf(
  uri: unknown,
): Promise<{ readonly document: vscode.TextDocument; readonly text: string; readonly offset: number }> {
  const editor = vscode.window.activeTextEditor;
  if (uri instanceof vscode.Uri && editor?.document.uri.toString() !== uri.toString()) {
    const document = await vscode.workspace.openTextDocument(uri);
    return { document, text: document.getText(), offset: 0 };
  }
  if (editor === undefined) throw new KhipuError('invalid-input', 'Open a .sql file first.');
  const { document, selection } = editor;
  const selected = document.getText(selection);
  return selected.trim() === ''
    ? { document, text: document.getText(), offset: 0 }
    : { document, text: selected, offset: document.offsetAt(selection.start) };
}

function readItems(text: string, offset: number): readonly ScriptItem[] {
  const hint = 'Select a part of it, or run it with psql.';
  if (text.length > longestScript)
    throw new KhipuError('invalid-input', 'The script is longer than 1 MB.', { hint });
  const items = scriptItems(text, offset);
  if (items.length > mostStatements) {
    const [many, most] = [items.length, mostStatements].map((count) => count.toLocaleString('en-US'));
    throw new KhipuError('invalid-input', `The script has ${many} statements; ${most} are run at most.`, {
      hint,
    });
  }
  if (!items.some(({ kind }) => kind === 'statement'))
    throw new KhipuError('invalid-input', 'There is no statement to run.');
  return items;
}

/** A parameter is the same one in every statement of a script. */
async function namesOf(items: readonly ScriptItem[]): Promise<readonly string[]> {
  const names = new Set<string>();
  let looked = 0;
  for (const item of items) {
    for (const name of parametersOf(item)) names.add(name);
    looked += item.text.length;
    if (looked < sliceLength) continue;
    looked = 0;
    await setImmediate();
  }
  return [...names];
}
