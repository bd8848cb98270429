/** The folders of documents, as settings and workspace name them now. */
import { basename, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { absolutePath } from '../database/homePath.ts';
import type { DocumentFolder } from '../shared/documentProtocol.ts';
import { settings } from './contributions.ts';
import { readSetting } from './settings.ts';

/** Read without being named, where a workspace has it. */
const usualFolder = '.khipu/docs';

/**
 * Every folder that documents are read from. Of a workspace that is not trusted nothing is read: its documents would speak to
 * the model.
 * @throws KhipuError `invalid-settings`
 */
export function documentFolders(): DocumentFolder[] {
  const named = readSetting(settings.documentFolders, z._default(z.array(z.string()), []));
  const wanted = named.map((path) => absolutePath(path.trim())).filter((path) => path !== '');
  const elsewhere = wanted
    .filter((path) => isAbsolute(path))
    .map((path) => ({ path, base: baseOf(path), optional: false }));
  const relative = wanted.filter((path) => !isAbsolute(path));
  const inWorkspace = workspaceRoots().flatMap((root) => [
    { path: resolve(root, usualFolder), base: root, optional: true },
    ...relative.map((path) => ({ path: resolve(root, path), base: root, optional: isOneOfMany() })),
  ]);
  return [...inWorkspace, ...elsewhere];
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
