/** The hub in which a connection is edited: every property with its value, one asked for after another until it is saved. */
import * as vscode from 'vscode';
import { toKhipuError } from '../shared/errors.ts';
import { accepted } from './acceptedItem.ts';
import { draftProblem, isChanged, type ConnectionDraft } from './connectionDraft.ts';
import { hubRows, propertyOf } from './connectionHub.ts';
import type { ConnectionProperty } from './connectionProperties.ts';
import { askForProperty } from './propertyInput.ts';
import { canSaveInWorkspace } from './settings.ts';

/** How the user left the hub, with what was entered there. */
export type EditedConnection = { readonly draft: ConnectionDraft; readonly how: 'test' | 'save' };

type Choice = 'test' | 'save' | ConnectionProperty;

interface HubItem extends vscode.QuickPickItem {
  readonly choice: Choice | undefined;
}

/**
 * Has a connection edited.
 * @param before as it is saved now; undefined for one that is not yet, which is not given up without a question
 * @returns undefined when the user gave up
 */
export async function editInHub(
  before: ConnectionDraft | undefined,
  start: ConnectionDraft,
): Promise<EditedConnection | undefined> {
  let draft = start;
  let last: Choice | undefined;
  for (;;) {
    const choice = await chooseInHub(before, draft, last);
    if (choice === undefined) {
      const how = isChanged(before, draft) ? await askWhatToDo(draft) : 'discard';
      if (how === 'discard') return undefined;
      if (how === 'save' && (await isComplete(draft))) return { draft, how };
    } else if (typeof choice === 'string') {
      if (await isComplete(draft)) return { draft, how: choice };
    } else {
      last = choice;
      draft = await enter(choice, draft);
    }
  }
}

/** Asks for a property, and for those that it leads to. */
async function enter(property: ConnectionProperty, draft: ConnectionDraft): Promise<ConnectionDraft> {
  try {
    const entered = await askForProperty(property, draft);
    if (entered.scope === 'workspace' && draft.scope === 'user' && !(await workspaceCanBeUsed()))
      return draft;
    const next = entered === draft ? undefined : propertyOf(property.then?.(entered, draft) ?? '');
    return next === undefined ? entered : await enter(next, entered);
  } catch (thrown) {
    await vscode.window.showErrorMessage(toKhipuError(thrown).message, { modal: true });
    return draft;
  }
}

async function workspaceCanBeUsed(): Promise<boolean> {
  if (canSaveInWorkspace()) return true;
  const detail = 'Open a folder, and trust it, to keep connections in its settings.';
  await vscode.window.showErrorMessage('There is no workspace to save it in.', { modal: true, detail });
  return false;
}

async function isComplete(draft: ConnectionDraft): Promise<boolean> {
  const problem = draftProblem(draft);
  if (problem === undefined) return true;
  await vscode.window.showErrorMessage(problem, { modal: true });
  return false;
}

async function chooseInHub(
  before: ConnectionDraft | undefined,
  draft: ConnectionDraft,
  last: Choice | undefined,
): Promise<Choice | undefined> {
  const pick = vscode.window.createQuickPick<HubItem>();
  pick.title = before === undefined ? draft.profile.name : `Edit ${before.profile.name}`;
  pick.placeholder = 'Choose what to change, then Test and Save.';
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  const [test, save, ...rest] = hubItems(before, draft);
  pick.items = [test, save, ...rest];
  const lastItems = pick.items.filter(({ choice }) => choice !== undefined && choice === last);
  if (lastItems.length > 0) pick.activeItems = lastItems; // else the first: Enter alone tests and saves
  // They stand at the top, which is out of sight where a late property was the last.
  const buttons = new Map([
    [{ iconPath: new vscode.ThemeIcon('pass'), tooltip: 'Test and Save' }, test],
    [{ iconPath: new vscode.ThemeIcon('save'), tooltip: 'Save Without Testing' }, save],
  ]);
  return (await accepted(pick, buttons))?.choice;
}

function hubItems(
  before: ConnectionDraft | undefined,
  draft: ConnectionDraft,
): [HubItem, HubItem, ...HubItem[]] {
  const problem = draftProblem(draft);
  return [
    {
      choice: 'test',
      label: '$(pass) Test and Save',
      description: problem ?? 'connects first, and saves it if that works',
    },
    { choice: 'save', label: '$(save) Save Without Testing' },
    ...hubRows(before, draft).map((row) =>
      row.kind === 'group'
        ? { choice: undefined, label: row.label, kind: vscode.QuickPickItemKind.Separator }
        : { choice: row.property, label: row.label, description: row.description },
    ),
  ];
}

/** Esc was pressed, and something would be lost. */
async function askWhatToDo({ profile }: ConnectionDraft): Promise<'save' | 'discard' | 'edit'> {
  const [save, discard] = ['Save', 'Discard'];
  const detail = 'What you entered is not saved yet.';
  const what = `Save the changes to ${profile.name}?`;
  const chosen = await vscode.window.showWarningMessage(what, { modal: true, detail }, save, discard);
  if (chosen === save) return 'save';
  return chosen === discard ? 'discard' : 'edit';
}
