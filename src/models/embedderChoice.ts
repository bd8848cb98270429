/** Which embedder the user chose, from `builtin`, `openai:NAME` or `ollama:NAME`. */
import { KhipuError } from '../shared/errors.ts';
import type { ServerProvider } from './chatModel.ts';
import type { Embedder } from './embedder.ts';
import { openAiUrl, parseModelChoice, type ModelChoice } from './modelChoice.ts';
import { createOllamaEmbedder } from './ollamaEmbedder.ts';
import { defaultOllamaUrl } from './ollamaModels.ts';
import { createOpenAiEmbedder } from './openaiEmbedder.ts';

/** What stands for the embedder that needs nothing. */
export const builtinEmbedderName = 'builtin';

/** A model and the address of its server. */
export type EmbedderChoice = ModelChoice & { readonly provider: ServerProvider; readonly baseUrl: string };

/**
 * Reads the choice.
 * @param servers where the user's models of each provider are; undefined for the usual address
 * @returns undefined for the built-in one
 * @throws KhipuError `invalid-settings`
 */
export function parseEmbedderChoice(
  text: string,
  servers: Readonly<Record<ServerProvider, string | undefined>>,
): EmbedderChoice | undefined {
  if (text.trim() === builtinEmbedderName) return undefined;
  const { provider, name } = parseModelChoice(text, undefined);
  if (provider === 'vscode') {
    throw new KhipuError(
      'invalid-settings',
      `"${text}" is no embedder: VS Code's models answer only questions.`,
      {
        hint: 'Write builtin, openai:NAME or ollama:NAME.',
      },
    );
  }
  const usual = provider === 'openai' ? openAiUrl : defaultOllamaUrl;
  return { provider, name, baseUrl: servers[provider] ?? usual };
}

/**
 * The embedder of a choice; nothing is contacted before its first use.
 * @param openAiKey the stored key for a base URL
 */
export async function createEmbedder(
  { provider, name, baseUrl }: EmbedderChoice,
  openAiKey: (baseUrl: string) => Promise<string | undefined>,
): Promise<Embedder> {
  if (provider === 'ollama') return createOllamaEmbedder({ name, baseUrl });
  return createOpenAiEmbedder({ name, baseUrl, apiKey: await openAiKey(baseUrl) });
}
