/** Has an Ollama server pull a model from its registry, and tells how far it is. */
import type { ProgressResponse } from 'ollama';
import { KhipuError } from '../shared/errors.ts';
import { askServer, type AskOptions } from './ask.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { ollamaEndpoint, checkedFetch, createOllamaClient } from './ollamaModel.ts';
import { toModelFault } from './modelFault.ts';
import type { Watch } from './timeouts.ts';

export interface PullProgress {
  /** What the server does, in its own words: `pulling manifest`, `verifying sha256 digest`. */
  readonly step: string;
  /** Bytes that are there, of those that are known to be needed; both 0 before the first layer. */
  readonly completed: number;
  readonly total: number;
}

/** A model may take hours to come, and its check minutes without a word. */
const patience: AskOptions = {
  timeouts: { firstByteMs: 60_000, firstTextMs: 600_000, totalMs: 24 * 3_600_000 },
  retry: { retries: 0 },
  maxReplyBytes: Number.POSITIVE_INFINITY, // sixteen lines of progress a second
};

/**
 * Pulls a model; what has come of it when it fails or is cancelled is kept by the server, which goes on from there next time.
 * @param onProgress called with each line of progress
 * @throws KhipuError `model-pull-failed`, `model-not-found`, `model-unreachable`, `timeout`, `cancelled`
 */
export async function pullOllamaModel(
  model: { readonly name: string; readonly baseUrl: string },
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
  options: AskOptions = {},
): Promise<void> {
  const endpoint = ollamaEndpoint(model);
  const once = async (modelFetch: typeof fetch, watch: Watch): Promise<void> => {
    try {
      const client = await createOllamaClient(endpoint, checkedFetch(endpoint, modelFetch));
      const lines = await client.pull({ model: endpoint.name, stream: true });
      const layers = new Map<string, Layer>();
      for await (const line of lines) onProgress(progressOf(layers, line));
    } catch (thrown) {
      throw pullFault(endpoint, toModelFault(endpoint, thrown, watch.signal));
    }
  };
  const timeouts = { ...patience.timeouts, ...options.timeouts };
  await askServer(endpoint, { ...patience, ...options, timeouts }, once, signal);
}

interface Layer {
  readonly completed: number;
  readonly total: number;
}

/** A model comes in layers, which become known one after the other. */
function progressOf(layers: Map<string, Layer>, line: Partial<ProgressResponse>): PullProgress {
  const { status = '', digest, total, completed } = line;
  if (digest !== undefined && total !== undefined) layers.set(digest, { total, completed: completed ?? 0 });
  const sum = (part: keyof Layer): number =>
    [...layers.values()].reduce((bytes, layer) => bytes + layer[part], 0);
  const step = /^pulling [0-9a-f]{8,}/.test(status) ? 'pulling' : status;
  return { step, completed: sum('completed'), total: sum('total') };
}

/** A pull's own faults come as a line in a stream that began well, so they are told by their words. */
function pullFault(endpoint: ModelEndpoint, fault: KhipuError): KhipuError {
  const { name, baseUrl } = endpoint;
  const { message } = fault;
  const detail = { subject: name };
  if (/file does not exist|manifest unknown|invalid model name/.test(message)) {
    return new KhipuError('model-not-found', `Ollama's registry has no model "${name}".`, {
      ...detail,
      hint: 'Write it as https://ollama.com/library does, for example qwen3:8b.',
    });
  }
  if (/no space left/.test(message)) {
    return new KhipuError(
      'model-pull-failed',
      `The disk of ${baseUrl.host} is full, so ${name} was not pulled.`,
      {
        ...detail,
        pullable: name,
        hint: 'Make room there first.',
      },
    );
  }
  if (fault.kind !== 'model-failed') return fault;
  const why = message.replace(/^.*gave a reply that cannot be used: /, '').replace(/\.$/, '');
  return new KhipuError('model-pull-failed', `${name} was not pulled: ${why}.`, {
    ...detail,
    pullable: name,
  });
}
