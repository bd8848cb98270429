/** Reads Khipu's settings through zod, once at each use, and says clearly which one is wrong. */
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { KhipuError } from '../shared/errors.ts';
import type { Scope, ScopeValues } from './connectionScopes.ts';
import { settings } from './contributions.ts';

/** @throws KhipuError `invalid-settings` */
export function readSetting<T>(id: string, schema: z.core.$ZodType<T>): T {
  const value = vscode.workspace.getConfiguration().get(id);
  const parsed = z.safeParse(schema, value, { error: en().localeError });
  if (parsed.success) return parsed.data;
  throw new KhipuError(
    'invalid-settings',
    `The setting ${id} is not valid: ${z.prettifyError(parsed.error)}`,
    {
      subject: id,
    },
  );
}

/** The connections as they are written down, not read yet; their passwords are in the secret storage. */
export function connectionValues(): ScopeValues {
  const found = vscode.workspace.getConfiguration().inspect(settings.connections);
  return { user: found?.globalValue, workspace: found?.workspaceValue };
}

export async function writeConnections(scope: Scope, value: readonly unknown[]): Promise<void> {
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const target = scope === 'user' ? Global : Workspace;
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(settings.connections, value.length === 0 ? undefined : value, target);
}

/** Whether there are settings of a workspace, and the user trusts them. */
export function canSaveInWorkspace(): boolean {
  const { isTrusted, workspaceFile, workspaceFolders = [] } = vscode.workspace;
  return isTrusted && (workspaceFile !== undefined || workspaceFolders.length > 0);
}

export function opensSampleOnStartup(): boolean {
  return readSetting(settings.openSampleOnStartup, z._default(z.boolean(), false));
}

/** Above what cost, in the planner's units, a statement that answers a question is not run unasked; 0 for never. */
export function askCostLimit(): number {
  return readSetting(settings.askCostLimit, z._default(z.number().check(z.gte(0)), 1_000_000));
}

/** What a script does after a statement that failed. */
export function onScriptError(): 'stop' | 'continue' {
  return readSetting(settings.scriptOnError, z._default(z.enum(['stop', 'continue']), 'stop'));
}

/** Whether questions are written down. */
export function historyIsOn(): boolean {
  return vscode.workspace.getConfiguration().get(settings.historyEnabled) !== false;
}
