/** Passwords and API keys in VS Code's secret storage: the only place where they are kept. */
import type * as vscode from 'vscode';

export class Secrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  password(profileId: string): Promise<string | undefined> {
    return this.#get(`password:${profileId}`);
  }

  /** Stores a password, or forgets it when there is none. */
  setPassword(profileId: string, password: string | undefined): Promise<void> {
    return this.#set(`password:${profileId}`, password);
  }

  /** The key for one server: a key is never sent to another host than the one it was entered for. */
  apiKey(baseUrl: string): Promise<string | undefined> {
    return this.#get(`api-key:${new URL(baseUrl).host}`);
  }

  setApiKey(baseUrl: string, key: string | undefined): Promise<void> {
    return this.#set(`api-key:${new URL(baseUrl).host}`, key);
  }

  async #get(name: string): Promise<string | undefined> {
    return await this.#storage.get(name);
  }

  async #set(name: string, value: string | undefined): Promise<void> {
    if (value === undefined) await this.#storage.delete(name);
    else await this.#storage.store(name, value);
  }
}
