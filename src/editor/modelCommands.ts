/** Choose Model: one list of all models, with where each leads, what is asked after it, keys and pulling. */
import * as vscode from 'vscode';
import type { AiPolicy } from '../database/profile.ts';
import { withModel } from '../models/modelOrder.ts';
import type { ModelSettings } from '../models/modelChain.ts';
import { KhipuError } from '../shared/errors.ts';
import { acceptedAction } from './acceptedItem.ts';
import { enterKey } from './apiKeys.ts';
import { enterServer } from './enterServer.ts';
import { editFallback } from './fallbackOrder.ts';
import { commands } from './contributions.ts';
import { modelItems, type ModelAction, type ModelItem } from './modelItems.ts';
import { readModelSettings } from './modelSettings.ts';
import { offeredModels, type OfferedModels } from './offeredModels.ts';
import { askForName } from './pullModel.ts';
import { saveFallback, saveFirstModel } from './saveModels.ts';
import type { Secrets } from './secrets.ts';
import { whatIsSent } from './whatIsSent.ts';

/**
 * Has the user choose the model that answers.
 * @param policy of the connection in use
 */
export async function chooseModel(secrets: Secrets, policy: AiPolicy | undefined): Promise<void> {
  const offered = offeredModels();
  const chosen = await pickAction(offered, policy);
  if (chosen !== undefined) await act(chosen, secrets, await offered);
}

function pickAction(
  offered: Promise<OfferedModels>,
  policy: AiPolicy | undefined,
): Promise<ModelAction | undefined> {
  const pick = vscode.window.createQuickPick<ModelItem>();
  pick.title = 'Khipu: which model writes the SQL?';
  pick.placeholder = whatIsSent(policy);
  pick.matchOnDescription = true;
  pick.busy = true;
  let found: OfferedModels | undefined;
  const show = (): void => {
    const items = modelItems(currentModels(), found);
    pick.keepScrollPosition = true;
    pick.items = items;
    const inUse = items.find(({ description }) => description?.startsWith('in use') === true);
    if (inUse !== undefined) pick.activeItems = [inUse];
  };
  show();
  return acceptedAction(pick, (fail) => {
    offered.then((models) => {
      found = models;
      pick.busy = false;
      show();
    }, fail);
    pick.onDidTriggerItemButton(({ item: { action } }) => {
      if (typeof action !== 'object') return;
      saveFallback(withModel(currentModels().then, action)).then(show, fail);
    });
  });
}

/** Settings that are not valid are what the user may have come to mend, so they do not keep the list from opening. */
function currentModels(): ModelSettings {
  try {
    return readModelSettings();
  } catch (thrown) {
    if (!(thrown instanceof KhipuError)) throw thrown;
    return { first: 'auto', then: [], ollamaUrl: '' };
  }
}

async function act(action: ModelAction, secrets: Secrets, offered: OfferedModels): Promise<void> {
  switch (action) {
    case 'enter-server':
      return enterServer(secrets);
    case 'fallback':
      return editFallback(offered);
    case 'keys':
      return enterKey(secrets);
    case 'pull': {
      const name = await askForName(offered.ollama.map(({ name: present }) => present));
      if (name !== undefined) await vscode.commands.executeCommand(commands.pullModel, name);
      return;
    }
    default:
      return saveFirstModel(action);
  }
}
