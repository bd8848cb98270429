/** The connections that the user has: those saved in the settings of the user and the workspace, and the sample once it was opened. */
import * as vscode from 'vscode';
import type { ConnectContext } from '../database/connectContext.ts';
import type { ProfileSource } from '../database/connections.ts';
import type { ConnectionProfile } from '../database/profile.ts';
import { lookOf, passwordTarget, whereOf } from '../database/profileLook.ts';
import { sampleProfileId } from '../sample/profileId.ts';
import type { ConnectionLook } from '../shared/connectionLook.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionApprovals } from './connectionApprovals.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import {
  readScopes,
  withoutProfile,
  withProfile,
  type Scope,
  type ScopedProfile,
} from './connectionScopes.ts';
import { settings } from './contributions.ts';
import type { Secrets } from './secrets.ts';
import { connectionValues, writeConnections } from './settings.ts';

/** What is shown of a connection before it is connected. */
export interface ConnectionEntry {
  readonly id: string;
  readonly name: string;
  /** Where it leads, in words. */
  readonly where: string;
  readonly look: ConnectionLook;
  /** Where it is saved; the sample is not. */
  readonly scope: Scope | undefined;
  readonly hidesUsers: boolean;
}

const sampleKey = 'sampleOpened';

const sampleEntry: ConnectionEntry = {
  id: sampleProfileId,
  name: 'Sample shop',
  where: 'embedded in Khipu',
  look: { production: false, writable: false },
  scope: undefined,
  hidesUsers: false,
};

export class ConnectionList implements ProfileSource, vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #secrets: Secrets;
  readonly #approvals: ConnectionApprovals;
  readonly #keyWorker: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #profileChanged = new vscode.EventEmitter<string>();
  readonly #toldFaults = new Set<string>();
  /** The profiles as they were when last looked at, as text. */
  #known: ReadonlyMap<string, string>;
  readonly onDidChange = this.#changed.event;
  /** The id of a connection that now says something else, or is gone: what is connected is no longer what is meant. */
  readonly onDidChangeProfile = this.#profileChanged.event;

  /** @param keyWorker absolute path of the bundled `sshKeyWorker.ts` */
  constructor(
    state: vscode.Memento,
    secrets: Secrets,
    approvals: ConnectionApprovals,
    keyWorker: string,
    log: vscode.LogOutputChannel,
  ) {
    this.#state = state;
    this.#secrets = secrets;
    this.#approvals = approvals;
    this.#keyWorker = keyWorker;
    this.#log = log;
    this.#subscriptions = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.connections)) this.#onChange();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#onChange()),
    ];
    this.#known = this.#texts();
  }

  #onChange(): void {
    const before = this.#known;
    this.#known = this.#texts();
    for (const [id, text] of before) if (this.#known.get(id) !== text) this.#profileChanged.fire(id);
    this.#changed.fire();
  }

  #texts(): ReadonlyMap<string, string> {
    return new Map(this.saved().map(({ profile }) => [profile.id, JSON.stringify(profile)]));
  }

  /** All of them, the sample first; one that is not valid is left out here and told where it is used. */
  entries(): ConnectionEntry[] {
    return [
      ...(this.#state.get<boolean>(sampleKey) === true ? [sampleEntry] : []),
      ...this.saved().map(({ profile, scope, hidesUsers }) => ({
        id: profile.id,
        name: profile.name,
        where: whereOf(profile),
        look: lookOf(profile),
        scope,
        hidesUsers,
      })),
    ];
  }

  /** The connections in the settings; what is not valid there is written to the log, once. */
  saved(): readonly ScopedProfile[] {
    const { profiles, faults } = readScopes(connectionValues(), vscode.workspace.isTrusted);
    for (const fault of faults.filter((each) => !this.#toldFaults.has(each))) {
      this.#toldFaults.add(fault);
      this.#log.error(fault);
    }
    return profiles;
  }

  find(id: string): ScopedProfile | undefined {
    return this.saved().find(({ profile }) => profile.id === id);
  }

  async resolve(id: string): Promise<Awaited<ReturnType<ProfileSource['resolve']>>> {
    const { profile } = await this.#approved(id);
    return { profile, context: await this.context(profile, () => this.#password(profile)) };
  }

  /** What a profile is connected with: a password, and questions to the user for the rest. */
  async context(
    profile: ConnectionProfile,
    password: () => Promise<string | undefined>,
  ): Promise<ConnectContext> {
    const { connectPrompts } = await import('./firstUse.ts');
    return { password, ...connectPrompts(profile, this.#secrets, this.#keyWorker) };
  }

  /** Stores another password for a saved connection. */
  async setPassword(profile: ConnectionProfile, password: string): Promise<void> {
    await this.#secrets.setPassword(profile.id, { password, target: passwordTarget(profile) });
  }

  /**
   * A connection together with its password, to be edited or copied.
   * @throws KhipuError as `resolve` does
   */
  async load(id: string): Promise<ConnectionDraft> {
    const { profile, scope } = await this.#approved(id);
    return { profile, scope, password: (await this.#secrets.password(id))?.password };
  }

  /** @throws KhipuError `invalid-settings`, `invalid-input`, or `cancelled` when the user does not allow what it does */
  async #approved(id: string): Promise<ScopedProfile> {
    const { profiles, faults } = readScopes(connectionValues(), vscode.workspace.isTrusted);
    const found = profiles.find(({ profile }) => profile.id === id);
    if (found === undefined) {
      const [fault] = faults;
      if (fault !== undefined)
        throw new KhipuError('invalid-settings', fault, { subject: settings.connections });
      throw new KhipuError('invalid-input', 'That connection is no longer in the settings.');
    }
    await this.#approvals.approve(found, await this.#secrets.password(id));
    return found;
  }

  async #password(profile: ConnectionProfile): Promise<string | undefined> {
    const stored = await this.#secrets.password(profile.id);
    if (stored !== undefined) return stored.password;
    const { passwordFile } = await import('./firstUse.ts');
    return passwordFile(profile);
  }

  /** Adds a connection, or replaces the one with its id, also when that is saved elsewhere. */
  async save({ profile, scope, password }: ConnectionDraft): Promise<void> {
    const before = this.find(profile.id);
    const stored = password === undefined ? undefined : { password, target: passwordTarget(profile) };
    await writeConnections(scope, withProfile(connectionValues()[scope], profile));
    await this.#secrets.setPassword(profile.id, stored);
    await this.#approvals.remember({ profile, scope, hidesUsers: false }, stored);
    if (before !== undefined && before.scope !== scope) await this.#takeOut(before);
    this.#onChange();
  }

  /** Adds a connection for the user, or replaces the one with its id where that is; what is secret is left alone. */
  async put(profile: ConnectionProfile): Promise<void> {
    const scope = this.find(profile.id)?.scope ?? 'user';
    await writeConnections(scope, withProfile(connectionValues()[scope], profile));
    this.#onChange();
  }

  async remove(id: string): Promise<void> {
    const found = this.find(id);
    if (id === sampleProfileId) await this.#state.update(sampleKey, false);
    else if (found !== undefined) await this.#takeOut(found);
    // The user's own connection of the same id comes to light again, and has the secrets in common.
    if (found?.hidesUsers !== true) await this.#secrets.forget(id);
    this.#onChange();
  }

  async #takeOut({ profile, scope }: ScopedProfile): Promise<void> {
    await writeConnections(scope, withoutProfile(connectionValues()[scope], profile.id));
  }

  async addSample(): Promise<void> {
    await this.#state.update(sampleKey, true);
    this.#onChange();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#profileChanged.dispose();
  }
}
