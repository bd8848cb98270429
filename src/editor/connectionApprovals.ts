/** Asks once before a connection does what only a file says that it should, and remembers the user's yes. */
import * as vscode from 'vscode';
import { cancelled } from '../shared/errors.ts';
import { concernsOf, fingerprintOf } from './connectionConcerns.ts';
import type { ScopedProfile } from './connectionScopes.ts';
import type { StoredPassword } from './secrets.ts';

const stateKey = 'approvedConnections';
/** The oldest are forgotten, and asked again. */
const mostKept = 500;

export class ConnectionApprovals {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /**
   * Resolves when there is nothing to ask, or the user agrees.
   * @throws KhipuError `cancelled` when the user does not
   */
  async approve(scoped: ScopedProfile, stored: StoredPassword | undefined): Promise<void> {
    const { profile, scope } = scoped;
    const concerns = concernsOf(scoped, stored);
    if (concerns.length === 0 || this.#kept().includes(fingerprintOf(profile.id, concerns))) return;
    const detail = [...concerns, 'You are asked once, and again when any of this changes.'].join('\n\n');
    const what =
      scope === 'workspace'
        ? `Let this workspace's connection ${profile.name} do this?`
        : `Use the stored password for ${profile.name}?`;
    const allow = 'Allow';
    const chosen = await vscode.window.showWarningMessage(what, { modal: true, detail }, allow);
    if (chosen !== allow) throw cancelled();
    await this.remember(scoped, stored);
  }

  /** The user has entered this here, which is a yes. */
  async remember(scoped: ScopedProfile, stored: StoredPassword | undefined): Promise<void> {
    const concerns = concernsOf(scoped, stored);
    if (concerns.length === 0) return;
    const name = fingerprintOf(scoped.profile.id, concerns);
    const others = this.#kept().filter((each) => each !== name);
    await this.#state.update(stateKey, [...others, name].slice(-mostKept));
  }

  #kept(): readonly string[] {
    return this.#state.get<string[]>(stateKey) ?? [];
  }
}
