/** Which models an Ollama server has, whether there is a server at all, and how much a model can read. */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { askServer, type AskOptions } from './ask.ts';
import { serverItself, type ModelEndpoint } from './endpoint.ts';
import { member, textMember } from './json.ts';
import { localityOf, parseBaseUrl } from './locality.ts';

export const defaultOllamaUrl = 'http://127.0.0.1:11434';

export interface OllamaModelInfo {
  readonly name: string;
  /** ISO 8601, as the server says it; empty when it does not. */
  readonly modifiedAt: string;
  /** For example `7.6B`. */
  readonly parameterSize: string | undefined;
  /** Whether it answers questions; the others make embeddings. */
  readonly canChat: boolean;
  /** Whether the server passes what it is sent on to Ollama's cloud. */
  readonly cloud: boolean;
}

export interface OllamaProbe {
  readonly models: readonly OllamaModelInfo[];
  /** The chat model of this server that was pulled or changed last; never one of the cloud. */
  readonly defaultModel: string | undefined;
}

const embeddingName = /embed|minilm|(^|[/-])(bge|gte|e5)[-:]|paraphrase/i;

/** Whether a name is one of Ollama's cloud models (`gpt-oss:120b-cloud`), which a local server passes on. */
export function isCloudModelName(name: string): boolean {
  return /[-:]cloud$/i.test(name);
}

function canChat(raw: unknown, name: string): boolean {
  const capabilities = member(raw, 'capabilities');
  if (Array.isArray(capabilities) && capabilities.length > 0) return capabilities.includes('completion');
  const family = textMember(member(raw, 'details'), 'family') ?? '';
  return !embeddingName.test(name) && !/bert/i.test(family);
}

function modelInfo(raw: unknown): OllamaModelInfo | undefined {
  const name = textMember(raw, 'name') ?? textMember(raw, 'model');
  if (name === undefined) return undefined;
  return {
    name,
    modifiedAt: textMember(raw, 'modified_at') ?? '',
    parameterSize: textMember(member(raw, 'details'), 'parameter_size'),
    canChat: canChat(raw, name),
    cloud: isCloudModelName(name) || (textMember(raw, 'remote_host') ?? '') !== '',
  };
}

/** The endpoint of a server itself, whatever model it has. @throws KhipuError `invalid-settings` when the base URL is none */
export function serverEndpoint(baseUrl: string): ModelEndpoint {
  const url = parseBaseUrl(baseUrl);
  return { provider: 'ollama', name: serverItself, baseUrl: url, locality: localityOf(url), key: undefined };
}

async function fetchModels(
  baseUrl: string,
  options: AskOptions,
  signal: AbortSignal,
): Promise<OllamaModelInfo[]> {
  const endpoint = serverEndpoint(baseUrl);
  const listOnce = async (modelFetch: typeof fetch): Promise<OllamaModelInfo[]> => {
    const { Ollama } = await import('ollama');
    const list: unknown = await new Ollama({ host: endpoint.baseUrl.href, fetch: modelFetch }).list();
    const models = member(list, 'models');
    if (!Array.isArray(models)) {
      const host = endpoint.baseUrl.host;
      throw new KhipuError('model-failed', `${host} answers, but not as an Ollama server does.`, {
        subject: host,
      });
    }
    return models.map(modelInfo).filter((model) => model !== undefined);
  };
  return askServer(endpoint, options, listOnce, signal);
}

/**
 * The models that the server has, in its own order.
 * @throws KhipuError `model-unreachable`, `model-failed`, `timeout` (10 s) or `cancelled`
 */
export function listOllamaModels(baseUrl: string, signal: AbortSignal): Promise<OllamaModelInfo[]> {
  return fetchModels(baseUrl, { timeouts: { firstByteMs: 10_000, totalMs: 10_000 } }, signal);
}

/** The chat model that was modified last; the first of equals. */
export function pickDefaultModel(models: readonly OllamaModelInfo[]): string | undefined {
  const able = models.filter((model) => model.canChat && !model.cloud);
  const time = (model: OllamaModelInfo): number => Date.parse(model.modifiedAt) || 0;
  return able.reduce<OllamaModelInfo | undefined>(
    (best, model) => (best === undefined || time(model) > time(best) ? model : best),
    undefined,
  )?.name;
}

/**
 * Asks whether an Ollama server answers within a second; undefined when none does.
 * @throws KhipuError `cancelled`, or `invalid-settings` when the base URL is none
 */
export async function probeOllama(baseUrl: string, signal: AbortSignal): Promise<OllamaProbe | undefined> {
  const options = { timeouts: { firstByteMs: 1000, totalMs: 1000 }, retry: { retries: 0 } };
  try {
    const models = await fetchModels(baseUrl, options, signal);
    return { models, defaultModel: pickDefaultModel(models) };
  } catch (thrown) {
    throwIfAborted(signal);
    if (thrown instanceof KhipuError && thrown.kind !== 'invalid-settings') return undefined; // no Ollama: that is the answer
    throw thrown;
  }
}

/** The most tokens that a model was made for, out of `/api/show`; undefined when the server does not say. */
export function contextLengthOf(show: unknown): number | undefined {
  const info = member(show, 'model_info');
  if (typeof info !== 'object' || info === null) return undefined;
  const key = Object.keys(info).find((name) => name.endsWith('.context_length'));
  const length = key === undefined ? undefined : member(info, key);
  return typeof length === 'number' && length > 0 ? length : undefined;
}
