/** The folders of documents, as settings and workspace name them now. */
import { basename, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { absolutePath } from '../database/homePath.ts';
import type { DocumentFolder } from '../shared/documentProtocol.ts';
import type { GlossaryFiles } from './glossaryFiles.ts';
import { settings } from './contributions.ts';
import { readSetting } from './settings.ts';

/** Read without being named, where a workspace has it. */
const usualFolder = '.khipu/docs';

/**
 * Every folder that documents are read from. Of a workspace that is not trusted nothing is read: its documents would speak to
 * the model.
 * @param glossaries those of the workspace name folders, too, which everyone has who works there
 * @throws KhipuError `invalid-settings` or `cancelled`
 */
export async function documentFolders(
  glossaries: Pick<GlossaryFiles, 'documents'>,
  signal: AbortSignal,
): Promise<DocumentFolder[]> {
  const inGlossaries = vscode.workspace.isTrusted ? await glossaries.documents(signal) : [];
  const named = readSetting(settings.documentFolders, z._default(z.array(z.string()), []));
  const wanted = named.map((path) => absolutePath(path.trim())).filter((path) => path !== '');
  const elsewhere = wanted
    .filter((path) => isAbsolute(path))
    .map((path) => ({ path, base: baseOf(path), optional: false }));
  const relative = wanted.filter((path) => !isAbsolute(path));
  const inWorkspace = workspaceRoots().flatMap((root) => [
    { path: resolve(root, usualFolder), base: root, within: root, optional: true },
    ...relative.map((path) => ({ path: resolve(root, path), base: root, optional: isOneOfMany() })),
  ]);
  const shared = inGlossaries.map(({ root, path }) => ({
    path: resolve(root, path),
    base: root,
    within: root,
    optional: false,
  }));
  return [...inWorkspace, ...shared, ...elsewhere];
}

/** Folders of the workspace that lie on a disk, and may be read. */
function workspaceRoots(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** A folder that is named for all of them need not be in each. */
function isOneOfMany(): boolean {
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
}

/** Names begin with the folder's own, or with the path from the workspace that it lies in. */
function baseOf(path: string): string {
  const root = workspaceRoots().find((each) => path.startsWith(`${each}/`) || path.startsWith(`${each}\\`));
  return root ?? path.slice(0, -basename(path).length - 1);
}
