/** Builds the fallback chain from the settings: the configured model, those listed after it, then an Ollama on this machine. */
import { KhipuError } from '../shared/errors.ts';
import type { ChatModel } from './chatModel.ts';
import { createFallback, type Fallback, type ModelCandidate } from './fallback.ts';
import { localityOf, parseBaseUrl } from './locality.ts';
import { metered, type OnSent } from './metered.ts';
import { addressOf, type ModelChoice } from './modelChoice.ts';
import { createOllamaModel } from './ollamaModel.ts';
import { defaultOllamaUrl, probeOllama } from './ollamaModels.ts';
import { createOpenAiModel } from './openaiModel.ts';

export interface ModelSettings {
  /** `none` switches models off; `auto` is a local Ollama when one answers. */
  readonly first: ModelChoice | 'auto' | 'none';
  /** Models that the user lists to be asked next, in order. */
  readonly then: readonly ModelChoice[];
  readonly ollamaUrl: string;
}

/** What only the surroundings can give. */
export interface ModelSurroundings {
  /** The stored key for a base URL, asked for when its turn comes and not kept. */
  readonly openAiKey: (baseUrl: string) => Promise<string | undefined>;
  /** A model that the editor offers, by its name; left out where there is no editor. */
  readonly editorModel?: (name: string) => ChatModel;
}

/**
 * Makes the chain; no server is contacted and no SDK is loaded before the first question.
 * @param onSent told of each request that a model took
 * @throws KhipuError `invalid-settings` when a base URL is none
 */
export function createModelChain(
  settings: ModelSettings,
  openAiKey: ModelSurroundings['openAiKey'],
  editorModel?: ModelSurroundings['editorModel'],
  onSent?: OnSent,
): Fallback {
  if (settings.first === 'none') return createFallback([]);
  const listed = [...(settings.first === 'auto' ? [] : [settings.first]), ...settings.then];
  const surroundings = { openAiKey, ...(editorModel !== undefined && { editorModel }) };
  const candidates = [
    ...listed.map((choice) => listedCandidate(choice, settings.ollamaUrl, surroundings)),
    localOllama(settings.ollamaUrl),
  ];
  return createFallback(
    onSent === undefined ? candidates : candidates.map((candidate) => metered(candidate, onSent)),
  );
}

function listedCandidate(
  choice: ModelChoice,
  ollamaUrl: string,
  { openAiKey, editorModel = withoutEditor }: ModelSurroundings,
): ModelCandidate {
  const { provider, name } = choice;
  if (provider === 'vscode') {
    return {
      locality: 'remote',
      listedByUser: true,
      resolve: () => Promise.resolve(editorModel(name)),
    };
  }
  const baseUrl = addressOf({ ...choice, provider }, ollamaUrl);
  const locality = localityOf(parseBaseUrl(baseUrl));
  return {
    locality,
    listedByUser: true,
    async resolve() {
      if (provider === 'ollama') return createOllamaModel({ name, baseUrl });
      const apiKey = await openAiKey(baseUrl);
      if (apiKey === undefined && locality === 'remote') return withoutKey(name, baseUrl);
      return createOpenAiModel({ name, baseUrl, apiKey });
    },
  };
}

/** Stands for a remote model without a key: it is not asked, and the chain goes on with the reason told. */
function withoutKey(name: string, baseUrl: string): ChatModel {
  const { host } = new URL(baseUrl);
  const error = new KhipuError('model-authentication', `No key is stored for ${host}.`, { subject: host });
  return { provider: 'openai', name, locality: 'remote', chat: () => Promise.reject(error) };
}

/** Stands for a model of VS Code where there is none, as on the command line. */
function withoutEditor(name: string): ChatModel {
  const error = new KhipuError('model-not-found', `vscode:${name} can be asked only inside VS Code.`, {
    subject: name,
    hint: 'Name a model of openai or ollama.',
  });
  return { provider: 'vscode', name, locality: 'remote', chat: () => Promise.reject(error) };
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
