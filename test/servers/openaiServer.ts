/** A server that speaks OpenAI's protocol (models, Chat Completions streamed and not, embeddings), with scripted replies. */
import { playEmbeddings, type EmbedScript } from './embeddingReply.ts';
import {
  guessTokens,
  piecesOf,
  toTextReply,
  type ScriptedReply,
  type StatusReply,
  type TextReply,
} from './httpReply.ts';
import {
  hangUp,
  sendJson,
  sendParts,
  startHttpServer,
  type Exchange,
  type ModelServer,
  type RecordedRequest,
} from './httpServer.ts';

export interface OpenAiMessage {
  readonly role: string;
  readonly content: string;
}

/** The body of a chat request, as far as a script may want it. */
export interface OpenAiChatBody {
  readonly model: string;
  readonly messages: readonly OpenAiMessage[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name?: string; readonly strict?: boolean; readonly schema?: unknown };
  };
  readonly temperature?: number;
}

export interface OpenAiServerOptions {
  /** Called for each chat request that has the right key and a known model. */
  readonly reply: (body: OpenAiChatBody, request: RecordedRequest) => ScriptedReply | Promise<ScriptedReply>;
  /** Called for each request for embeddings; without it there are none. */
  readonly embed?: EmbedScript;
  /** Whether embeddings come as base64 when that is asked for: `ignores` answers numbers, `refuses` an error. */
  readonly base64?: 'knows' | 'ignores' | 'refuses';
  /** The only key that is taken; any or none when left out. */
  readonly apiKey?: string;
  /** The only models there are; any when left out. */
  readonly models?: readonly string[];
}

function sendError(exchange: Exchange, reply: StatusReply, code: string): void {
  const message = reply.message ?? `Scripted failure ${reply.status}`;
  const body = reply.body ?? { error: { message, type: 'invalid_request_error', param: null, code } };
  sendJson(exchange.response, reply.status, body, reply.headers);
}

/** What the real server says of a request that is not one. */
function findFault(body: OpenAiChatBody): string | undefined {
  if (typeof body.model !== 'string') return 'you must provide a model parameter';
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return "Missing required parameter: 'messages'.";
  const format = body.response_format;
  if (format?.type === 'json_schema' && !/^[\w-]{1,64}$/.test(format.json_schema?.name ?? '')) {
    return "Missing required parameter: 'response_format.json_schema.name'.";
  }
  return undefined;
}

function usageOf(body: OpenAiChatBody, reply: TextReply): Record<string, number> {
  const input = reply.usage?.input ?? guessTokens(body.messages.map((message) => message.content).join('\n'));
  const output = reply.usage?.output ?? guessTokens(reply.text);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function* events(body: OpenAiChatBody, reply: TextReply): Generator<string> {
  const frame = {
    id: 'chatcmpl-test',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: body.model,
  };
  const event = (fields: object): string => `data: ${JSON.stringify({ ...frame, ...fields })}\n\n`;
  const choice = (delta: object, finish: string | null): string =>
    event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  let head: object = { role: 'assistant', refusal: null };
  for (const content of piecesOf(reply)) {
    yield choice({ ...head, content }, null);
    head = {};
  }
  if ('role' in head) yield choice({ ...head, content: '' }, null);
  yield choice({}, reply.finish ?? 'stop');
  if (body.stream_options?.include_usage) yield event({ choices: [], usage: usageOf(body, reply) });
  yield 'data: [DONE]\n\n';
}

function completion(body: OpenAiChatBody, reply: TextReply): object {
  const message = { role: 'assistant', content: reply.text, refusal: null };
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.finish ?? 'stop' }],
    usage: usageOf(body, reply),
  };
}

async function play(exchange: Exchange, body: OpenAiChatBody, reply: ScriptedReply): Promise<void> {
  const { response } = exchange;
  if (typeof reply === 'object') {
    if ('status' in reply) {
      sendError(exchange, reply, 'scripted');
      return;
    }
    if ('silence' in reply) return;
    if ('hangUp' in reply) {
      hangUp(response);
      return;
    }
    if ('garbage' in reply) return sendParts(exchange, 'text/event-stream', [reply.garbage], { text: '' });
  }
  const text = toTextReply(reply);
  if (body.stream) return sendParts(exchange, 'text/event-stream', events(body, text), text);
  sendJson(response, 200, completion(body, text));
}

