/** The list from which a connection is chosen, for a file or for the workspace. */
import * as vscode from 'vscode';
import { sampleProfileId } from '../sample/profileId.ts';
import { accessWords } from './connectionEntryLook.ts';
import type { ConnectionEntry, ConnectionList } from './connectionList.ts';
import { commands } from './contributions.ts';

export interface ConnectionChoice {
  /** The id of the one in use. */
  readonly current: string | undefined;
  /** The name of the file that it is chosen for; undefined for the workspace. */
  readonly file: string | undefined;
  /** The workspace's connection, when the file has one of its own that it could forget. */
  readonly workspaces: string | undefined;
}

/** `id` is undefined when the file shall have none of its own. */
type Chosen = { readonly id: string | undefined } | 'for the workspace' | undefined;

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choose: () => Chosen | Promise<Chosen>;
}

/** @returns undefined when the user turned away */
export async function chooseConnection(list: ConnectionList, choice: ConnectionChoice): Promise<Chosen> {
  const entries = list.entries();
  const items = [
    ...entries.map((entry) => entryItem(entry, entry.id === choice.current)),
    ...(entries.some(({ id }) => id === sampleProfileId) ? [] : [sampleItem(list)]),
    addItem,
    ...(choice.file === undefined ? [] : fileItems(choice)),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: choice.file === undefined ? 'Khipu: which database?' : `Khipu: which database for ${choice.file}?`,
    matchOnDescription: true,
  });
  return picked?.choose();
}

function entryItem({ id, name, where, look }: ConnectionEntry, isCurrent: boolean): ChoiceItem {
  const marked = look.writable || look.label !== undefined ? accessWords({ look }) : undefined;
  const parts = [isCurrent ? 'in use' : undefined, look.label, marked, where];
  const colour = look.colour === undefined ? undefined : new vscode.ThemeColor(`charts.${look.colour}`);
  return {
    label: name,
    iconPath: new vscode.ThemeIcon(id === sampleProfileId ? 'beaker' : 'database', colour),
    description: parts.filter((part) => part !== undefined).join(' · '),
    choose: () => ({ id }),
  };
}

function sampleItem(list: ConnectionList): ChoiceItem {
  return {
    label: 'Open Sample Database',
    iconPath: new vscode.ThemeIcon('beaker'),
    description: 'a shop, embedded; no server needed',
    choose: async () => {
      await list.addSample();
      return { id: sampleProfileId };
    },
  };
}

const addItem: ChoiceItem = {
  label: '$(add) Add Connection…',
  choose: async () => {
    const id = await vscode.commands.executeCommand<string | undefined>(commands.addConnection);
    return id === undefined ? undefined : { id };
  },
};

function fileItems({ workspaces }: ConnectionChoice): ChoiceItem[] {
  const divider = {
    label: '',
    kind: vscode.QuickPickItemKind.Separator,
    choose: () => undefined,
  };
  const forWorkspace: ChoiceItem = {
    label: '$(root-folder) Choose for the Workspace…',
    description: 'for the palette, the tree and every file that has none of its own',
    choose: () => 'for the workspace',
  };
  const forget: ChoiceItem = {
    label: '$(discard) No Connection of Its Own',
    description: `the file takes that of the workspace, ${workspaces ?? ''}`,
    choose: () => ({ id: undefined }),
  };
  return [divider, forWorkspace, ...(workspaces === undefined ? [] : [forget])];
}
