/** Khipu's settings as a test sets them: for the user, as the commands write them, and taken back afterwards. */
import * as vscode from 'vscode';
import { settings } from '../../src/editor/contributions.ts';

type Setting = (typeof settings)[keyof typeof settings];

/** A port of loopback that nothing listens on: it has no service, and no test server is ever given it. */
export const nowhere = 'http://127.0.0.1:2';

export async function configure(values: Partial<Record<Setting, unknown>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  for (const [setting, value] of Object.entries(values)) {
    // Each update writes the file and tells everyone: a tenth of a second.
    if (configuration.inspect(setting)?.globalValue !== value)
      await configuration.update(setting, value, vscode.ConfigurationTarget.Global);
  }
}

/** Models are switched off. */
export function useNoModel(): Promise<void> {
  return configure({ [settings.modelProvider]: 'none' });
}

/** Takes everything back that tests set for models. */
export async function forgetModels(): Promise<void> {
  const { modelProvider, modelName, modelBaseUrl, modelFallback, ollamaBaseUrl, ragEmbedder } = settings;
  for (const setting of [modelProvider, modelName, modelBaseUrl, modelFallback, ollamaBaseUrl, ragEmbedder])
    await configure({ [setting]: undefined });
}
