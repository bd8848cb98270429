/** What there is to choose from in Choose Model: every model says where what is sent goes, and one is marked as in use. */
import * as vscode from 'vscode';
import { destinationOf, writeModelChoice, type ModelChoice } from '../models/modelChoice.ts';
import { isSameChoice } from '../models/modelOrder.ts';
import type { ModelSettings } from '../models/modelChain.ts';
import type { OfferedModels } from './offeredModels.ts';

/** What is done when an item is chosen. */
export type ModelAction = 'auto' | 'none' | 'enter-server' | 'pull' | 'fallback' | 'keys' | ModelChoice;

export interface ModelItem extends vscode.QuickPickItem {
  /** undefined for what only tells or divides. */
  readonly action: ModelAction | undefined;
}

/** On each model that is not in use: asks it after the others. */
export const addButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('add'),
  tooltip: 'Ask it when the others do not answer',
};

/** @param offered undefined as long as it is being looked for */
export function modelItems(current: ModelSettings, offered: OfferedModels | undefined): ModelItem[] {
  return [
    {
      action: 'auto',
      label: 'Automatic',
      ...mark('zap', current.first === 'auto'),
      description: used(current.first === 'auto', 'an Ollama on this machine, else verified questions only'),
    },
    divider('Ollama'),
    ...ollamaItems(current, offered),
    ...vscodeItems(current, offered),
    divider('Servers that speak OpenAI’s API'),
    ...serverItems(current),
    divider('More'),
    {
      action: 'fallback',
      label: 'When It Does Not Answer…',
      iconPath: new vscode.ThemeIcon('list-ordered'),
      description: chainWords(current),
    },
    { action: 'keys', label: 'API Key…', iconPath: new vscode.ThemeIcon('key') },
    {
      action: 'none',
      label: 'None',
      ...mark('circle-slash', current.first === 'none'),
      description: used(current.first === 'none', 'verified questions only; nothing is ever sent'),
    },
  ];
}

/** Who is asked next, in order. */
export function chainWords({ first, then, ollamaUrl }: ModelSettings): string {
  if (first === 'none') return 'no model is asked';
  const last = { provider: 'ollama', name: '', baseUrl: undefined } as const;
  const isHere = destinationOf(last, ollamaUrl).locality === 'local';
  const parts = [...then.map(writeModelChoice), ...(isHere ? ['an Ollama on this machine'] : [])];
  return parts.length === 0 ? 'nobody else is asked' : `then ${parts.join(', then ')}`;
}

/** A model as a list shows it. */
export function choiceItem(
  choice: ModelChoice,
  current: ModelSettings,
  look: { readonly label?: string; readonly facts?: string } = {},
): ModelItem {
  const { locality, words } = destinationOf(choice, current.ollamaUrl);
  const isFirst = typeof current.first === 'object' && isSameChoice(current.first, choice);
  const place = current.then.findIndex((each) => isSameChoice(each, choice));
  const isNext = place === -1 ? undefined : `asked next (${place + 1})`;
  const icon = locality === 'local' ? 'vm' : choice.provider === 'vscode' ? 'extensions' : 'cloud';
  return {
    action: choice,
    label: look.label ?? choice.name,
    ...mark(icon, isFirst),
    description: [isFirst ? 'in use' : isNext, words, look.facts]
      .filter((part) => part !== undefined)
      .join(' · '),
    ...(isFirst || isNext !== undefined ? {} : { buttons: [addButton] }),
  };
}

function ollamaItems(current: ModelSettings, offered: OfferedModels | undefined): ModelItem[] {
  if (offered === undefined) return [told('Looking for models…', '', 'loading~spin')];
  const { ollama, ollamaFault } = offered;
  const found = ollama.map(({ name, parameterSize, cloud }) => {
    const choice = { provider: 'ollama', name, baseUrl: undefined } as const;
    const item = choiceItem(choice, current, parameterSize === undefined ? {} : { facts: parameterSize });
    // Some cloud models do not say so by their name.
    return cloud
      ? {
          ...item,
          description: item.description?.replace('stays on this machine', 'goes on to ollama.com') ?? '',
        }
      : item;
  });
  const known = ollama.map(({ name }) => ({ provider: 'ollama', name, baseUrl: undefined }) as const);
  const missing = configured(current, 'ollama').filter(
    (choice) => !known.some((each) => isSameChoice(each, choice)),
  );
  return [
    ...found,
    ...missing.map((choice) =>
      choiceItem(choice, current, ollamaFault === undefined ? { facts: 'not there' } : {}),
    ),
    ollamaFault === undefined
      ? {
          action: 'pull',
          label: 'Pull a Model…',
          iconPath: new vscode.ThemeIcon('cloud-download'),
          description: 'your Ollama downloads it',
        }
      : told('No Ollama answers', ollamaFault, 'debug-disconnect'),
  ];
}

function vscodeItems(current: ModelSettings, offered: OfferedModels | undefined): ModelItem[] {
  const found = (offered?.vscode ?? []).map(({ name, title, vendor }) =>
    choiceItem({ provider: 'vscode', name, baseUrl: undefined }, current, {
      label: title,
      facts: `by ${vendor}`,
    }),
  );
  const names = new Set((offered?.vscode ?? []).map(({ name }) => name));
  const missing = configured(current, 'vscode')
    .filter(({ name }) => !names.has(name))
    .map((choice) => choiceItem(choice, current));
  const items = [...found, ...missing];
  return items.length === 0 ? [] : [divider('VS Code'), ...items];
}

function serverItems(current: ModelSettings): ModelItem[] {
  return [
    ...configured(current, 'openai').map((choice) => choiceItem(choice, current)),
    {
      action: 'enter-server',
      label: 'OpenAI, Azure or Another Server…',
      iconPath: new vscode.ThemeIcon('cloud'),
      description: 'leaves this machine unless its address is local',
    },
  ];
}

/** Those of a provider that the settings name. */
function configured({ first, then }: ModelSettings, provider: ModelChoice['provider']): ModelChoice[] {
  return [...(typeof first === 'object' ? [first] : []), ...then].filter(
    (each) => each.provider === provider,
  );
}

function mark(icon: string, isFirst: boolean): Pick<vscode.QuickPickItem, 'iconPath'> {
  return { iconPath: new vscode.ThemeIcon(isFirst ? 'check' : icon) };
}

function used(isFirst: boolean, words: string): string {
  return isFirst ? `in use · ${words}` : words;
}

function told(label: string, description: string, icon: string): ModelItem {
  return { action: undefined, label, description, iconPath: new vscode.ThemeIcon(icon) };
}

function divider(label: string): ModelItem {
  return { action: undefined, label, kind: vscode.QuickPickItemKind.Separator };
}
