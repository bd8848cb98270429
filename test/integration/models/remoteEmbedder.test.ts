/** Embedding models through the real SDKs, against servers that speak their protocols and show their faults. */
import assert from 'node:assert/strict';
import { createOllamaEmbedder } from '../../../src/models/ollamaEmbedder.ts';
import { createOpenAiEmbedder } from '../../../src/models/openaiEmbedder.ts';
import type { Embedder } from '../../../src/models/embedder.ts';
import type { RemoteEmbedderOptions } from '../../../src/models/remoteEmbedder.ts';
import { bagOfWords, type EmbedScript } from '../../servers/embeddingReply.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer, type OpenAiServerOptions } from '../../servers/openaiServer.ts';

const quiet = new AbortController().signal;
const key = 'sk-test-0123456789';
const noReply = (): never => assert.fail('no chat was asked for');

interface Provider {
  readonly name: string;
  start(embed: EmbedScript, options?: Partial<OpenAiServerOptions>): Promise<ModelServer>;
  embedder(server: ModelServer, options?: RemoteEmbedderOptions): Embedder;
}

const providers: readonly Provider[] = [
  {
    name: 'openai',
    start: (embed, options) => startOpenAiServer({ reply: noReply, embed, apiKey: key, ...options }),
    embedder: (server, options) =>
      createOpenAiEmbedder({ name: 'test-embed', baseUrl: server.url, apiKey: key, ...options }),
  },
  {
    name: 'ollama',
    start: (embed) => startOllamaServer({ reply: noReply, embed, models: ['test-embed'] }),
    embedder: (server, options) =>
      createOllamaEmbedder({ name: 'test-embed', baseUrl: server.url, ...options }),
  },
];

/** Pauses short enough for a test; everything else as it is. */
const brisk: RemoteEmbedderOptions = { patient: { retry: { baseMs: 1 } }, quick: { retry: { baseMs: 1 } } };

for (const provider of providers) {
  describe(`an embedding model of ${provider.name}`, () => {
    let server: ModelServer | undefined;
    const serve = async (
      embed: EmbedScript,
      options: RemoteEmbedderOptions = brisk,
      serverOptions?: Partial<OpenAiServerOptions>,
    ): Promise<Embedder> => {
      server = await provider.start(embed, serverOptions);
      return provider.embedder(server, options);
    };
    afterEach(async () => {
      await server?.close();
      server = undefined;
    });

    it('gives unit-length vectors in order, in batches', async () => {
      const sizes: number[] = [];
      const embedder = await serve((texts) => {
        sizes.push(texts.length);
        return texts.map((text) => [Number(text), 0, 3]);
      });
      const texts = Array.from({ length: 150 }, (_, index) => String(index));
      const vectors = await embedder.embed(texts, quiet);
      assert.deepEqual(sizes, [64, 64, 22]);
      assert.equal(embedder.dimension, 3);
      assert.deepEqual([...vectors[4]!], [...Float32Array.of(4 / 5, 0, 3 / 5)]);
      for (const [index, vector] of vectors.entries()) {
        assert.ok(Math.abs(vector[0]! / vector[2]! - index / 3) < 1e-3, `${index}: ${vector.join()}`);
      }
    });

    it('embeds a question as it was asked', async () => {
      let seen: readonly string[] = [];
      const embedder = await serve((texts) => bagOfWords((seen = texts)));
      const vector = await embedder.embedQuestion!('How many orders per country?', quiet);
      assert.deepEqual(seen, ['How many orders per country?']);
      assert.equal(vector.length, 64);
    });

    it('sends no text that is longer than models read, and none that is empty', async () => {
      let seen: readonly string[] = [];
      const embedder = await serve((texts) => bagOfWords((seen = texts)));
      await embedder.embed(['word '.repeat(100_000), ''], quiet);
      assert.deepEqual(
        seen.map(({ length }) => length),
        [16_000, 1],
      );
    });

    it('waits as long as a limit asks for, and goes on', async () => {
      const times: number[] = [];
      const embedder = await serve((texts, number) => {
        times.push(performance.now());
        return number === 0 ? { status: 429, headers: { 'retry-after': '1' } } : bagOfWords(texts);
      });
      await embedder.embed(['orders'], quiet);
      assert.ok(times[1]! - times[0]! >= 990, `${times[1]! - times[0]!} ms`);
    });

    it('does not wait long for a question', async () => {
      const embedder = await serve(() => ({ status: 429, headers: { 'retry-after': '5' } }));
      await assert.rejects(embedder.embedQuestion!('orders', quiet), {
        kind: 'model-rate-limited',
        detail: { retryAfterMs: 5000, subject: new URL(server!.url).host },
      });
      assert.equal(server!.requests.length, 1);
    });

    it('asks again when the server failed or closed the connection', async () => {
      const embedder = await serve((texts, number) =>
        number === 0 ? { status: 500 } : number === 1 ? { hangUp: true } : bagOfWords(texts),
      );
      assert.equal((await embedder.embed(['orders'], quiet)).length, 1);
    });

    it('says what is wrong with a reply that cannot be used', async () => {
      const cases: readonly [RegExp, Awaited<ReturnType<EmbedScript>>][] = [
        [/holds 1 vectors for 2 texts/, [[1, 2]]],
        [/a vector has 1 numbers where the others have 2/, [[1, 2], [1]]],
        [/a vector is empty/, [[], []]],
        [
          /something that is not a number/,
          [
            [1, 2],
            [1, null],
          ],
        ],
        [/malformed|cannot be used/, { garbage: '{"data": [{"embedding": [NaN' }],
        [/holds 0 vectors for 2 texts/, { garbage: '{"hello": "world"}' }],
        [/broke off its reply/, { vectors: bagOfWords(['a', 'b']), cutAfter: 40 }],
      ];
      for (const [message, reply] of cases) {
        const embedder = await serve(() => reply);
        await assert.rejects(embedder.embed(['a', 'b'], quiet), { kind: 'model-failed', message });
        await server!.close();
      }
      server = undefined;
    });

    it('notices that the model was changed between two batches', async () => {
      const embedder = await serve((texts, number) => bagOfWords(texts, number === 0 ? 8 : 16));
      await embedder.embed(['a'], quiet);
      await assert.rejects(embedder.embed(['b'], quiet), {
        kind: 'model-failed',
        message: /a vector has 16 numbers where the others have 8/,
      });
    });

    it('gives up on a server that is silent', async () => {
      const timeouts = { firstByteMs: 50 };
      const embedder = await serve(() => ({ silence: true }), { patient: { timeouts }, quick: { timeouts } });
      await assert.rejects(embedder.embed(['a'], quiet), { kind: 'timeout' });
      await assert.rejects(embedder.embedQuestion!('a', quiet), { kind: 'timeout' });
    });

    it('is cancelled while it waits, for an answer and for a limit to pass', async () => {
      const asked = Promise.withResolvers<undefined>();
      const embedder = await serve((_, number) => {
        if (number === 1) asked.resolve(undefined);
        return number === 0 ? { status: 429, headers: { 'retry-after': '100' } } : { silence: true };
      });
      const first = new AbortController();
      const limited = assert.rejects(embedder.embed(['a'], first.signal), { kind: 'cancelled' });
      await (
        await server!.request(0)
      ).ended;
      first.abort();
      await limited;
      const second = new AbortController();
      const silent = assert.rejects(embedder.embed(['a'], second.signal), { kind: 'cancelled' });
      await asked.promise;
      second.abort();
      await silent;
      assert.equal(await (await server!.request(1)).ended, 'closed-by-client');
    });

    it('says that nothing listens there', async () => {
      const embedder = await serve((texts) => bagOfWords(texts), { patient: { retry: { retries: 0 } } });
      await server!.close();
      server = undefined;
      await assert.rejects(embedder.embed(['a'], quiet), { kind: 'model-unreachable' });
    });
  });
}

