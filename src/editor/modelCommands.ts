/** The commands on models: which one answers, and the key that its server wants. */
import * as vscode from 'vscode';
import { listOllamaModels, defaultOllamaUrl } from '../models/ollamaModels.ts';
import { localityOf, parseBaseUrl } from '../models/locality.ts';
import { openAiUrl } from '../models/modelChain.ts';
import { settings } from './contributions.ts';
import { readEmbedderChoice } from './indexSettings.ts';
import type { Secrets } from './secrets.ts';
import { readModelSettings } from './modelSettings.ts';

interface ModelItem extends vscode.QuickPickItem {
  readonly choose: () => Promise<void>;
}

/** Has the user choose the model that answers. */
export async function chooseModel(secrets: Secrets): Promise<void> {
  const picked = await vscode.window.showQuickPick(modelItems(secrets), {
    title: 'Khipu: which model writes the SQL?',
    placeHolder: 'What is sent: your question and the names and types of the tables it may need. Never rows.',
  });
  await picked?.choose();
}

async function modelItems(secrets: Secrets): Promise<ModelItem[]> {
  const configured = vscode.workspace.getConfiguration().get<string>(settings.ollamaBaseUrl) ?? '';
  const ollamaUrl = configured === '' ? defaultOllamaUrl : configured;
  const models = await listOllamaModels(ollamaUrl, AbortSignal.timeout(2000)).catch(() => []);
  const where =
    localityOf(parseBaseUrl(ollamaUrl)) === 'local' ? 'stays on this machine' : `goes to ${ollamaUrl}`;
  return [
    {
      label: '$(zap) Automatic',
      description: 'an Ollama on this machine when one answers, else verified questions only',
      choose: () => save('auto', '', ''),
    },
    ...models
      .filter((model) => model.canChat)
      .map((model) => ({
        label: `$(vm) ${model.name}`,
        description: `Ollama · ${where}`,
        choose: () => save('ollama', model.name, ''),
      })),
    {
      label: '$(cloud) OpenAI, or anything that speaks its API…',
      description: 'what is sent leaves this machine unless the address is local',
      choose: () => enterOpenAi(secrets),
    },
    {
      label: '$(circle-slash) None',
      description: 'verified questions only; nothing is ever sent',
      choose: () => save('none', '', ''),
    },
  ];
}

async function enterOpenAi(secrets: Secrets): Promise<void> {
  const baseUrl = await vscode.window.showInputBox({
    title: 'Base URL',
    value: openAiUrl,
    prompt: 'Up to and including /v1.',
    ignoreFocusOut: true,
    validateInput: (text) => (URL.canParse(text) ? undefined : 'That is not a URL.'),
  });
  if (baseUrl === undefined) return;
  const name = await vscode.window.showInputBox({
    title: 'Model',
    prompt: 'As its server names it, for example gpt-5-mini.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Name a model.' : undefined),
  });
  if (name === undefined) return;
  const isRemote = localityOf(parseBaseUrl(baseUrl)) === 'remote';
  if (isRemote && (await secrets.apiKey(baseUrl)) === undefined) await askForKey(secrets, baseUrl);
  await save('openai', name.trim(), baseUrl);
}

/** Has the user enter the key of the configured server, or of one of them when models and embedder have several. */
export async function enterKey(secrets: Secrets): Promise<void> {
  const { first } = readModelSettings();
  const chat =
    typeof first === 'object' && first.provider === 'openai' ? (first.baseUrl ?? openAiUrl) : undefined;
  const choice = readEmbedderChoice();
  const embedder = choice?.provider === 'openai' ? choice.baseUrl : undefined;
  const servers = [...new Set([chat, embedder].filter((url) => url !== undefined))];
  const baseUrl =
    servers.length > 1
      ? await vscode.window.showQuickPick(servers, { title: 'API Key', placeHolder: 'For which server?' })
      : (servers[0] ?? openAiUrl);
  if (baseUrl !== undefined) await askForKey(secrets, baseUrl);
}

/** An empty key forgets the stored one. */
async function askForKey(secrets: Secrets, baseUrl: string): Promise<void> {
  const { host } = new URL(baseUrl);
  const key = await vscode.window.showInputBox({
    title: `API Key for ${host}`,
    prompt:
      'Kept in the secret storage of VS Code and sent to this host only. Leave it empty to forget the stored key.',
    password: true,
    ignoreFocusOut: true,
  });
  if (key !== undefined) await secrets.setApiKey(baseUrl, key.trim() === '' ? undefined : key.trim());
}

async function save(provider: string, name: string, baseUrl: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const target = vscode.ConfigurationTarget.Global;
  await configuration.update(settings.modelName, name === '' ? undefined : name, target);
  await configuration.update(settings.modelBaseUrl, baseUrl === '' ? undefined : baseUrl, target);
  await configuration.update(settings.modelProvider, provider, target);
  const model = name === '' ? provider : `${provider}:${name}`;
  vscode.window.setStatusBarMessage(`$(check) Khipu: model ${model}`, 5000);
}
