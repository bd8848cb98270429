/** Reads Khipu's settings through zod, once at each use, and says clearly which one is wrong. */
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { connectionProfile, type ConnectionProfile } from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';
import { settings } from './contributions.ts';

/** @throws KhipuError `invalid-settings` */
export function readSetting<T>(id: string, schema: z.core.$ZodType<T>): T {
  const value = vscode.workspace.getConfiguration().get(id);
  const parsed = z.safeParse(schema, value, { error: en().localeError });
  if (parsed.success) return parsed.data;
  throw new KhipuError(
    'invalid-settings',
    `The setting ${id} is not valid: ${z.prettifyError(parsed.error)}`,
    {
      subject: id,
    },
  );
}

/**
 * The connections that the user saved; their passwords are in the secret storage.
 * @throws KhipuError `invalid-settings`
 */
export function readProfiles(): ConnectionProfile[] {
  return readSetting(settings.connections, z._default(z.array(connectionProfile), []));
}

export async function writeProfiles(profiles: readonly ConnectionProfile[]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(settings.connections, profiles, vscode.ConfigurationTarget.Global);
}

export function opensSampleOnStartup(): boolean {
  return readSetting(settings.openSampleOnStartup, z._default(z.boolean(), false));
}
