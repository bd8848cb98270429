/** The two kinds of model server that every surface is driven with, each real but for the model behind it. */
import { settings } from '../../src/editor/contributions.ts';
import type { ScriptedReply } from '../servers/httpReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOllamaServer } from '../servers/ollamaServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { configure, nowhere } from './configuration.ts';

/** Takes the whole prompt. */
export type Script = (prompt: string) => ScriptedReply | Promise<ScriptedReply>;

export interface ModelKind {
  readonly name: string;
  /** As an answer names it. */
  readonly label: string;
  /** Starts the server and makes it the only model. */
  start(reply: Script): Promise<ModelServer>;
}

interface ChatBody {
  readonly messages: readonly { readonly content: string }[];
}

/** All that a request sent to the model. */
export function promptOf(body: unknown): string {
  return (body as ChatBody).messages.map(({ content }) => content).join('\n');
}

export const openAi: ModelKind = {
  name: 'an OpenAI-compatible server',
  label: 'openai:test-model',
  async start(reply) {
    const server = await startOpenAiServer({ reply: (body) => reply(promptOf(body)) });
    await configure({
      [settings.modelProvider]: 'openai',
      [settings.modelName]: 'test-model',
      [settings.modelBaseUrl]: server.url,
      [settings.ollamaBaseUrl]: nowhere,
    });
    return server;
  },
};

export const ollama: ModelKind = {
  name: 'an Ollama',
  label: 'ollama:qwen3:8b',
  async start(reply) {
    const server = await startOllamaServer({ models: ['qwen3:8b'], reply: (body) => reply(promptOf(body)) });
    await configure({
      [settings.modelProvider]: 'ollama',
      [settings.modelName]: 'qwen3:8b',
      [settings.ollamaBaseUrl]: server.url,
    });
    return server;
  },
};

/** The chat requests that came; looking which models there are is not one. */
export function chats(server: ModelServer): unknown[] {
  return server.requests.filter(({ path }) => /chat/.test(path)).map(({ body }) => body);
}
