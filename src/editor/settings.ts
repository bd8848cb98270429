/** Reads Khipu's settings through zod, once at each use, and says clearly which one is wrong. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { connectionProfile, type ConnectionProfile } from '../database/profile.ts';
import { parseModelChoice, type ModelChoice, type ModelSettings } from '../models/modelChain.ts';
import { KhipuError } from '../shared/errors.ts';
import { settings } from './contributions.ts';

function read<T>(id: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(vscode.workspace.getConfiguration().get(id));
  if (parsed.success) return parsed.data;
  throw new KhipuError(
    'invalid-settings',
    `The setting ${id} is not valid: ${z.prettifyError(parsed.error)}`,
    {
      subject: id,
    },
  );
}

const optionalText = z
  .string()
  .default('')
  .transform((text) => (text.trim() === '' ? undefined : text.trim()));

/**
 * The connections that the user saved; their passwords are in the secret storage.
 * @throws KhipuError `invalid-settings`
 */
export function readProfiles(): ConnectionProfile[] {
  return read(settings.connections, z.array(connectionProfile).default([]));
}

export async function writeProfiles(profiles: readonly ConnectionProfile[]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(settings.connections, profiles, vscode.ConfigurationTarget.Global);
}

/**
 * The models as configured now.
 * @throws KhipuError `invalid-settings`
 */
export function readModelSettings(): ModelSettings {
  const provider = read(settings.modelProvider, z.enum(['auto', 'openai', 'ollama', 'none']).default('auto'));
  const name = read(settings.modelName, optionalText);
  const baseUrl = read(settings.modelBaseUrl, optionalText);
  const fallback = read(settings.modelFallback, z.array(z.string()).default([]));
  const ollamaUrl = read(settings.ollamaBaseUrl, optionalText) ?? '';
  return {
    first: firstModel(provider, name, baseUrl),
    then: fallback.map((text) => parseModelChoice(text, undefined)),
    ollamaUrl,
  };
}

function firstModel(
  provider: 'auto' | 'openai' | 'ollama' | 'none',
  name: string | undefined,
  baseUrl: string | undefined,
): ModelChoice | 'auto' | 'none' {
  if (provider === 'auto' || provider === 'none') return provider;
  if (name !== undefined) return { provider, name, baseUrl };
  throw new KhipuError(
    'invalid-settings',
    `The setting ${settings.modelName} is empty, so no model can be asked.`,
    {
      hint: `Name a model of ${provider === 'openai' ? 'the OpenAI-compatible server' : 'Ollama'}.`,
      subject: settings.modelName,
    },
  );
}

export function opensSampleOnStartup(): boolean {
  return read(settings.openSampleOnStartup, z.boolean().default(false));
}
