import assert from 'node:assert/strict';
import { createModelChain, type ModelSettings } from '../../../src/models/modelChain.ts';
import { openAiUrl, type ModelChoice } from '../../../src/models/modelChoice.ts';
import type { FallbackReply } from '../../../src/models/fallback.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { freePort } from '../../servers/postgres.ts';

const never = new AbortController().signal;
const request = {
  messages: [{ role: 'user', content: 'Hello' }],
  replySchema: { name: 'any', schema: { type: 'object' } },
} as const;

describe('createModelChain', () => {
  let openai: ModelServer;
  let ollama: ModelServer;
  let dead: string;
  beforeEach(async () => {
    openai = await startOpenAiServer({ reply: () => 'openai', apiKey: 'k' });
    ollama = await startOllamaServer({
      models: [
        { name: 'old', modifiedAt: '2024-01-01T00:00:00Z' },
        { name: 'new', modifiedAt: '2025-01-01T00:00:00Z' },
      ],
      reply: () => 'ollama',
    });
    dead = `http://127.0.0.1:${await freePort()}`;
  });
  afterEach(async () => {
    await Promise.all([openai.close(), ollama.close()]);
  });

  const keysAsked: string[] = [];
  const ask = (settings: ModelSettings, stored: { key?: string } = { key: 'k' }): Promise<FallbackReply> => {
    keysAsked.length = 0;
    const chain = createModelChain(settings, (baseUrl) => {
      keysAsked.push(baseUrl);
      return Promise.resolve(stored.key);
    });
    return chain.chat(request, () => undefined, never);
  };
  const openaiAt = (baseUrl: string | undefined): ModelChoice => ({ provider: 'openai', name: 'm', baseUrl });
  const named = ({ answeredBy, notices }: FallbackReply): unknown => [
    answeredBy.provider,
    answeredBy.name,
    notices.length,
  ];

  it('asks nobody when models are switched off, whatever else is listed', async () => {
    const settings: ModelSettings = { first: 'none', then: [openaiAt(openai.url)], ollamaUrl: ollama.url };
    await assert.rejects(ask(settings), { kind: 'no-model' });
    assert.equal(openai.requests.length + ollama.requests.length, 0);
  });

  it('finds the Ollama of this machine by itself, and its newest model', async () => {
    assert.deepEqual(named(await ask({ first: 'auto', then: [], ollamaUrl: ollama.url })), [
      'ollama',
      'new',
      0,
    ]);
    assert.deepEqual(keysAsked, []);
  });

  it('says that there is no model when nothing answers', async () => {
    await assert.rejects(ask({ first: 'auto', then: [], ollamaUrl: dead }), { kind: 'no-model' });
  });

  it('asks the configured model first, and then no other', async () => {
    assert.deepEqual(named(await ask({ first: openaiAt(openai.url), then: [], ollamaUrl: ollama.url })), [
      'openai',
      'm',
      0,
    ]);
    assert.equal(ollama.requests.length, 0);
    assert.deepEqual(keysAsked, [openai.url]);
    const own = { provider: 'ollama', name: 'old', baseUrl: undefined } as const;
    assert.deepEqual(named(await ask({ first: own, then: [], ollamaUrl: ollama.url })), ['ollama', 'old', 0]);
  });

  it('goes on with those listed, in order, and says so', async () => {
    const settings = { first: openaiAt(`${dead}/v1`), then: [openaiAt(openai.url)], ollamaUrl: ollama.url };
    const reply = await ask(settings);
    assert.deepEqual(named(reply), ['openai', 'm', 1]);
    assert.match(
      reply.notices[0]!,
      /openai:m could not be reached .*openai:m on this machine answered instead/,
    );
    assert.equal(ollama.requests.length, 0);
  });

  it('goes on with the Ollama of this machine at last', async () => {
    const reply = await ask(
      { first: openaiAt(openai.url), then: [], ollamaUrl: ollama.url },
      { key: 'wrong' },
    );
    assert.deepEqual(named(reply), ['ollama', 'new', 1]);
    assert.match(reply.notices[0]!, /did not accept the key/);
    assert.ok(!reply.notices[0]!.includes('wrong'));
  });

  it('tells the first error when nobody answers', async () => {
    await assert.rejects(ask({ first: openaiAt(`${dead}/v1`), then: [], ollamaUrl: dead }), {
      kind: 'model-unreachable',
    });
  });

  it('sends nothing to a remote model without a key, and asks the next', async () => {
    // OpenAI itself: to reach it there would be a request that this test could not make.
    const reply = await ask({ first: openaiAt(undefined), then: [], ollamaUrl: ollama.url }, {});
    assert.deepEqual(named(reply), ['ollama', 'new', 1]);
    assert.match(reply.notices[0]!, /No key is stored for api\.openai\.com/);
    assert.deepEqual(keysAsked, [openAiUrl]);
    await assert.rejects(
      ask({ first: openaiAt(undefined), then: [], ollamaUrl: dead }, {}),
      (error: KhipuError) =>
        error.kind === 'model-authentication' && error.detail.subject === 'api.openai.com',
    );
  });

  it('needs no key for a server of this machine', async () => {
    const open = await startOpenAiServer({ reply: () => 'open' });
    try {
      assert.deepEqual(named(await ask({ first: openaiAt(open.url), then: [], ollamaUrl: dead }, {})), [
        'openai',
        'm',
        0,
      ]);
    } finally {
      await open.close();
    }
  });

  it('never looks for a model on another machine by itself', async () => {
    // 192.0.2.1 is reserved for documentation; the refusal comes at once, since nothing is sent.
    await assert.rejects(ask({ first: 'auto', then: [], ollamaUrl: 'http://192.0.2.1:11434' }), {
      kind: 'no-model',
    });
  });

  it('refuses a base URL that is none when it is made', () => {
    assert.throws(
      () =>
        createModelChain({ first: openaiAt('ftp://x'), then: [], ollamaUrl: '' }, () =>
          Promise.resolve(undefined),
        ),
      {
        kind: 'invalid-settings',
      },
    );
  });
});
