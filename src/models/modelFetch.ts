/** The fetch that both SDKs are given: it carries the watch's signal, and turns every HTTP fault into a KhipuError itself. */
import { KhipuError } from '../shared/errors.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { brokenOff, networkFault, statusFault, toModelFault } from './modelFault.ts';
import type { Watch } from './timeouts.ts';

/** Enough for any answer in SQL with all that a protocol wraps around its words; a server that never ends is stopped here. */
const usualMaxBytes = 16 * 1024 * 1024;
/** A stream comes in words; both SDKs would hold the event loop over a line that is longer by far. */
const maxStreamedLine = 1024 * 1024;
const newline = 10;
const maxErrorChars = 64 * 1024;

type Chunk = Uint8Array<ArrayBuffer>;

/** The response's bytes, passed on as they come; a cut connection errors the stream with a KhipuError. */
function watchedBody(
  body: ReadableStream<Chunk>,
  endpoint: ModelEndpoint,
  watch: Watch,
  limits: { readonly bytes: number; readonly line: number },
): ReadableStream<Chunk> {
  const reader = body.getReader();
  let bytes = 0;
  let line = 0;
  const withinLimits = (chunk: Chunk): boolean => {
    const end = chunk.lastIndexOf(newline);
    line = end === -1 ? line + chunk.length : chunk.length - end - 1;
    bytes += chunk.length;
    return bytes <= limits.bytes && line <= limits.line;
  };
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
      if (!withinLimits(chunk)) {
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
export function createModelFetch(
  endpoint: ModelEndpoint,
  watch: Watch,
  maxBytes = usualMaxBytes,
): typeof fetch {
  return async (input, init) => {
    watch.sent();
    const response = await send(endpoint, watch, input, init);
    watch.heard();
    const streams = /event-stream|ndjson/.test(response.headers.get('content-type') ?? '');
    const limits = { bytes: maxBytes, line: streams ? maxStreamedLine : maxBytes };
    const body = response.body === null ? null : watchedBody(response.body, endpoint, watch, limits);
    if (!response.ok) throw statusFault(endpoint, response.status, response.headers, await readError(body));
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}
