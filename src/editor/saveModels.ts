/** Writes the settings that say which models are asked. */
import * as vscode from 'vscode';
import { modelLabel } from '../models/chatModel.ts';
import { writeModelChoice, type ModelChoice } from '../models/modelChoice.ts';
import type { ModelSettings } from '../models/modelChain.ts';
import { settings } from './contributions.ts';

/** Makes a model the first to be asked. */
export async function saveFirstModel(first: ModelSettings['first']): Promise<void> {
  const choice = typeof first === 'object' ? first : undefined;
  await save(settings.modelName, choice?.name);
  await save(settings.modelBaseUrl, choice?.baseUrl);
  await save(settings.modelProvider, choice?.provider ?? first);
  const told = typeof first === 'object' ? modelLabel(first) : first;
  vscode.window.setStatusBarMessage(`$(check) Khipu: model ${told}`, 5000);
}

/** Writes which models are asked when the first does not answer, in order. */
export async function saveFallback(order: readonly ModelChoice[]): Promise<void> {
  await save(settings.modelFallback, order.length === 0 ? undefined : order.map(writeModelChoice));
}

/** A workspace that has its own value keeps having one: a user's would have no effect there. */
async function save(setting: string, value: unknown): Promise<void> {
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const configuration = vscode.workspace.getConfiguration();
  const target =
    configuration.inspect(setting)?.workspaceValue !== undefined && vscode.workspace.isTrusted
      ? Workspace
      : Global;
  await configuration.update(setting, value, target);
}
