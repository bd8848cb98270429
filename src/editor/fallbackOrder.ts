/** Shows which models are asked in which order, and lets the user change what comes after the first. */
import * as vscode from 'vscode';
import { parseModelChoice, writeModelChoice, type ModelChoice } from '../models/modelChoice.ts';
import { moveModel, withModel, withoutModel } from '../models/modelOrder.ts';
import type { ModelSettings } from '../models/modelChain.ts';
import { acceptedAction } from './acceptedItem.ts';
import { choiceItem } from './modelItems.ts';
import { readModelSettings } from './modelSettings.ts';
import type { OfferedModels } from './offeredModels.ts';
import { faultOf } from './propertyInput.ts';
import { saveFallback } from './saveModels.ts';

interface OrderItem extends vscode.QuickPickItem {
  readonly action: ModelChoice | 'add-first' | 'add' | undefined;
}

type Change = 'up' | 'down' | 'remove';

const changes: readonly (vscode.QuickInputButton & { readonly change: Change })[] = [
  { change: 'up', iconPath: new vscode.ThemeIcon('arrow-up'), tooltip: 'Ask it earlier' },
  { change: 'down', iconPath: new vscode.ThemeIcon('arrow-down'), tooltip: 'Ask it later' },
  { change: 'remove', iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Do not ask it' },
];

/** Stays open until the user leaves it; every change is saved at once. */
export async function editFallback(offered: OfferedModels): Promise<void> {
  for (;;) {
    const action = await pickFromOrder();
    if (action === undefined) return;
    const settings = readModelSettings();
    const { first, then } = settings;
    if (action === 'add-first') {
      if (typeof first === 'object') await saveFallback(withModel(then, first));
    } else if (action === 'add') {
      const added = await pickAnother(settings, offered);
      if (added !== undefined) await saveFallback(withModel(then, added));
    } else {
      const change = await pickChange(action);
      if (change !== undefined) await saveFallback(changed(then, action, change));
    }
  }
}

function changed(then: readonly ModelChoice[], choice: ModelChoice, change: Change): readonly ModelChoice[] {
  if (change === 'remove') return withoutModel(then, choice);
  return moveModel(then, choice, change === 'up' ? -1 : 1);
}

/** @returns what was chosen by Enter; buttons change the order at once */
function pickFromOrder(): Promise<OrderItem['action']> {
  const pick = vscode.window.createQuickPick<OrderItem>();
  pick.title = 'Khipu: who is asked, in which order';
  pick.placeholder = 'A model is asked only when those above it did not answer';
  const show = (): void => {
    pick.keepScrollPosition = true;
    pick.items = orderItems(readModelSettings());
  };
  show();
  return acceptedAction(pick, (fail) => {
    pick.onDidTriggerItemButton(({ item: { action }, button }) => {
      const change = changes.find((each) => each === button)?.change;
      if (typeof action !== 'object' || change === undefined) return;
      saveFallback(changed(readModelSettings().then, action, change)).then(show, fail);
    });
  });
}

function orderItems(settings: ModelSettings): OrderItem[] {
  const { first, then } = settings;
  const top =
    typeof first === 'object'
      ? {
          ...choiceItem(first, settings),
          label: `1. ${writeModelChoice(first)}`,
          buttons: [],
          action: undefined,
        }
      : undefined;
  const before = top === undefined ? 1 : 2;
  const next = then.map((choice, index) => ({
    ...choiceItem(choice, { ...settings, then: [] }),
    label: `${index + before}. ${writeModelChoice(choice)}`,
    action: choice,
    buttons: changes.filter(
      ({ change }) => !(change === 'up' && index === 0) && !(change === 'down' && index === then.length - 1),
    ),
  }));
  const last: OrderItem = {
    action: undefined,
    label: `${before + then.length}. An Ollama on this machine`,
    iconPath: new vscode.ThemeIcon('vm'),
    description: 'when one answers there',
  };
  const add = new vscode.ThemeIcon('add');
  return [
    ...(top === undefined ? [] : [top]),
    ...next,
    last,
    { action: undefined, label: '', kind: vscode.QuickPickItemKind.Separator },
    ...(typeof first === 'object'
      ? [
          {
            action: 'add-first',
            label: 'Add the Model in Use',
            description: 'to be asked after another that you choose then',
            iconPath: add,
          } as const,
        ]
      : []),
    { action: 'add', label: 'Add a Model…', iconPath: add },
  ];
}

/** What the buttons do, for the keyboard. */
async function pickChange(choice: ModelChoice): Promise<Change | undefined> {
  const items = changes.map(({ change, tooltip = '' }) => ({ label: tooltip, change }));
  return (await vscode.window.showQuickPick(items, { title: writeModelChoice(choice) }))?.change;
}

/** A model that is offered, or any that is written as the settings write it. */
async function pickAnother(
  settings: ModelSettings,
  { ollama, vscode: ofVscode }: OfferedModels,
): Promise<ModelChoice | undefined> {
  const offered = [
    ...ollama.map(({ name }) => ({ provider: 'ollama', name, baseUrl: undefined }) as const),
    ...ofVscode.map(({ name }) => ({ provider: 'vscode', name, baseUrl: undefined }) as const),
  ];
  const write = { label: 'Write Its Name…', choice: undefined, iconPath: new vscode.ThemeIcon('edit') };
  const items = offered.map((choice) => ({
    ...choiceItem(choice, settings),
    label: writeModelChoice(choice),
    choice,
    buttons: [],
  }));
  const picked = await vscode.window.showQuickPick<{
    label: string;
    choice: ModelChoice | undefined;
  }>([...items, write], { title: 'Which model is asked next?' });
  if (picked === undefined || picked.choice !== undefined) return picked?.choice;
  const text = await vscode.window.showInputBox({
    title: 'Which model is asked next?',
    prompt: 'openai:NAME, ollama:NAME or vscode:NAME; of another server: openai:NAME at https://HOST/v1',
    ignoreFocusOut: true,
    validateInput: (typed) => faultOf(() => parseModelChoice(typed, undefined)),
  });
  return text === undefined ? undefined : parseModelChoice(text, undefined);
}
