/** A server that speaks Ollama's native protocol (tags, version, show, chat, embed, pull), with scripted replies. */
import { playPull, type PullScript } from './ollamaPullReply.ts';
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

export interface OllamaMessage {
  readonly role: string;
  readonly content: string;
}

/** The body of a chat request, as far as a script may want it. */
export interface OllamaChatBody {
  readonly model: string;
  readonly messages: readonly OllamaMessage[];
  readonly stream?: boolean;
  readonly format?: unknown;
  readonly options?: {
    readonly num_ctx?: number;
    readonly num_predict?: number;
    readonly temperature?: number;
  };
}

export interface OllamaModelOnServer {
  readonly name: string;
  /** ISO 8601. */
  readonly modifiedAt?: string;
  readonly family?: string;
  /** The most tokens that the model was made for. */
  readonly contextLength?: number;
  /** Set for a cloud model, which the server passes on. */
  readonly remoteHost?: string;
}

export interface OllamaServerOptions {
  /** Called for each chat request to a model that is there. */
  readonly reply: (body: OllamaChatBody, request: RecordedRequest) => ScriptedReply | Promise<ScriptedReply>;
  /** Called for each request for embeddings of a model that is there; without it no model makes any. */
  readonly embed?: EmbedScript;
  /** The models that are there; a name alone stands for an ordinary chat model. */
  readonly models: readonly (string | OllamaModelOnServer)[];
  /** Called for each pull; without it the registry has no model. A model that was pulled whole is there from then on. */
  readonly pull?: (name: string) => PullScript;
}

/** What Ollama takes when a request does not set `num_ctx`, on a machine with a small graphics card. */
const defaultContext = 4096;

function modelsOf(options: OllamaServerOptions): OllamaModelOnServer[] {
  return options.models.map((model) => (typeof model === 'string' ? { name: model } : model));
}

function detailsOf(model: OllamaModelOnServer): object {
  const family = model.family ?? 'qwen3';
  return { format: 'gguf', family, families: [family], parameter_size: '8.2B', quantization_level: 'Q4_K_M' };
}

function tagOf(model: OllamaModelOnServer): object {
  return {
    name: model.name,
    model: model.name,
    modified_at: model.modifiedAt ?? '2025-06-01T12:00:00Z',
    size: 5_000_000_000,
    digest: '0'.repeat(64),
    details: detailsOf(model),
    ...(model.remoteHost !== undefined && { remote_host: model.remoteHost, remote_model: model.name }),
  };
}

function showOf(model: OllamaModelOnServer): object {
  const family = model.family ?? 'qwen3';
  const length = model.contextLength ?? 40_960;
  return {
    details: detailsOf(model),
    model_info: { 'general.architecture': family, [`${family}.context_length`]: length },
    capabilities: [/bert/.test(family) ? 'embedding' : 'completion'],
    modified_at: model.modifiedAt ?? '2025-06-01T12:00:00Z',
  };
}

/** The count that Ollama reports: of a prompt that does not fit it keeps half the context and two tokens, without a word. */
function promptTokens(body: OllamaChatBody, model: OllamaModelOnServer, reply: TextReply): number {
  const tokens =
    reply.usage?.input ?? guessTokens(body.messages.map((message) => message.content).join('\n'));
  const context = Math.min(body.options?.num_ctx ?? defaultContext, model.contextLength ?? 40_960);
  return tokens > context ? context / 2 + 2 : tokens;
}

function* lines(body: OllamaChatBody, model: OllamaModelOnServer, reply: TextReply): Generator<string> {
  const line = (content: string, fields: object): string =>
    `${JSON.stringify({ model: body.model, created_at: '2025-06-01T12:00:00Z', message: { role: 'assistant', content }, ...fields })}\n`;
  for (const piece of piecesOf(reply)) yield line(piece, { done: false });
  yield line('', {
    done: true,
    done_reason: reply.finish ?? 'stop',
    total_duration: 2_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: promptTokens(body, model, reply),
    prompt_eval_duration: 500_000,
    eval_count: reply.usage?.output ?? guessTokens(reply.text),
    eval_duration: 500_000,
  });
}

function sendError({ response }: Exchange, reply: StatusReply): void {
  const body = reply.body ?? { error: reply.message ?? `scripted failure ${reply.status}` };
  sendJson(response, reply.status, body, reply.headers);
}

async function play(
  exchange: Exchange,
  body: OllamaChatBody,
  model: OllamaModelOnServer,
  reply: ScriptedReply,
): Promise<void> {
  if (typeof reply === 'object') {
    if ('status' in reply) {
      sendError(exchange, reply);
      return;
    }
    if ('silence' in reply) return;
    if ('hangUp' in reply) {
      hangUp(exchange.response);
      return;
    }
    if ('garbage' in reply) return sendParts(exchange, 'application/x-ndjson', [reply.garbage], { text: '' });
  }
  const text = toTextReply(reply);
  // Ollama streams unless told otherwise.
  if (body.stream !== false) {
    return sendParts(exchange, 'application/x-ndjson', lines(body, model, text), text);
  }
  const [whole = ''] = [...lines(body, model, { ...text, text: '', pieces: [] })];
  const parsed = JSON.parse(whole) as object;
  sendJson(exchange.response, 200, { ...parsed, message: { role: 'assistant', content: text.text } });
}

async function answer(
  options: OllamaServerOptions,
  pulled: string[],
  exchange: Exchange,
  embedRequests: { count: number },
): Promise<void> {
  const { request, response } = exchange;
  const models = modelsOf({ ...options, models: [...options.models, ...pulled] });
  const route = `${request.method} ${request.path}`;
  if (route === 'GET /api/tags') {
    sendJson(response, 200, { models: models.map(tagOf) });
    return;
  }
  if (route === 'GET /api/version') {
    sendJson(response, 200, { version: '0.11.4' });
    return;
  }
  if (route === 'POST /api/pull') {
    // Ollama itself takes the old name of the field, too, and its SDK sends that.
    const { model, name = model ?? '' } = request.body as { model?: string; name?: string };
    const whole = await playPull(exchange, options.pull?.(name) ?? { fault: 'unknown' });
    if (whole) pulled.push(name);
    return;
  }
  if (!['POST /api/show', 'POST /api/chat', 'POST /api/embed'].includes(route)) {
    response.writeHead(404).end('404 page not found');
    return;
  }
  const body = request.body as OllamaChatBody;
  const model = models.find(({ name }) => name === body.model || name === `${body.model}:latest`);
  if (model === undefined) {
    sendError(exchange, { status: 404, message: `model '${body.model}' not found` });
    return;
  }
  if (route === 'POST /api/show') {
    sendJson(response, 200, showOf(model));
    return;
  }
  if (route === 'POST /api/embed') {
    const { input } = request.body as { input: readonly string[] };
    const reply = (await options.embed?.(input, embedRequests.count++)) ?? {
      status: 501,
      message: 'this model does not support embeddings',
    };
    const wrap = (embeddings: unknown): object => ({ model: body.model, embeddings, total_duration: 1 });
    await playEmbeddings(exchange, reply, wrap, (failure) => sendError(exchange, failure));
    return;
  }
  await play(exchange, body, model, await options.reply(body, request));
}

/** Starts the server; its `url` is the bare origin. */
export function startOllamaServer(options: OllamaServerOptions): Promise<ModelServer> {
  const embedRequests = { count: 0 };
  const pulled: string[] = [];
  return startHttpServer('', (exchange) => answer(options, pulled, exchange, embedRequests));
}
