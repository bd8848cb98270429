/** The extension of `test/fixtures/model-extension`, which offers models through VS Code, as a test drives it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

export interface VscodeRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
}

interface Progress {
  report(part: unknown): void;
}

export interface ModelExtension {
  reply: (request: VscodeRequest, progress: Progress, token: vscode.CancellationToken) => Promise<void>;
  readonly requests: VscodeRequest[];
  /** A part of a reply. */
  textPart(text: string): unknown;
  /** An error of VS Code's own kind. */
  error(kind: 'NoPermissions' | 'Blocked' | 'NotFound', message: string): Error;
}

export async function modelExtension(): Promise<ModelExtension> {
  const extension = vscode.extensions.getExtension<ModelExtension>('khipu-test.models');
  assert.ok(extension !== undefined, 'the fixture is not loaded');
  return extension.activate();
}

/** Replies with a text, in pieces of 7 characters. */
export function says(extension: ModelExtension, text: string): ModelExtension['reply'] {
  return (_request, progress) => {
    for (const piece of text.match(/[^]{1,7}/g) ?? []) progress.report(extension.textPart(piece));
    return Promise.resolve();
  };
}
