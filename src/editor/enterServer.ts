/** Has the user enter a server that speaks OpenAI's API, the model there, and the key that it wants. */
import * as vscode from 'vscode';
import { deploymentOf, tidyBaseUrl } from '../models/azure.ts';
import { openAiUrl } from '../models/modelChoice.ts';
import { askForMissingKey } from './apiKeys.ts';
import { saveFirstModel } from './saveModels.ts';
import type { Secrets } from './secrets.ts';

export async function enterServer(secrets: Secrets): Promise<void> {
  const typed = await vscode.window.showInputBox({
    title: 'Base URL',
    value: openAiUrl,
    prompt: 'Up to and including /v1; of Azure, the endpoint or a deployment’s URL with its ?api-version=.',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^https?:\/\/[^/\s]/.test(text.trim()) ? undefined : 'That is not an http or https address.',
  });
  if (typed === undefined) return;
  const baseUrl = tidyBaseUrl(typed.trim());
  const deployment = deploymentOf(baseUrl);
  const name = await vscode.window.showInputBox({
    title: 'Model',
    ...(deployment !== undefined && { value: deployment }),
    prompt: 'As its server names it, for example gpt-5-mini; of Azure, the name of the deployment.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Name a model.' : undefined),
  });
  if (name === undefined) return;
  await askForMissingKey(secrets, baseUrl);
  await saveFirstModel({ provider: 'openai', name: name.trim(), baseUrl });
}
