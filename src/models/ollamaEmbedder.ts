/** Embedding models of an Ollama server, through its native protocol. */
import type { Embedder } from './embedder.ts';
import { member } from './json.ts';
import { createOllamaClient, ollamaEndpoint } from './ollamaModel.ts';
import { createRemoteEmbedder, type RemoteEmbedderOptions } from './remoteEmbedder.ts';

export interface OllamaEmbedderOptions extends RemoteEmbedderOptions {
  readonly name: string;
  /** `http://127.0.0.1:11434` when left out. */
  readonly baseUrl?: string | undefined;
}

/**
 * An embedding model of an Ollama server. The SDK is loaded at the first request.
 * @throws KhipuError `invalid-settings` when the base URL is none
 */
export function createOllamaEmbedder(options: OllamaEmbedderOptions): Embedder {
  const endpoint = ollamaEndpoint(options);
  return createRemoteEmbedder(endpoint, options, async (texts, modelFetch) => {
    const client = await createOllamaClient(endpoint, modelFetch);
    const reply: unknown = await client.embed({ model: endpoint.name, input: [...texts], truncate: true });
    const vectors = member(reply, 'embeddings');
    return Array.isArray(vectors) ? (vectors as unknown[]) : [];
  });
}
