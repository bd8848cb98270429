/** Has the user's Ollama pull a model: which one, how far it is, and what to do with it then. */
import * as vscode from 'vscode';
import { pullOllamaModel, type PullProgress } from '../models/ollamaPull.ts';
import { defaultOllamaUrl } from '../models/ollamaModels.ts';
import { suggestedModels } from '../models/suggestedModels.ts';
import { accepted } from './acceptedItem.ts';
import { pulledShare, pullWords } from './pullWords.ts';
import { readModelServers, readModelSettings } from './modelSettings.ts';
import { signalOf } from './report.ts';
import { saveFirstModel } from './saveModels.ts';

/**
 * The command. @param argument the model's name; asked for when it is none
 * @throws KhipuError as `pullOllamaModel` does
 */
export async function pullModel(argument: unknown): Promise<void> {
  const name = typeof argument === 'string' && argument !== '' ? argument : await askForName([]);
  if (name === undefined) return;
  const baseUrl = readModelServers().ollama ?? defaultOllamaUrl;
  await pullWithProgress(name, baseUrl);
  void offer(name); // stays open for as long as the user likes
}

/** Has the user choose a model to pull. @param present names that are there already */
export async function askForName(present: readonly string[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick();
  box.title = 'Pull a model into Ollama';
  box.placeholder = 'Choose one, or write any name of ollama.com/library';
  box.matchOnDescription = false;
  const suggested = suggestedModels.map(({ name, gigabytes, memory }) => ({
    label: name,
    description: `about ${gigabytes} GB · wants about ${memory} GB of memory${present.includes(name) ? ' · is there' : ''}`,
    iconPath: new vscode.ThemeIcon('cloud-download'),
  }));
  const show = (): void => {
    const typed = box.value.trim();
    const own = { label: typed, description: 'pull this', alwaysShow: true };
    const isOwn = typed !== '' && !suggested.some(({ label }) => label === typed);
    box.items = isOwn ? [own, ...suggested] : suggested;
  };
  show();
  box.onDidChangeValue(show);
  return (await accepted(box))?.label;
}

async function pullWithProgress(name: string, baseUrl: string): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Pulling ${name}`, cancellable: true },
    async (progress, token) => {
      let percent = 0;
      let told = '';
      const tell = (state: PullProgress): void => {
        const message = pullWords(state);
        if (message === told) return;
        told = message;
        const now = Math.floor(pulledShare(state) * 100);
        progress.report({ message, increment: Math.max(0, now - percent) });
        percent = Math.max(percent, now);
      };
      await pullOllamaModel({ name, baseUrl }, tell, signalOf(token));
    },
  );
}

/** It may have taken an hour: whether it is used is asked now. */
async function offer(name: string): Promise<void> {
  const { first } = readModelSettings();
  const isFirst = typeof first === 'object' && first.provider === 'ollama' && first.name === name;
  const use = 'Use It';
  const pressed = await vscode.window.showInformationMessage(
    isFirst ? `${name} is there now: ask again.` : `${name} is there now.`,
    ...(isFirst ? [] : [use]),
  );
  if (pressed === use) await saveFirstModel({ provider: 'ollama', name, baseUrl: undefined });
}