describe('an embedding model', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const openAi = async (options: Partial<OpenAiServerOptions>): Promise<ModelServer> => {
    const server = await startOpenAiServer({
      reply: noReply,
      embed: (texts) => bagOfWords(texts),
      ...options,
    });
    servers.push(server);
    return server;
  };

  it('works with servers that do not know base64', async () => {
    const vectors: Float32Array[] = [];
    for (const base64 of ['knows', 'ignores', 'refuses'] as const) {
      const { url } = await openAi({ base64 });
      const embedder = createOpenAiEmbedder({ name: 'm', baseUrl: url, apiKey: undefined });
      vectors.push(...(await embedder.embed(['orders of customers'], quiet)));
      await embedder.embed(['again'], quiet);
    }
    assert.deepEqual(vectors[1], vectors[0]);
    assert.deepEqual(vectors[2], vectors[0]);
    assert.equal(servers[2]?.requests.length, 3); // it asks in vain only once
  });

  it('notices NaN inside base64', async () => {
    const { url } = await openAi({ embed: () => [[1, Number.NaN]] });
    const embedder = createOpenAiEmbedder({ name: 'm', baseUrl: url, apiKey: undefined });
    await assert.rejects(embedder.embed(['a'], quiet), { message: /not a number/ });
  });

  it('says that the key is wrong or missing, and never shows it', async () => {
    const { url } = await openAi({ apiKey: 'another' });
    const refused = createOpenAiEmbedder({ name: 'm', baseUrl: url, apiKey: key });
    await assert.rejects(refused.embed(['a'], quiet), (thrown: Error & { kind: string }) => {
      assert.equal(thrown.kind, 'model-authentication');
      assert.ok(!JSON.stringify(thrown).includes(key) && !thrown.message.includes(key));
      return true;
    });
    const missing = createOpenAiEmbedder({ name: 'm', apiKey: undefined });
    await assert.rejects(missing.embed(['a'], quiet), { kind: 'model-authentication' });
  });

  it('says that there is no such model', async () => {
    const server = await startOllamaServer({ reply: noReply, models: ['other'] });
    servers.push(server);
    const embedder = createOllamaEmbedder({ name: 'nomic-embed-text', baseUrl: server.url });
    await assert.rejects(embedder.embed(['a'], quiet), {
      kind: 'model-not-found',
      detail: {
        subject: 'nomic-embed-text',
        hint: 'Pull it (ollama pull nomic-embed-text), or choose another model.',
        pullable: 'nomic-embed-text',
      },
    });
  });

  it('is named by its server unless that is the usual one', () => {
    const openAiAt = (baseUrl?: string): string =>
      createOpenAiEmbedder({ name: 'm', baseUrl, apiKey: undefined }).id;
    const ollamaAt = (baseUrl?: string): string => createOllamaEmbedder({ name: 'm', baseUrl }).id;
    assert.deepEqual(
      [openAiAt(), openAiAt('http://127.0.0.1:1/v1'), ollamaAt(), ollamaAt('http://gpu:11434')],
      ['openai:m', 'openai:m@127.0.0.1:1', 'ollama:m', 'ollama:m@gpu:11434'],
    );
  });
});
