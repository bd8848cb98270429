/** Passwords and API keys in VS Code's secret storage: the only place where they are kept. */
import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { StoreSecrets } from '../rag/sharedStore.ts';

/** A password, and whom it was entered for (`passwordTarget`); undefined for one that was stored before targets were. */
export interface StoredPassword {
  readonly password: string;
  readonly target: string | undefined;
}

const storeSecrets = z.record(z.string(), z.string());

const storedPassword = z.object({ password: z.string(), target: z.string() });

export class Secrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  async password(profileId: string): Promise<StoredPassword | undefined> {
    const value = await this.#get(passwordName(profileId));
    return value === undefined ? undefined : readPassword(value);
  }

  /** Stores a password together with whom it is for, or forgets it when there is none. */
  setPassword(profileId: string, stored: StoredPassword | undefined): Promise<void> {
    return this.#set(passwordName(profileId), stored === undefined ? undefined : JSON.stringify(stored));
  }

  /** Forgets everything that is kept for a connection. */
  async forget(profileId: string): Promise<void> {
    await this.#set(passwordName(profileId), undefined);
  }

  /** What opens a key file, or lets a user into an SSH host: bound to that file, or to `user@host`, whatever the connection. */
  sshSecret(kind: 'passphrase' | 'password', name: string): Promise<string | undefined> {
    return this.#get(`ssh-${kind}:${name}`);
  }

  setSshSecret(kind: 'passphrase' | 'password', name: string, secret: string | undefined): Promise<void> {
    return this.#set(`ssh-${kind}:${name}`, secret);
  }

  /** The key for one server: a key is never sent to another host than the one it was entered for. */
  apiKey(baseUrl: string): Promise<string | undefined> {
    return this.#get(`api-key:${new URL(baseUrl).host}`);
  }

  setApiKey(baseUrl: string, key: string | undefined): Promise<void> {
    return this.#set(`api-key:${new URL(baseUrl).host}`, key);
  }

  /** The credentials of a shared index, by LanceDB's names; `target` says for which bucket and which endpoint. */
  async storeSecrets(target: string): Promise<StoreSecrets | undefined> {
    const value = await this.#get(`store:${target}`);
    return value === undefined ? undefined : storeSecrets.parse(JSON.parse(value));
  }

  setStoreSecrets(target: string, secrets: StoreSecrets | undefined): Promise<void> {
    return this.#set(`store:${target}`, secrets === undefined ? undefined : JSON.stringify(secrets));
  }

  async #get(name: string): Promise<string | undefined> {
    return await this.#storage.get(name);
  }

  async #set(name: string, value: string | undefined): Promise<void> {
    if (value === undefined) await this.#storage.delete(name);
    else await this.#storage.store(name, value);
  }
}

function passwordName(profileId: string): string {
  return `password:${profileId}`;
}

function readPassword(value: string): StoredPassword {
  try {
    const read = storedPassword.safeParse(JSON.parse(value));
    if (read.success) return read.data;
  } catch {
    // Not JSON: a bare password.
  }
  return { password: value, target: undefined };
}
