/** Each request that a model took is counted once, and no other. */
import assert from 'node:assert/strict';
import type { ChatModel, ChatRequest } from '../../../src/models/chatModel.ts';
import { createFallback, type ModelCandidate } from '../../../src/models/fallback.ts';
import { metered, type SentRequest } from '../../../src/models/metered.ts';
import { cancelled, KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';

const request: ChatRequest = { messages: [], replySchema: { name: 'r', schema: {} } };
const quiet = new AbortController().signal;

function candidate(name: string, locality: 'local' | 'remote', fails?: Error): ModelCandidate {
  const model: ChatModel = {
    ...{ provider: 'openai', name, locality },
    chat: () =>
      fails === undefined
        ? Promise.resolve({
            text: '{}',
            usage: { inputTokens: 1204, outputTokens: undefined },
            truncated: false,
          })
        : Promise.reject(fails),
  };
  return { locality, listedByUser: true, resolve: () => Promise.resolve(model) };
}

async function sentOf(...candidates: readonly ModelCandidate[]): Promise<SentRequest[]> {
  const sent: SentRequest[] = [];
  const chain = createFallback(candidates.map((each) => metered(each, (one) => sent.push(one))));
  await chain.chat(request, () => undefined, quiet).catch(() => undefined);
  return sent;
}

const unsaid = { inputTokens: undefined, outputTokens: undefined };
const failing = (kind: ErrorKind) => new KhipuError(kind, 'no');

describe('metered', () => {
  it('tells what an answer took, of whom, and where', async () => {
    assert.deepEqual(await sentOf(candidate('a', 'local')), [
      { model: 'openai:a', locality: 'local', usage: { inputTokens: 1204, outputTokens: undefined } },
    ]);
  });

  it('counts what failed or was cancelled after it was sent, and the model that stood in', async () => {
    for (const error of [failing('model-failed'), failing('timeout'), cancelled(), new Error('odd')]) {
      const [first, ...rest] = await sentOf(candidate('a', 'remote', error), candidate('b', 'local'));
      assert.deepEqual(first, { model: 'openai:a', locality: 'remote', usage: unsaid }, String(error));
      const passesOn = error instanceof KhipuError && error.kind !== 'cancelled';
      assert.deepEqual(
        rest.map(({ model }) => model),
        passesOn ? ['openai:b'] : [],
      );
    }
  });

  it('does not count what no model read', async () => {
    for (const kind of ['model-unreachable', 'model-authentication', 'model-rate-limited'] as const) {
      const sent = await sentOf(candidate('a', 'remote', failing(kind)), candidate('b', 'remote'));
      assert.deepEqual(
        sent.map(({ model }) => model),
        ['openai:b'],
      );
    }
    const nobody: ModelCandidate = {
      locality: 'local',
      listedByUser: false,
      resolve: () => Promise.resolve(undefined),
    };
    assert.deepEqual(await sentOf(nobody), []);
  });
});
