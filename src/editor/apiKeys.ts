/** Has the user enter the keys that model servers want; they are kept in the secret storage, one for each host. */
import * as vscode from 'vscode';
import { localityOf, parseBaseUrl } from '../models/locality.ts';
import { openAiUrl, type ModelChoice } from '../models/modelChoice.ts';
import { readEmbedderChoice } from './indexSettings.ts';
import { readModelSettings } from './modelSettings.ts';
import type { Secrets } from './secrets.ts';

/** Has the user enter the key of the configured server, or of one of them when models and embedder have several. */
export async function enterKey(secrets: Secrets): Promise<void> {
  const { first, then } = readModelSettings();
  const embedder = readEmbedderChoice();
  const choices: ModelChoice[] = [
    ...(typeof first === 'object' ? [first] : []),
    ...then,
    ...(embedder === undefined ? [] : [embedder]),
  ];
  const servers = new Set(
    choices.filter(({ provider }) => provider === 'openai').map(({ baseUrl }) => baseUrl ?? openAiUrl),
  );
  const [only = openAiUrl, ...others] = servers;
  const baseUrl =
    others.length > 0
      ? await vscode.window.showQuickPick([...servers], {
          title: 'API Key',
          placeHolder: 'For which server?',
        })
      : only;
  if (baseUrl !== undefined) await askForKey(secrets, baseUrl);
}

/** Asks for the key of a server that wants one and has none yet. */
export async function askForMissingKey(secrets: Secrets, baseUrl: string): Promise<void> {
  const isRemote = localityOf(parseBaseUrl(baseUrl)) === 'remote';
  if (isRemote && (await secrets.apiKey(baseUrl)) === undefined) await askForKey(secrets, baseUrl);
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
