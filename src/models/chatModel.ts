/** The one interface behind which every chat model stands. */

export type Provider = 'openai' | 'ollama' | 'vscode';
/** Those that are asked over HTTP, at a base URL. */
export type ServerProvider = Exclude<Provider, 'vscode'>;

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** The JSON schema that the reply should follow, through the provider's own structured output. */
  readonly replySchema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

export interface TokenUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

export interface ChatReply {
  readonly text: string;
  readonly usage: TokenUsage;
  /** The reply ended because the model ran out of tokens. */
  readonly truncated: boolean;
}

export interface ChatModel {
  readonly provider: Provider;
  /** The provider's name of the model. */
  readonly name: string;
  /** Whether what is sent leaves this machine: decided by the endpoint's host. Of VS Code's models it is not known, so they count as remote. */
  readonly locality: 'local' | 'remote';
  /**
   * Sends one request and streams the reply.
   * @param onText called with each piece of the reply's text as it comes
   * @throws KhipuError `model-*`, `timeout` or `cancelled`
   */
  chat(request: ChatRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<ChatReply>;
}

/** `provider:name`, as settings, the command line and answers write it. */
export function modelLabel(model: Pick<ChatModel, 'provider' | 'name'>): string {
  return `${model.provider}:${model.name}`;
}
