/** What the tests of models ask, and how they wait for a refusal. */
import assert from 'node:assert/strict';
import type { ChatModel, ChatReply, ChatRequest } from '../../../src/models/chatModel.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

export const request: ChatRequest = {
  messages: [
    { role: 'system', content: 'You write SQL.' },
    { role: 'user', content: 'How many orders are there?' },
  ],
  replySchema: {
    name: 'sql_reply',
    schema: {
      type: 'object',
      properties: { sql: { type: 'string' } },
      required: ['sql'],
      additionalProperties: false,
    },
  },
};

export const answerText = '{"sql": "SELECT count(*) FROM shop.orders"}';

/** Pauses so short that tests need not wait for them. */
export const quickRetry = { baseMs: 1 };

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

export interface Asked extends ChatReply {
  readonly pieces: readonly string[];
}

export async function ask(model: ChatModel, signal = neverAborted()): Promise<Asked> {
  const pieces: string[] = [];
  const reply = await model.chat(request, (piece) => pieces.push(piece), signal);
  return { ...reply, pieces };
}

/** The KhipuError with which asking fails, and the pieces that came before. */
export async function askInVain(
  model: ChatModel,
  signal = neverAborted(),
): Promise<{ error: KhipuError; pieces: string[] }> {
  const pieces: string[] = [];
  try {
    await model.chat(request, (piece) => pieces.push(piece), signal);
  } catch (thrown) {
    assert.ok(thrown instanceof KhipuError, String(thrown));
    return { error: thrown, pieces };
  }
  throw new assert.AssertionError({ message: 'the model answered' });
}
