/** Khipu's commands as another extension or a keybinding calls them, with the types of what they return. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AskOutcome } from '../../src/editor/askOutcome.ts';
import { commands, type CommandId } from '../../src/editor/contributions.ts';
import type { PrepareReport } from '../../src/rag/subject.ts';
import { until } from './events.ts';

async function outcomeOf(command: CommandId, ...args: unknown[]): Promise<AskOutcome> {
  const outcome = await vscode.commands.executeCommand<AskOutcome | undefined>(command, ...args);
  assert.ok(outcome !== undefined, `${command} came to nothing`);
  return outcome;
}

/** Ask Database, as the palette and the tree call it; the connection becomes the one in use. */
export function ask(question: string, connectionId: string): Promise<AskOutcome> {
  return outcomeOf(commands.ask, { question, connectionId });
}

/** The lens *Ask* of the comment at `offset`. */
export function askComment(uri: vscode.Uri, offset: number): Promise<AskOutcome> {
  return outcomeOf(commands.askComment, uri, offset);
}

/** The lens *Run* of the statement at `offset`. */
export function runStatement(uri: vscode.Uri, offset: number): Promise<AskOutcome> {
  return outcomeOf(commands.runStatement, uri, offset);
}

/** The lens *Generate SQL* of the comment at `offset`. @returns what was written, or undefined when nothing was */
export async function generateSql(uri: vscode.Uri, offset: number): Promise<string | undefined> {
  return await vscode.commands.executeCommand<string | undefined>(commands.generateSql, uri, offset);
}

/** The sample, started and connected; the first time loads its data. */
export async function openSample(): Promise<void> {
  await vscode.commands.executeCommand(commands.openSample);
}

export async function connect(connectionId: string): Promise<void> {
  await vscode.commands.executeCommand(commands.connect, connectionId);
}

export async function disconnect(connectionId: string): Promise<void> {
  await vscode.commands.executeCommand(commands.disconnect, connectionId);
}

/** Makes the index anew. */
export async function rebuildIndex(connectionId: string): Promise<PrepareReport> {
  const report = await vscode.commands.executeCommand<PrepareReport | undefined>(
    commands.rebuildIndex,
    connectionId,
  );
  assert.ok(report !== undefined, 'the index was not made anew');
  return report;
}

/** Reads the schema again. */
export async function refresh(connectionId: string): Promise<void> {
  await vscode.commands.executeCommand(commands.refresh, connectionId);
}

/** Opens Show What Was Sent. @returns its text, once it is about this question */
export async function whatWasSent(question: string): Promise<string> {
  await vscode.commands.executeCommand(commands.showSent);
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.uri.scheme, 'khipu-trace');
  // VS Code may have the document still open from before, and brings it up to date a moment later.
  return until(vscode.workspace.onDidChangeTextDocument, () => {
    const text = document.getText();
    return text.startsWith(`# What was sent: ${question}\n`) ? text : undefined;
  });
}
