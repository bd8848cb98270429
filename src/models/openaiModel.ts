/** Chat models behind OpenAI's Chat Completions protocol: OpenAI itself, LM Studio, vLLM, Groq and others. */
import type { OpenAI } from 'openai';
import { KhipuError } from '../shared/errors.ts';
import { askServer, type AskOptions } from './ask.ts';
import { clientAddress } from './azure.ts';
import { modelLabel, type ChatModel, type ChatReply, type ChatRequest } from './chatModel.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { localityOf, parseBaseUrl } from './locality.ts';
import { brokenOff, RefusedRequestError, toModelFault } from './modelFault.ts';
import { gatherReply } from './replyText.ts';
import type { Watch } from './timeouts.ts';

export interface OpenAiModelOptions extends AskOptions {
  readonly name: string;
  /** Up to and including `/v1`; OpenAI's own when left out. */
  readonly baseUrl?: string | undefined;
  /** Local servers and some private ones need none. */
  readonly apiKey: string | undefined;
}

type ChatParams = OpenAI.ChatCompletionCreateParamsStreaming;

/** What makes replies better but is not understood by every server or model, and the words by which a refusal names it. */
const optionalParams = {
  response_format: /response_format|json_schema/i,
  stream_options: /stream_options|include_usage/i,
  temperature: /temperature/i,
} as const;
type OptionalParam = keyof typeof optionalParams;

function paramsFor(name: string, request: ChatRequest, refused: ReadonlySet<OptionalParam>): ChatParams {
  const { replySchema } = request;
  return {
    model: name,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    ...(!refused.has('temperature') && { temperature: 0 }),
    ...(!refused.has('stream_options') && { stream_options: { include_usage: true } }),
    ...(!refused.has('response_format') && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: replySchema.name, schema: { ...replySchema.schema }, strict: true },
      },
    }),
  };
}

/** The optional parameter that a refusal names and that was not left out already. */
function refusedParam(error: KhipuError, refused: ReadonlySet<OptionalParam>): OptionalParam | undefined {
  if (!(error instanceof RefusedRequestError)) return undefined;
  const names = Object.keys(optionalParams) as OptionalParam[];
  return names.find((param) => !refused.has(param) && optionalParams[param].test(error.said));
}

/** One client for each request: its fetch belongs to one watch. */
export async function createOpenAiClient(endpoint: ModelEndpoint, modelFetch: typeof fetch): Promise<OpenAI> {
  const sdk = await import('openai');
  return new sdk.OpenAI({
    ...clientAddress(endpoint.baseUrl, endpoint.key),
    // Everything that the SDK would else take from the environment is named, so that no key goes to a server it was not meant for.
    apiKey: endpoint.key ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    fetch: modelFetch,
  });
}

async function readReply(
  endpoint: ModelEndpoint,
  chunks: AsyncIterable<OpenAI.ChatCompletionChunk>,
  watch: Watch,
  onText: (piece: string) => void,
): Promise<ChatReply> {
  const gathered = gatherReply(modelLabel(endpoint), watch, onText);
  let refusal = '';
  let finish: string | undefined;
  let usage: OpenAI.CompletionUsage | undefined;
  for await (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0]; // the chunk with the usage has none
    finish = choice?.finish_reason ?? finish;
    refusal += choice?.delta.refusal ?? '';
    gathered.add(choice?.delta.content ?? '');
  }
  const subject = modelLabel(endpoint);
  if (refusal !== '')
    throw new KhipuError('model-failed', `${subject} declined to answer: ${refusal}`, { subject });
  if (finish === undefined) throw brokenOff(endpoint, 'it ended before the model had finished');
  if (finish === 'content_filter') {
    throw new KhipuError('model-failed', `The content filter of ${subject} stopped the reply.`, { subject });
  }
  return {
    text: gathered.end(),
    usage: { inputTokens: usage?.prompt_tokens, outputTokens: usage?.completion_tokens },
    truncated: finish === 'length',
  };
}

/** @throws KhipuError `invalid-settings` when the base URL is none */
export function openAiEndpoint(
  options: Pick<OpenAiModelOptions, 'name' | 'baseUrl' | 'apiKey'>,
): ModelEndpoint {
  const baseUrl = parseBaseUrl(options.baseUrl ?? 'https://api.openai.com/v1');
  const key = options.apiKey?.trim();
  return {
    provider: 'openai',
    name: options.name,
    baseUrl,
    locality: localityOf(baseUrl),
    key: key === '' ? undefined : key,
  };
}

/** What is wrong with the key before anyone is asked. */
export function openAiKeyFault({ key, baseUrl }: ModelEndpoint): KhipuError | undefined {
  const detail = { subject: baseUrl.host };
  if (key === undefined && baseUrl.host === 'api.openai.com') {
    return new KhipuError('model-authentication', `There is no key for ${baseUrl.host}.`, detail);
  }
  // What no header can hold would fail deep in the SDK, with the key in the error's text.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    return new KhipuError(
      'model-authentication',
      `The key for ${baseUrl.host} holds characters that no key has.`,
      detail,
    );
  }
  return undefined;
}

/**
 * A model of an OpenAI-compatible server. The SDK is loaded at the first request.
 *
 * Structured output is asked for; a server that refuses it (or another optional parameter) is asked again without, and the
 * model remembers that, so the prompt must describe the reply in words too.
 * @throws KhipuError `invalid-settings` when the base URL is none
 */
export function createOpenAiModel(options: OpenAiModelOptions): ChatModel {
  const endpoint = openAiEndpoint(options);
  const refused = new Set<OptionalParam>();

  const attempt = async (
    request: ChatRequest,
    onText: (piece: string) => void,
    modelFetch: typeof fetch,
    watch: Watch,
  ): Promise<ChatReply> => {
    const client = await createOpenAiClient(endpoint, modelFetch);
    for (;;) {
      try {
        const chunks = await client.chat.completions.create(paramsFor(endpoint.name, request, refused));
        return await readReply(endpoint, chunks, watch, onText);
      } catch (thrown) {
        const fault = toModelFault(endpoint, thrown, watch.signal);
        const param = refusedParam(fault, refused);
        if (param === undefined) throw fault;
        refused.add(param);
      }
    }
  };

  return {
    provider: 'openai',
    name: options.name,
    locality: endpoint.locality,
    chat(request, onText, signal) {
      const fault = openAiKeyFault(endpoint);
      if (fault !== undefined) return Promise.reject(fault);
      const once = (modelFetch: typeof fetch, watch: Watch): Promise<ChatReply> =>
        attempt(request, onText, modelFetch, watch);
      return askServer(endpoint, options, once, signal);
    },
  };
}
