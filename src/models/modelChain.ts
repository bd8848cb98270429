/** Builds the fallback chain from the settings: the configured model, those listed after it, then an Ollama on this machine. */
import { KhipuError } from '../shared/errors.ts';
import type { ChatModel, Provider } from './chatModel.ts';
import { createFallback, type Fallback, type ModelCandidate } from './fallback.ts';
import { localityOf, parseBaseUrl } from './locality.ts';
import { createOllamaModel } from './ollamaModel.ts';
import { defaultOllamaUrl, probeOllama } from './ollamaModels.ts';
import { createOpenAiModel } from './openaiModel.ts';

/** A model by name; without a base URL it is at the provider's usual address. */
export interface ModelChoice {
  readonly provider: Provider;
  readonly name: string;
  readonly baseUrl: string | undefined;
}

export interface ModelSettings {
  /** `none` switches models off; `auto` is a local Ollama when one answers. */
  readonly first: ModelChoice | 'auto' | 'none';
  /** Models that the user lists to be asked next, in order. */
  readonly then: readonly ModelChoice[];
  readonly ollamaUrl: string;
}

/** Where OpenAI itself answers. */
export const openAiUrl = 'https://api.openai.com/v1';

/**
 * Makes the chain; no server is contacted and no SDK is loaded before the first question.
 * @param openAiKey the stored key for a base URL, asked for when its turn comes and not kept
 */
export function createModelChain(
  settings: ModelSettings,
  openAiKey: (baseUrl: string) => Promise<string | undefined>,
): Fallback {
  if (settings.first === 'none') return createFallback([]);
  const listed = [...(settings.first === 'auto' ? [] : [settings.first]), ...settings.then];
  return createFallback([
    ...listed.map((choice) => listedCandidate(choice, settings.ollamaUrl, openAiKey)),
    localOllama(settings.ollamaUrl),
  ]);
}

/**
 * Reads `provider:name`, as the settings and the command line write it.
 * @throws KhipuError `invalid-settings`
 */
export function parseModelChoice(text: string, baseUrl: string | undefined): ModelChoice {
  const [, provider, name] = /^(openai|ollama):(.+)$/.exec(text.trim()) ?? [];
  if ((provider !== 'openai' && provider !== 'ollama') || name === undefined) {
    throw new KhipuError('invalid-settings', `"${text}" does not name a model.`, {
      hint: 'Write openai:NAME or ollama:NAME, for example ollama:qwen3:8b.',
    });
  }
  return { provider, name, baseUrl };
}

function listedCandidate(
  choice: ModelChoice,
  ollamaUrl: string,
  openAiKey: (baseUrl: string) => Promise<string | undefined>,
): ModelCandidate {
  const baseUrl = choice.baseUrl ?? (choice.provider === 'ollama' ? ollamaUrl : openAiUrl);
  const locality = localityOf(parseBaseUrl(baseUrl));
  return {
    locality,
    listedByUser: true,
    async resolve() {
      if (choice.provider === 'ollama') return createOllamaModel({ name: choice.name, baseUrl });
      const apiKey = await openAiKey(baseUrl);
      if (apiKey === undefined && locality === 'remote') return withoutKey(choice, baseUrl);
      return createOpenAiModel({ name: choice.name, baseUrl, apiKey });
    },
  };
}

/** Stands for a remote model without a key: it is not asked, and the chain goes on with the reason told. */
function withoutKey(choice: ModelChoice, baseUrl: string): ChatModel {
  return {
    provider: choice.provider,
    name: choice.name,
    locality: 'remote',
    chat: () =>
      Promise.reject(
        new KhipuError('model-authentication', `No key is stored for ${new URL(baseUrl).host}.`, {
          subject: new URL(baseUrl).host,
        }),
      ),
  };
}

function localOllama(ollamaUrl: string): ModelCandidate {
  const baseUrl = ollamaUrl === '' ? defaultOllamaUrl : ollamaUrl;
  const locality = localityOf(parseBaseUrl(baseUrl));
  return {
    locality,
    listedByUser: false,
    async resolve(signal) {
      if (locality !== 'local') return undefined; // a remote one is asked only when it is listed by name
      const name = (await probeOllama(baseUrl, signal))?.defaultModel;
      return name === undefined ? undefined : createOllamaModel({ name, baseUrl });
    },
  };
}
