/** The connections that the user has: those saved in the settings, and the sample once it was opened. */
import * as vscode from 'vscode';
import type { ProfileSource } from '../database/connections.ts';
import type { ConnectionProfile } from '../database/profile.ts';
import { sampleProfileId } from '../sample/profileId.ts';
import { KhipuError } from '../shared/errors.ts';
import { settings } from './contributions.ts';
import type { Secrets } from './secrets.ts';
import { readProfiles, writeProfiles } from './settings.ts';

/** What is shown of a connection before it is connected. */
export interface ConnectionEntry {
  readonly id: string;
  readonly name: string;
  /** Where it leads, in words. */
  readonly where: string;
}

const sampleKey = 'sampleOpened';

export class ConnectionList implements ProfileSource, vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #secrets: Secrets;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento, secrets: Secrets, log: vscode.LogOutputChannel) {
    this.#state = state;
    this.#secrets = secrets;
    this.#log = log;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.connections)) this.#changed.fire();
    });
  }

  /** All of them, the sample first; an invalid setting counts as empty here and is told where it is used. */
  entries(): ConnectionEntry[] {
    const sample = { id: sampleProfileId, name: 'Sample shop', where: 'embedded in Khipu' };
    return [
      ...(this.#state.get<boolean>(sampleKey) === true ? [sample] : []),
      ...this.#savedProfiles().map(({ id, name, host, port, database, user }) => ({
        id,
        name,
        where: `${user}@${host}:${port}/${database}`,
      })),
    ];
  }

  profile(id: string): ConnectionProfile | undefined {
    return this.#savedProfiles().find((profile) => profile.id === id);
  }

  async resolve(id: string): Promise<Awaited<ReturnType<ProfileSource['resolve']>>> {
    const profile = readProfiles().find((each) => each.id === id);
    if (profile === undefined)
      throw new KhipuError('invalid-input', 'That connection is no longer in the settings.');
    return Promise.resolve({ profile, context: { password: () => this.#password(profile) } });
  }

  async #password(profile: ConnectionProfile): Promise<string | undefined> {
    const stored = await this.#secrets.password(profile.id);
    if (stored !== undefined) return stored;
    const { passwordFile } = await import('./firstUse.ts');
    return passwordFile(profile);
  }

  /** Adds a connection, or replaces the one with its id. */
  async save(profile: ConnectionProfile, password: string | undefined): Promise<void> {
    const others = readProfiles().filter((each) => each.id !== profile.id);
    await this.#secrets.setPassword(profile.id, password);
    await writeProfiles([...others, profile]);
    this.#changed.fire();
  }

  async remove(id: string): Promise<void> {
    if (id === sampleProfileId) await this.#state.update(sampleKey, false);
    else await writeProfiles(readProfiles().filter((profile) => profile.id !== id));
    await this.#secrets.setPassword(id, undefined);
    this.#changed.fire();
  }

  async addSample(): Promise<void> {
    await this.#state.update(sampleKey, true);
    this.#changed.fire();
  }

  #savedProfiles(): ConnectionProfile[] {
    try {
      return readProfiles();
    } catch (error) {
      this.#log.error(String(error));
      return [];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
