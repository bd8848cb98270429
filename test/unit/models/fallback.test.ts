/** Which model stands in for which, and what the user is told. */
import assert from 'node:assert/strict';
import type { ChatModel, ChatRequest } from '../../../src/models/chatModel.ts';
import { createFallback, type ModelCandidate } from '../../../src/models/fallback.ts';
import { KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';

const request: ChatRequest = {
  messages: [{ role: 'user', content: 'hi' }],
  replySchema: { name: 'r', schema: {} },
};
const usage = { inputTokens: 1, outputTokens: 1 };
const quiet = new AbortController().signal;

interface Behaviour {
  readonly locality?: 'local' | 'remote';
  readonly says?: string;
  readonly fails?: ErrorKind;
}

function model(
  name: string,
  { locality = 'remote', says = '', fails }: Behaviour,
  asked: string[],
): ChatModel {
  return {
    provider: locality === 'local' ? 'ollama' : 'openai',
    name,
    locality,
    chat(_request, onText) {
      asked.push(name);
      if (says !== '') onText(says);
      if (fails !== undefined) return Promise.reject(new KhipuError(fails, `${name} says no.`));
      return Promise.resolve({ text: says, usage, truncated: false });
    },
  };
}

function candidate(chatModel: ChatModel | undefined, more: Partial<ModelCandidate> = {}): ModelCandidate {
  return {
    locality: chatModel?.locality ?? 'local',
    listedByUser: false,
    resolve: () => Promise.resolve(chatModel),
    ...more,
  };
}

const ignore = (): void => undefined;

describe('fallback', () => {
  it('asks only the first when it answers, and has nothing to tell', async () => {
    const asked: string[] = [];
    const first = model('a', { says: 'yes' }, asked);
    let resolved = false;
    const second = candidate(undefined, {
      resolve: () => {
        resolved = true;
        return Promise.resolve(undefined);
      },
    });
    const reply = await createFallback([candidate(first), second]).chat(request, ignore, quiet);
    assert.equal(reply.answeredBy, first);
    assert.deepEqual(reply.notices, []);
    assert.equal(resolved, false, 'a candidate is looked for only when its turn comes');
  });

  const passedOn: [ErrorKind, RegExp][] = [
    ['model-unreachable', /could not be reached/],
    ['model-authentication', /did not accept the key/],
    ['model-not-found', /does not exist/],
    ['model-rate-limited', /no more requests/],
    ['model-failed', /failed/],
    ['timeout', /in time/],
  ];
  for (const [kind, words] of passedOn) {
    it(`lets the next model answer after ${kind}, and says so`, async () => {
      const asked: string[] = [];
      const chain = createFallback([
        candidate(model('gpt', { fails: kind }, asked)),
        candidate(model('qwen', { locality: 'local', says: 'yes' }, asked)),
      ]);
      const reply = await chain.chat(request, ignore, quiet);
      assert.deepEqual(asked, ['gpt', 'qwen']);
      assert.equal(reply.notices.length, 1);
      assert.match(reply.notices[0]!, words);
      assert.match(
        reply.notices[0]!,
        /^openai:gpt .*\(gpt says no\); ollama:qwen on this machine answered instead\.$/,
      );
    });
  }

  for (const kind of ['cancelled', 'invalid-settings', 'internal'] as const) {
    it(`asks no one else after ${kind}`, async () => {
      const asked: string[] = [];
      const chain = createFallback([
        candidate(model('a', { fails: kind }, asked)),
        candidate(model('b', {}, asked)),
      ]);
      await assert.rejects(chain.chat(request, ignore, quiet), { kind });
      assert.deepEqual(asked, ['a']);
    });
  }

  it('asks no one else once text was streamed', async () => {
    const asked: string[] = [];
    const pieces: string[] = [];
    const first = model('a', { says: 'SEL', fails: 'model-failed' }, asked);
    const chain = createFallback([candidate(first), candidate(model('b', { says: 'x' }, asked))]);
    await assert.rejects(
      chain.chat(request, (piece) => pieces.push(piece), quiet),
      { kind: 'model-failed' },
    );
    assert.deepEqual(asked, ['a']);
    assert.deepEqual(pieces, ['SEL']);
  });

  it('never goes from a local model to a remote one by itself', async () => {
    const asked: string[] = [];
    const near = model('near', { locality: 'local', fails: 'model-unreachable' }, asked);
    const far = model('far', { says: 'yes' }, asked);
    await assert.rejects(createFallback([candidate(near), candidate(far)]).chat(request, ignore, quiet), {
      kind: 'model-unreachable',
      message: 'near says no.',
    });
    assert.deepEqual(asked, ['near']);
  });

  it('does so when the user listed the remote one, and says that it is remote', async () => {
    const asked: string[] = [];
    const near = model('near', { locality: 'local', fails: 'model-unreachable' }, asked);
    const far = candidate(model('far', { says: 'yes' }, asked), { listedByUser: true });
    const reply = await createFallback([candidate(near), far]).chat(request, ignore, quiet);
    assert.match(reply.notices[0]!, /openai:far \(not on this machine\) answered instead/);
  });

  it('holds a remote model back also when the local server was not there at all, or passes requests on', async () => {
    const asked: string[] = [];
    const far = model('far', { says: 'yes' }, asked);
    const absent = candidate(undefined, { locality: 'local' });
    await assert.rejects(createFallback([absent, candidate(far)]).chat(request, ignore, quiet), {
      kind: 'no-model',
    });
    const disguised = candidate(far, { locality: 'local' });
    const near = candidate(model('near', { locality: 'local', fails: 'timeout' }, asked));
    await assert.rejects(createFallback([near, disguised]).chat(request, ignore, quiet), { kind: 'timeout' });
    assert.deepEqual(asked, ['near']);
  });

  it('gives the first error when all fail, and no-model when there was none', async () => {
    const asked: string[] = [];
    const chain = createFallback([
      candidate(model('a', { fails: 'model-authentication' }, asked)),
      candidate(undefined),
      candidate(model('b', { locality: 'local', fails: 'timeout' }, asked)),
    ]);
    await assert.rejects(chain.chat(request, ignore, quiet), { kind: 'model-authentication' });
    assert.deepEqual(asked, ['a', 'b']);
    await assert.rejects(createFallback([]).chat(request, ignore, quiet), { kind: 'no-model' });
  });

  it('stops between two models when it is cancelled', async () => {
    const asked: string[] = [];
    const controller = new AbortController();
    const first = candidate(model('a', { fails: 'timeout' }, asked));
    const second = candidate(model('b', { says: 'x' }, asked));
    const cancelling: ModelCandidate = {
      ...second,
      resolve: () => {
        controller.abort();
        return Promise.resolve(undefined);
      },
    };
    const chain = createFallback([first, cancelling, second]);
    await assert.rejects(chain.chat(request, ignore, controller.signal), { kind: 'cancelled' });
    assert.deepEqual(asked, ['a']);
  });
});
