/** Has the user enter the credentials of the shared index: they are kept in the secret storage, for that store alone. */
import * as vscode from 'vscode';
import { KhipuError } from '../shared/errors.ts';
import { secretsOf, type StoreAddress } from '../rag/sharedStore.ts';
import { settings } from './contributions.ts';
import { readStoreAddress } from './indexSettings.ts';
import type { Secrets } from './secrets.ts';

/** @throws KhipuError `invalid-settings` when no shared index is set */
export async function enterStoreCredentials(secrets: Secrets): Promise<void> {
  const address = readStoreAddress();
  if (address === undefined) {
    throw new KhipuError(
      'invalid-settings',
      'Indexes are kept on this machine, which needs no credentials.',
      {
        hint: `For an index that is shared, set ${settings.ragUri}, for example to s3://bucket/path.`,
        subject: settings.ragUri,
      },
    );
  }
  const entered = await enterEach(address);
  if (entered === undefined) return;
  const isEmpty = Object.keys(entered).length === 0;
  await secrets.setStoreSecrets(address.target, isEmpty ? undefined : entered);
  const done = isEmpty ? 'forgotten; the environment is asked' : 'stored';
  vscode.window.setStatusBarMessage(`$(check) Khipu: credentials for ${address.target} ${done}`, 8000);
}

/** @returns undefined when the user left; nothing at all when the first was left empty */
async function enterEach(address: StoreAddress): Promise<Record<string, string> | undefined> {
  const fields = Object.entries(secretsOf(address));
  const entered: Record<string, string> = {};
  for (const [index, [name, label]] of fields.entries()) {
    const value = await vscode.window.showInputBox({
      title: `${label} for ${address.target}${fields.length > 1 ? ` (${index + 1} of ${fields.length})` : ''}`,
      prompt:
        index === 0
          ? 'Kept in the secret storage of VS Code. Leave it empty to forget what is stored, and to take what the environment has.'
          : 'Kept in the secret storage of VS Code.',
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined) return undefined;
    if (value.trim() === '' && index === 0) return {};
    if (value.trim() !== '') entered[name] = value.trim();
  }
  return entered;
}
