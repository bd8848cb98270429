/** What the embedding models of servers have in common: batches, patience with limits, and a check of every vector. */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { askServer, type AskOptions } from './ask.ts';
import { modelLabel } from './chatModel.ts';
import type { Embedder } from './embedder.ts';
import type { ModelEndpoint } from './endpoint.ts';

/** Asks the server once. The vectors may be of any shape: they are checked here. */
export type EmbedOnce = (texts: readonly string[], modelFetch: typeof fetch) => Promise<readonly unknown[]>;

export interface RemoteEmbedderOptions {
  /** For texts of an index, which may wait for a server that asks for patience. */
  readonly patient?: AskOptions | undefined;
  /** For questions, which may not. */
  readonly quick?: AskOptions | undefined;
}

/** Texts in one request: far below every server's limit, and a reply of at most 1 MB. */
const batchSize = 64;

/** Characters of one text: models read up to about 8,000 tokens, and servers refuse what is longer. */
const maxChars = 16_000;

/** An index is made in the background: a server that asks for a minute gets it. */
const patient: Required<Omit<AskOptions, 'maxReplyBytes'>> = {
  timeouts: { totalMs: 900_000 },
  retry: { retries: 6, baseMs: 1000, capMs: 120_000 },
};

/** Someone waits for the answer, and there is another index to answer from. */
const quick: Required<Omit<AskOptions, 'maxReplyBytes'>> = {
  timeouts: { firstByteMs: 4000, firstTextMs: 4000, totalMs: 5000 },
  retry: { retries: 1, baseMs: 200, capMs: 1000 },
};

/**
 * Makes an embedder out of a way to ask a server.
 * @param fault what is wrong before anyone is asked, such as a missing key
 */
export function createRemoteEmbedder(
  endpoint: ModelEndpoint,
  options: RemoteEmbedderOptions,
  once: EmbedOnce,
  fault?: KhipuError,
): Embedder {
  let dimension: number | undefined;
  const ask = async (
    texts: readonly string[],
    manner: Required<Omit<AskOptions, 'maxReplyBytes'>>,
    own: AskOptions | undefined,
    signal: AbortSignal,
  ): Promise<Float32Array[]> => {
    if (fault !== undefined) throw fault;
    throwIfAborted(signal);
    const asked = {
      timeouts: { ...manner.timeouts, ...own?.timeouts },
      retry: { ...manner.retry, ...own?.retry },
    };
    // An empty text is refused by some servers; a blank one says as little.
    const sent = texts.map((text) => text.slice(0, maxChars) || ' ');
    const made = await askServer(endpoint, asked, (modelFetch) => once(sent, modelFetch), signal);
    const vectors = checkedVectors(endpoint, made, texts.length, dimension);
    dimension ??= vectors[0]?.length;
    return vectors;
  };
  return {
    id: embedderId(endpoint),
    get dimension() {
      return dimension;
    },
    batchSize,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += batchSize) {
        vectors.push(...(await ask(texts.slice(at, at + batchSize), patient, options.patient, signal)));
      }
      return vectors;
    },
    async embedQuestion(question, signal) {
      const [vector] = await ask([question], quick, options.quick, signal);
      if (vector === undefined) throw unusable(endpoint, 'it holds no vector');
      return vector;
    },
  };
}

/** The server is part of the name unless it is the provider's usual one: elsewhere the same name may be another model. */
function embedderId(endpoint: ModelEndpoint): string {
  const { provider, baseUrl, locality } = endpoint;
  const usual = provider === 'ollama' ? locality === 'local' : baseUrl.host === 'api.openai.com';
  return usual ? modelLabel(endpoint) : `${modelLabel(endpoint)}@${baseUrl.host}`;
}

function unusable(endpoint: ModelEndpoint, why: string): KhipuError {
  const subject = modelLabel(endpoint);
  return new KhipuError('model-failed', `The reply of ${subject} cannot be used: ${why}.`, {
    subject,
    hint: 'See that it is an embedding model.',
  });
}

/** Vectors of one length without a number missing, brought to unit length. */
function checkedVectors(
  endpoint: ModelEndpoint,
  made: readonly unknown[],
  count: number,
  dimension: number | undefined,
): Float32Array[] {
  if (made.length !== count) {
    throw unusable(endpoint, `it holds ${made.length} vectors for ${count} texts`);
  }
  const vectors = made.map((raw) => unitVector(endpoint, raw));
  const wanted = dimension ?? vectors[0]?.length;
  const other = vectors.find(({ length }) => length !== wanted);
  if (other !== undefined) {
    throw unusable(endpoint, `a vector has ${other.length} numbers where the others have ${wanted ?? 0}`);
  }
  return vectors;
}

function unitVector(endpoint: ModelEndpoint, raw: unknown): Float32Array {
  const numbers: ArrayLike<unknown> = raw instanceof Float32Array || Array.isArray(raw) ? raw : [];
  if (numbers.length === 0) throw unusable(endpoint, 'a vector is empty');
  const vector = Float32Array.from(numbers, (number) => {
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw unusable(endpoint, 'a vector holds something that is not a number');
  });
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((number) => number / length);
}
