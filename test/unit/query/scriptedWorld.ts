/** A world for the pipeline: the real grammar and guard over the shop's catalog, with scripted models and a scripted server. */
import type { ReadOnlySql } from '../../../src/database/guard.ts';
import { loadParser } from '../../../src/database/parse.ts';
import type { ChatModel, ChatRequest } from '../../../src/models/chatModel.ts';
import type { FallbackReply } from '../../../src/models/fallback.ts';
import { indexNames } from '../../../src/query/ground.ts';
import type { ProposeWorld } from '../../../src/query/propose.ts';
import type { Retrieval } from '../../../src/rag/retrieval.ts';
import { cancelled, throwIfAborted } from '../../../src/shared/errors.ts';
import { shopCatalog, shopRelations } from './shop.ts';

/** What the model says next: a text, a whole reply, an error, or silence until it is cancelled. */
export type ScriptedTurn = string | Partial<FallbackReply> | Error | typeof silence;

export const silence = Symbol('silence');

export interface ScriptedWorld extends ProposeWorld {
  readonly requests: ChatRequest[];
  /** Everything that reached the server. */
  readonly explained: ReadOnlySql[];
}

const someModel: ChatModel = {
  provider: 'openai',
  name: 'test',
  locality: 'remote',
  chat: () => Promise.reject(new Error('This model is only a name.')),
};

export const wholeShop: Retrieval = {
  verified: undefined,
  tables: shopRelations.map(({ schema, name }) => ({ schema, name, reason: 'whole-schema', score: 0 })),
  ranking: [],
  values: [],
  examples: [{ question: 'How many customers?', sql: 'SELECT count(*) FROM shop.customers' }],
  accepted: [],
  documents: [],
  engine: 'lancedb',
  notice: undefined,
  ms: 1,
};

/** Resolves to nothing until the signal fires, then rejects as everything in Khipu does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(cancelled(signal.reason)), { once: true });
  });
}

const parser = loadParser();

export async function scriptedWorld(
  turns: readonly ScriptedTurn[],
  over: Partial<ProposeWorld> = {},
): Promise<ScriptedWorld> {
  const requests: ChatRequest[] = [];
  const explained: ReadOnlySql[] = [];
  const left = [...turns];
  return {
    names: indexNames(shopCatalog),
    parser: await parser,
    aiPolicy: 'schema',
    today: '2025-06-01',
    retrieve: () => Promise.resolve(wholeShop),
    async chat(request, onText, signal) {
      requests.push({ ...request, messages: [...request.messages] });
      const turn = left.shift();
      if (turn === undefined) throw new Error('The model was asked once too often.');
      if (turn === silence) return untilAborted(signal);
      if (turn instanceof Error) throw turn;
      const reply = typeof turn === 'string' ? { text: turn } : turn;
      const whole = {
        text: '',
        truncated: false,
        answeredBy: someModel,
        notices: [],
        usage: { inputTokens: 10, outputTokens: 5 },
        ...reply,
      };
      for (const piece of whole.text.match(/.{1,7}/gs) ?? []) {
        throwIfAborted(signal);
        onText(piece);
      }
      return whole;
    },
    explain(statement) {
      explained.push(statement);
      return Promise.resolve(undefined);
    },
    ...over,
    requests,
    explained,
  };
}

/** A reply as the model is asked for it. */
export function replyWith(sql: string | null, more: object = {}): string {
  return JSON.stringify({ sql, explanation: 'I read it so.', assumptions: [], clarification: null, ...more });
}