function listModels(options: OpenAiServerOptions): object {
  const data = (options.models ?? ['test-model']).map((id) => ({
    id,
    object: 'model',
    created: 0,
    owned_by: 'test',
  }));
  return { object: 'list', data };
}

interface OpenAiEmbeddingsBody {
  readonly model: string;
  readonly input: readonly string[];
  readonly encoding_format?: string;
}

function base64Of(vector: readonly unknown[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, number] of vector.entries()) {
    bytes.writeFloatLE(typeof number === 'number' ? number : Number.NaN, index * 4);
  }
  return bytes.toString('base64');
}

async function answerEmbeddings(
  { embed, base64 = 'knows' }: OpenAiServerOptions,
  exchange: Exchange,
  number: number,
): Promise<void> {
  const body = exchange.request.body as OpenAiEmbeddingsBody;
  const fault =
    !Array.isArray(body.input) || body.input.some((text) => typeof text !== 'string' || text === '')
      ? "'$.input' is invalid."
      : body.encoding_format === 'base64' && base64 === 'refuses'
        ? "Unsupported value of 'encoding_format': base64"
        : undefined;
  if (embed === undefined || fault !== undefined) {
    const reply = { status: embed === undefined ? 404 : 400, message: fault ?? 'no embeddings here' };
    sendError(exchange, reply, 'invalid_value');
    return;
  }
  const asBase64 = body.encoding_format === 'base64' && base64 === 'knows';
  await playEmbeddings(
    exchange,
    await embed(body.input, number),
    (vectors) => ({
      object: 'list',
      model: body.model,
      // The protocol numbers them and leaves their order open.
      data: vectors
        .map((vector, index) => ({
          object: 'embedding',
          index,
          embedding: asBase64 ? base64Of(vector) : vector,
        }))
        .reverse(),
      usage: { prompt_tokens: 1, total_tokens: 1 },
    }),
    (reply) => sendError(exchange, reply, 'scripted'),
  );
}

async function answer(
  options: OpenAiServerOptions,
  exchange: Exchange,
  embeddingRequests: { count: number },
): Promise<void> {
  const { request, response } = exchange;
  if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
    const sent = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const message = sent === '' ? "You didn't provide an API key." : `Incorrect API key provided: ${sent}.`;
    sendError(exchange, { status: 401, message }, 'invalid_api_key');
    return;
  }
  if (request.method === 'GET' && request.path === '/v1/models') {
    sendJson(response, 200, listModels(options));
    return;
  }
  if (request.method === 'POST' && request.path === '/v1/embeddings') {
    await answerEmbeddings(options, exchange, embeddingRequests.count++);
    return;
  }
  if (request.method !== 'POST' || request.path !== '/v1/chat/completions') {
    sendError(
      exchange,
      { status: 404, message: `Invalid URL (${request.method} ${request.path})` },
      'unknown_url',
    );
    return;
  }
  const body = request.body as OpenAiChatBody;
  const fault = findFault(body);
  if (fault !== undefined) {
    sendError(exchange, { status: 400, message: fault }, 'invalid_value');
    return;
  }
  if (options.models !== undefined && !options.models.includes(body.model)) {
    const message = `The model \`${body.model}\` does not exist or you do not have access to it.`;
    sendError(exchange, { status: 404, message }, 'model_not_found');
    return;
  }
  await play(exchange, body, await options.reply(body, request));
}

/** Starts the server; its `url` ends in `/v1`. */
export function startOpenAiServer(options: OpenAiServerOptions): Promise<ModelServer> {
  const embeddingRequests = { count: 0 };
  return startHttpServer('/v1', (exchange) => answer(options, exchange, embeddingRequests));
}
