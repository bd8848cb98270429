/** Reads the settings that say which models may be asked, in which order. */
import * as z from 'zod/mini';
import type { Provider, ServerProvider } from '../models/chatModel.ts';
import type { Fallback } from '../models/fallback.ts';
import type { OnSent } from '../models/metered.ts';
import { createModelChain, type ModelSettings } from '../models/modelChain.ts';
import { parseModelChoice, type ModelChoice } from '../models/modelChoice.ts';
import { KhipuError } from '../shared/errors.ts';
import { settings } from './contributions.ts';
import type { Secrets } from './secrets.ts';
import { readSetting } from './settings.ts';
import { createVscodeModel } from './vscodeModel.ts';

const optionalText = z.pipe(
  z._default(z.string(), ''),
  z.transform((text) => (text.trim() === '' ? undefined : text.trim())),
);

/**
 * The models as configured now, ready to be asked.
 * @param onSent told of each request that a model took
 * @throws KhipuError `invalid-settings`
 */
export function configuredModels(secrets: Secrets, onSent: OnSent): Fallback {
  return createModelChain(
    readModelSettings(),
    (baseUrl) => secrets.apiKey(baseUrl),
    (name) => createVscodeModel(name),
    onSent,
  );
}

/**
 * Where the user's models of each provider are; undefined for the usual address.
 * @throws KhipuError `invalid-settings`
 */
export function readModelServers(): Record<ServerProvider, string | undefined> {
  const provider = readSetting(settings.modelProvider, z._default(z.string(), 'auto'));
  const baseUrl = readSetting(settings.modelBaseUrl, optionalText);
  const ollamaUrl = readSetting(settings.ollamaBaseUrl, optionalText);
  return {
    openai: provider === 'openai' ? baseUrl : undefined,
    ollama: (provider === 'ollama' ? baseUrl : undefined) ?? ollamaUrl,
  };
}

/**
 * The models as configured now.
 * @throws KhipuError `invalid-settings`
 */
export function readModelSettings(): ModelSettings {
  const provider = readSetting(
    settings.modelProvider,
    z._default(z.enum(['auto', 'openai', 'ollama', 'vscode', 'none']), 'auto'),
  );
  const name = readSetting(settings.modelName, optionalText);
  const baseUrl = readSetting(settings.modelBaseUrl, optionalText);
  const fallback = readSetting(settings.modelFallback, z._default(z.array(z.string()), []));
  const ollamaUrl = readSetting(settings.ollamaBaseUrl, optionalText) ?? '';
  return {
    first: firstModel(provider, name, baseUrl),
    then: fallback.map((text) => parseModelChoice(text, undefined)),
    ollamaUrl,
  };
}

/** Providers, as they are called in a sentence. */
const providerNames: Readonly<Record<Provider, string>> = {
  openai: 'the OpenAI-compatible server',
  ollama: 'Ollama',
  vscode: 'VS Code, by its id',
};

function firstModel(
  provider: 'auto' | Provider | 'none',
  name: string | undefined,
  baseUrl: string | undefined,
): ModelChoice | 'auto' | 'none' {
  if (provider === 'auto' || provider === 'none') return provider;
  // The base URL of another provider's time does not matter to VS Code's models.
  if (name !== undefined) return { provider, name, baseUrl: provider === 'vscode' ? undefined : baseUrl };
  throw new KhipuError(
    'invalid-settings',
    `The setting ${settings.modelName} is empty, so no model can be asked.`,
    {
      hint: `Name a model of ${providerNames[provider]}.`,
      subject: settings.modelName,
    },
  );
}
