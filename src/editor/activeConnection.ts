/** The connection in use: remembered for the workspace, always shown in the status bar, chosen from a list. */
import * as vscode from 'vscode';
import { sampleProfileId } from '../sample/profileId.ts';
import { commands } from './contributions.ts';
import { connectionStatusLook } from './connectionEntryLook.ts';
import type { ConnectionList } from './connectionList.ts';

const stateKey = 'activeConnection';

export class ActiveConnection implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #list: ConnectionList;
  readonly #status = vscode.window.createStatusBarItem(
    'khipu.connection',
    vscode.StatusBarAlignment.Left,
    10,
  );

  constructor(state: vscode.Memento, list: ConnectionList) {
    this.#state = state;
    this.#list = list;
    this.#status.name = 'Khipu Connection';
    this.#status.command = commands.chooseConnection;
    this.show();
  }

  /** The id of the connection in use; undefined when none was chosen, or the chosen one is gone. */
  get id(): string | undefined {
    const id = this.#state.get<string>(stateKey);
    return id !== undefined && this.#list.entries().some((entry) => entry.id === id) ? id : undefined;
  }

  async use(id: string): Promise<void> {
    await this.#state.update(stateKey, id);
    this.show();
  }

  /** Brings the status bar up to date. */
  show(): void {
    const entry = this.#list.entries().find(({ id }) => id === this.id);
    const { text, tooltip, spoken, background } = connectionStatusLook(entry, undefined);
    this.#status.text = text;
    this.#status.tooltip = tooltip;
    this.#status.accessibilityInformation = { label: spoken };
    this.#status.backgroundColor =
      background === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${background}Background`);
    this.#status.show();
  }

  /**
   * The connection in use, or one that the user chooses now.
   * @returns undefined when the user chose none
   */
  async idOrAsk(): Promise<string | undefined> {
    if (this.id !== undefined) return this.id;
    const entries = this.#list.entries();
    const [only] = entries;
    if (only === undefined || entries.length > 1) return this.choose();
    await this.use(only.id);
    return only.id;
  }

  /** Has the user choose from all connections, the sample, and a new one. */
  async choose(): Promise<string | undefined> {
    const entries = this.#list.entries();
    const items: (vscode.QuickPickItem & { choose: () => Promise<string | undefined> })[] = entries.map(
      (entry) => ({
        label: `$(database) ${entry.name}`,
        description: entry.where,
        choose: () => Promise.resolve(entry.id),
      }),
    );
    if (!entries.some((entry) => entry.id === sampleProfileId)) {
      items.push({
        label: '$(beaker) Open Sample Database',
        description: 'a shop, embedded; no server needed',
        choose: async () => {
          await this.#list.addSample();
          return sampleProfileId;
        },
      });
    }
    items.push({
      label: '$(add) Add Connection…',
      choose: async () => await vscode.commands.executeCommand<string | undefined>(commands.addConnection),
    });
    const picked = await vscode.window.showQuickPick(items, {
      title: 'Khipu: which database?',
      matchOnDescription: true,
    });
    const id = await picked?.choose();
    if (id !== undefined) await this.use(id);
    return id;
  }

  dispose(): void {
    this.#status.dispose();
  }
}
