/** Puts Ask Database and its results view together: loaded with the first question. */
import type * as vscode from 'vscode';
import { AskSurface, type AskParts } from './ask.ts';
import { CellFiles } from './cellFiles.ts';
import { ParameterMemory } from './parameterMemory.ts';
import type { OnResultsAction } from './resultsHost.ts';
import { ResultsPanel } from './resultsPanel.ts';

type Context = Pick<vscode.ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'workspaceState'>;

/** @param context of the extension: where its page and its own files lie, and what the workspace remembers */
export function createAskSurface(
  parts: Omit<AskParts, 'memory'>,
  { extensionUri, globalStorageUri, workspaceState }: Context,
): AskSurface {
  const memory = new ParameterMemory(workspaceState);
  const makePanel = (onAction: OnResultsAction): ResultsPanel =>
    new ResultsPanel(extensionUri, parts.log, onAction);
  return new AskSurface({ ...parts, memory }, new CellFiles(globalStorageUri.fsPath), makePanel);
}
