/** The fetch that both SDKs are given: it carries the watch's signal, and turns every HTTP fault into a KhipuError itself. */
import { KhipuError } from '../shared/errors.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { brokenOff, networkFault, statusFault, toModelFault } from './modelFault.ts';
import type { Watch } from './timeouts.ts';

/** Enough for any answer in SQL; a server that never ends is stopped here. */
const maxReplyBytes = 16 * 1024 * 1024;
const maxErrorChars = 64 * 1024;

type Chunk = Uint8Array<ArrayBuffer>;

/** The response's bytes, passed on as they come; a cut connection errors the stream with a KhipuError. */
function watchedBody(
  body: ReadableStream<Chunk>,
  endpoint: ModelEndpoint,
  watch: Watch,
): ReadableStream<Chunk> {
  const reader = body.getReader();
  let bytes = 0;
  const next = async (): Promise<Chunk | undefined> => {
    try {
      return (await reader.read()).value;
    } catch (thrown) {
      if (watch.signal.aborted) throw toModelFault(endpoint, thrown, watch.signal);
      throw brokenOff(endpoint, 'the connection was cut');
    }
  };
  return new ReadableStream<Chunk>({
    async pull(controller) {
      const chunk = await next();
      if (chunk === undefined) {
        controller.close();
        return;
      }
      watch.heard();
      bytes += chunk.length;
      if (bytes > maxReplyBytes) {
        const error = new KhipuError('model-failed', `${endpoint.baseUrl.host} sends a reply without end.`, {
          subject: endpoint.baseUrl.host,
        });
        await reader.cancel(error);
        throw error;
      }
      controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function readError(body: ReadableStream<Chunk> | null): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxErrorChars) break;
  }
  return text;
}

async function send(
  endpoint: ModelEndpoint,
  watch: Watch,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const theirs = init?.signal;
  const signal = theirs ? AbortSignal.any([theirs, watch.signal]) : watch.signal;
  try {
    // A redirect is refused: it could lead a prompt from this machine to another one.
    return await fetch(input, { ...init, signal, redirect: 'manual' });
  } catch (thrown) {
    if (watch.signal.aborted) throw toModelFault(endpoint, thrown, watch.signal);
    throw networkFault(endpoint, thrown);
  }
}

/**
 * Makes the fetch of one request.
 * @throws KhipuError of every kind that `modelFault.ts` knows, also while the body is read
 */
export function createModelFetch(endpoint: ModelEndpoint, watch: Watch): typeof fetch {
  return async (input, init) => {
    watch.sent();
    const response = await send(endpoint, watch, input, init);
    watch.heard();
    const body = response.body === null ? null : watchedBody(response.body, endpoint, watch);
    if (!response.ok) throw statusFault(endpoint, response.status, response.headers, await readError(body));
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}
