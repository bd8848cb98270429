/** A model as the user names it: in settings, on the command line, in a list of those to be asked next. */
import { KhipuError } from '../shared/errors.ts';
import type { Provider, ServerProvider } from './chatModel.ts';
import { localityOf, parseBaseUrl, type Locality } from './locality.ts';
import { defaultOllamaUrl, isCloudModelName } from './ollamaModels.ts';

/** A model by name; without a base URL it is at the provider's usual address. */
export interface ModelChoice {
  readonly provider: Provider;
  /** The provider's name of the model; of VS Code's own an id, `vendor/id` or a family. */
  readonly name: string;
  readonly baseUrl: string | undefined;
}

/** Where OpenAI itself answers. */
export const openAiUrl = 'https://api.openai.com/v1';

/**
 * Reads `provider:name`, as the settings and the command line write it, or `provider:name at https://host/v1`.
 * @param baseUrl of a choice that names none
 * @throws KhipuError `invalid-settings`
 */
export function parseModelChoice(text: string, baseUrl: string | undefined): ModelChoice {
  const [, provider, name, address] =
    /^(openai|ollama|vscode):(\S.*?)(?:\s+at\s+(https?:\/\/\S+))?$/.exec(text.trim()) ?? [];
  if ((provider !== 'openai' && provider !== 'ollama' && provider !== 'vscode') || name === undefined) {
    throw new KhipuError('invalid-settings', `"${text}" does not name a model.`, {
      hint: 'Write openai:NAME, ollama:NAME or vscode:NAME, for example ollama:qwen3:8b.',
    });
  }
  return { provider, name, baseUrl: provider === 'vscode' ? undefined : (address ?? baseUrl) };
}

/** The choice as `parseModelChoice` reads it. */
export function writeModelChoice({ provider, name, baseUrl }: ModelChoice): string {
  return baseUrl === undefined ? `${provider}:${name}` : `${provider}:${name} at ${baseUrl}`;
}

/** The base URL that a choice means. @param ollamaUrl of the user's Ollama; empty for the usual one */
export function addressOf(
  { provider, baseUrl }: ModelChoice & { readonly provider: ServerProvider },
  ollamaUrl: string,
): string {
  if (baseUrl !== undefined) return baseUrl;
  if (provider === 'openai') return openAiUrl;
  return ollamaUrl === '' ? defaultOllamaUrl : ollamaUrl;
}

/** Where what is sent to a model goes, for a person to judge. */
export interface Destination {
  readonly locality: Locality;
  /** For example `stays on this machine`, or `goes to api.openai.com`. */
  readonly words: string;
}

/** @throws KhipuError `invalid-settings` when the base URL is none */
export function destinationOf(choice: ModelChoice, ollamaUrl: string): Destination {
  const { provider, name } = choice;
  if (provider === 'vscode')
    return { locality: 'remote', words: 'goes to the extension of VS Code that offers it' };
  const url = parseBaseUrl(addressOf({ ...choice, provider }, ollamaUrl));
  if (provider === 'ollama' && isCloudModelName(name))
    return { locality: 'remote', words: 'goes on to ollama.com' };
  const locality = localityOf(url);
  return { locality, words: locality === 'local' ? 'stays on this machine' : `goes to ${url.host}` };
}
