/** Puts Ask Database and its results view together: loaded with the first question. */
import type * as vscode from 'vscode';
import { AskSurface, type AskParts } from './ask.ts';
import { ResultsPanel } from './resultsPanel.ts';

/** @param extensionUri where the page of the results view lies */
export function createAskSurface(parts: AskParts, extensionUri: vscode.Uri): AskSurface {
  return new AskSurface(parts, (onAction) => new ResultsPanel(extensionUri, parts.log, onAction));
}
