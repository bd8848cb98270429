/** Chat models of an Ollama server, through its native protocol: its OpenAI route ignores the context size. */
import type { ChatResponse, Ollama } from 'ollama';
import { KhipuError } from '../shared/errors.ts';
import { askServer, type AskOptions } from './ask.ts';
import { modelLabel, type ChatModel, type ChatReply, type ChatRequest } from './chatModel.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { localityOf, parseBaseUrl } from './locality.ts';
import { brokenOff } from './modelFault.ts';
import { checkedNdjson } from './ndjson.ts';
import { evidentlyCut, planContext, promptChars, surelyTooLong } from './ollamaContext.ts';
import { contextLengthOf, defaultOllamaUrl, isCloudModelName } from './ollamaModels.ts';
import { gatherReply } from './replyText.ts';
import type { Watch } from './timeouts.ts';

export interface OllamaModelOptions extends AskOptions {
  readonly name: string;
  /** `http://127.0.0.1:11434` when left out. */
  readonly baseUrl?: string | undefined;
  /** The most tokens of context to ask for: memory of the graphics card is spent on it. 32768 when left out. */
  readonly contextTokens?: number | undefined;
}

interface OllamaCall {
  readonly endpoint: ModelEndpoint;
  readonly request: ChatRequest;
  readonly contextLimit: number;
  readonly onText: (piece: string) => void;
}

function tooLong(endpoint: ModelEndpoint, contextTokens: number): KhipuError {
  const subject = modelLabel(endpoint);
  const message = `The question with its schema does not fit into the context of ${subject} (${contextTokens} tokens).`;
  return new KhipuError('model-failed', message, {
    subject,
    hint: 'Choose a model with a larger context, or allow it more context tokens in the settings.',
  });
}

/** One client for each request: a client's abort ends all of its streams, and the fetch belongs to one watch. */
export async function createOllamaClient(endpoint: ModelEndpoint, modelFetch: typeof fetch): Promise<Ollama> {
  const sdk = await import('ollama');
  return new sdk.Ollama({ host: endpoint.baseUrl.href, fetch: modelFetch });
}

/** The fetch of one request whose lines are all of the protocol. */
export function checkedFetch(endpoint: ModelEndpoint, modelFetch: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await modelFetch(input, init);
    const lines = response.body?.pipeThrough(
      checkedNdjson(() => brokenOff(endpoint, 'a part of it is not what Ollama sends')),
    );
    return new Response(lines, { status: response.status, headers: response.headers });
  };
}

async function readReply(
  call: OllamaCall,
  parts: AsyncIterable<ChatResponse>,
  watch: Watch,
): Promise<{ reply: ChatReply; readTokens: number | undefined }> {
  const gathered = gatherReply(modelLabel(call.endpoint), watch, call.onText);
  let last: Partial<ChatResponse> = {};
  for await (const part of parts) {
    last = part;
    gathered.add(part.message.content); // empty while it thinks, and in the last part
  }
  const reply: ChatReply = {
    text: gathered.end(),
    usage: { inputTokens: last.prompt_eval_count, outputTokens: last.eval_count },
    truncated: last.done_reason === 'length',
  };
  return { reply, readTokens: last.prompt_eval_count };
}

async function converse(call: OllamaCall, modelFetch: typeof fetch, watch: Watch): Promise<ChatReply> {
  const { endpoint, request } = call;
  const chars = promptChars(request.messages);
  const plan = planContext(chars, call.contextLimit);
  if (surelyTooLong(chars, plan.contextTokens)) throw tooLong(endpoint, plan.contextTokens);
  const client = await createOllamaClient(endpoint, checkedFetch(endpoint, modelFetch));
  const parts = await client.chat({
    model: endpoint.name,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    format: request.replySchema.schema,
    options: { num_ctx: plan.contextTokens, num_predict: plan.replyTokens, temperature: 0 },
  });
  const { reply, readTokens } = await readReply(call, parts, watch);
  if (readTokens !== undefined && evidentlyCut(chars, readTokens, plan.contextTokens)) {
    throw tooLong(endpoint, plan.contextTokens);
  }
  return reply;
}

/** @throws KhipuError `invalid-settings` when the base URL is none */
export function ollamaEndpoint(options: Pick<OllamaModelOptions, 'name' | 'baseUrl'>): ModelEndpoint {
  const baseUrl = parseBaseUrl(options.baseUrl ?? defaultOllamaUrl);
  // A local server passes what a cloud model is sent on to ollama.com.
  const locality = isCloudModelName(options.name) ? 'remote' : localityOf(baseUrl);
  return { provider: 'ollama', name: options.name, baseUrl, locality, key: undefined };
}

/**
 * A model of an Ollama server. The SDK is loaded at the first request, which also asks how much context the model has.
 * @throws KhipuError `invalid-settings` when the base URL is none
 */
export function createOllamaModel(options: OllamaModelOptions): ChatModel {
  const endpoint = ollamaEndpoint(options);
  const allowed = options.contextTokens ?? 32_768;
  let contextLimit: number | undefined;

  const attempt = async (
    request: ChatRequest,
    onText: (piece: string) => void,
    modelFetch: typeof fetch,
    watch: Watch,
  ): Promise<ChatReply> => {
    if (contextLimit === undefined) {
      const client = await createOllamaClient(endpoint, modelFetch);
      const made = contextLengthOf(await client.show({ model: endpoint.name }));
      contextLimit = Math.min(allowed, made ?? allowed);
    }
    return converse({ endpoint, request, contextLimit, onText }, modelFetch, watch);
  };

  return {
    provider: 'ollama',
    name: options.name,
    locality: endpoint.locality,
    chat(request, onText, signal) {
      const once = (modelFetch: typeof fetch, watch: Watch): Promise<ChatReply> =>
        attempt(request, onText, modelFetch, watch);
      return askServer(endpoint, options, once, signal);
    },
  };
}
