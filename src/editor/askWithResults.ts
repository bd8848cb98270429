/** Puts Ask Database and its results view together: loaded with the first question. */
import type * as vscode from 'vscode';
import { AskSurface, type AskParts } from './ask.ts';
import { ParameterMemory } from './parameterMemory.ts';
import { ResultsPanel } from './resultsPanel.ts';

/** @param context of the extension: where the page of the results view lies, and what the workspace remembers */
export function createAskSurface(
  parts: Omit<AskParts, 'memory'>,
  { extensionUri, workspaceState }: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState'>,
): AskSurface {
  const memory = new ParameterMemory(workspaceState);
  return new AskSurface(
    { ...parts, memory },
    (onAction) => new ResultsPanel(extensionUri, parts.log, onAction),
  );
}
