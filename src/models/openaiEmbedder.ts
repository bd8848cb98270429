/** Embedding models behind OpenAI's embeddings protocol: OpenAI itself, LM Studio, vLLM, llama.cpp and others. */
import type { Embedder } from './embedder.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { member } from './json.ts';
import { RefusedRequestError } from './modelFault.ts';
import { createOpenAiClient, openAiEndpoint, openAiKeyFault } from './openaiModel.ts';
import { createRemoteEmbedder, type RemoteEmbedderOptions } from './remoteEmbedder.ts';

export interface OpenAiEmbedderOptions extends RemoteEmbedderOptions {
  readonly name: string;
  /** Up to and including `/v1`; OpenAI's own when left out. */
  readonly baseUrl?: string | undefined;
  /** Local servers and some private ones need none. */
  readonly apiKey: string | undefined;
}

/**
 * An embedding model of an OpenAI-compatible server. The SDK is loaded at the first request.
 * @throws KhipuError `invalid-settings` when the base URL is none
 */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const endpoint = openAiEndpoint(options);
  /** A third of the size of decimal numbers, but not known to every server. */
  let format: 'base64' | 'float' = 'base64';
  const once = async (texts: readonly string[], modelFetch: typeof fetch): Promise<unknown[]> => {
    try {
      return await embedAs(format, endpoint, texts, modelFetch);
    } catch (thrown) {
      const refused = causeOf(thrown);
      if (format === 'float' || refused === undefined || !/encoding_format|base64/i.test(refused.said))
        throw thrown;
      format = 'float';
      return await embedAs(format, endpoint, texts, modelFetch);
    }
  };
  return createRemoteEmbedder(endpoint, options, once, openAiKeyFault(endpoint));
}

async function embedAs(
  format: 'base64' | 'float',
  endpoint: ModelEndpoint,
  texts: readonly string[],
  modelFetch: typeof fetch,
): Promise<unknown[]> {
  const client = await createOpenAiClient(endpoint, modelFetch);
  const reply: unknown = await client.embeddings.create({
    model: endpoint.name,
    input: [...texts],
    // Said, or the SDK would take for base64 whatever the server sends.
    encoding_format: format,
  });
  return inOrder(member(reply, 'data'));
}

/** The vectors as each says at which place it belongs; servers need not keep the order. */
function inOrder(data: unknown): unknown[] {
  if (!Array.isArray(data)) return [];
  const vectors: unknown[] = [];
  for (const [place, each] of data.entries()) {
    const index = member(each, 'index');
    vectors[typeof index === 'number' && index < data.length ? index : place] = decoded(
      member(each, 'embedding'),
    );
  }
  return vectors;
}

/** Base64 of little-endian 32-bit numbers, or the numbers themselves from servers that know no other form. */
function decoded(embedding: unknown): unknown {
  if (typeof embedding !== 'string') return embedding;
  const bytes = Buffer.from(embedding, 'base64');
  const vector = new Float32Array(Math.floor(bytes.length / 4));
  for (let index = 0; index < vector.length; index++) vector[index] = bytes.readFloatLE(index * 4);
  return vector;
}

/** What our fetch threw, which the SDK wraps. */
function causeOf(thrown: unknown): RefusedRequestError | undefined {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof RefusedRequestError) return at;
  }
  return undefined;
}
