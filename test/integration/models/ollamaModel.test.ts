/** Ollama models through the real SDK against a server that speaks the native protocol: what this SDK has of its own; `faults.test.ts` has what both share. */
import assert from 'node:assert/strict';
import type { ChatModel, ChatRequest } from '../../../src/models/chatModel.ts';
import { createOllamaModel, type OllamaModelOptions } from '../../../src/models/ollamaModel.ts';
import { listOllamaModels, probeOllama } from '../../../src/models/ollamaModels.ts';
import type { ScriptedReply } from '../../servers/httpReply.ts';
import { startHttpServer, type ModelServer } from '../../servers/httpServer.ts';
import {
  startOllamaServer,
  type OllamaChatBody,
  type OllamaServerOptions,
} from '../../servers/ollamaServer.ts';
import { answerText, ask, askInVain, neverAborted, quickRetry, request } from './chatRequests.ts';

describe('ollamaModel', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(
    reply: OllamaServerOptions['reply'],
    models: OllamaServerOptions['models'] = ['qwen3:8b'],
  ): Promise<ModelServer> {
    const server = await startOllamaServer({ reply, models });
    servers.push(server);
    return server;
  }
  function modelAt(server: ModelServer, more: Partial<OllamaModelOptions> = {}): ChatModel {
    return createOllamaModel({ name: 'qwen3:8b', baseUrl: server.url, retry: quickRetry, ...more });
  }
  async function faultOf(reply: ScriptedReply, more: Partial<OllamaModelOptions> = {}) {
    const server = await serve(() => reply);
    return { server, ...(await askInVain(modelAt(server, more))) };
  }
  const chats = (server: ModelServer) => server.requests.filter(({ path }) => path === '/api/chat');
  const bodyOf = (server: ModelServer, index: number) => chats(server)[index]!.body as OllamaChatBody;
  const sized = (chars: number): ChatRequest => ({
    ...request,
    messages: [{ role: 'user', content: 'ab, '.repeat(chars / 4) }],
  });
  const chatSized = (model: ChatModel, chars: number) =>
    model.chat(sized(chars), () => undefined, neverAborted());

  it('streams the reply in order, and gives usage and end', async () => {
    const pieces = ['{"sql": ', '"SELECT ', '1"}'];
    const server = await serve(() => ({ text: '', pieces, usage: { input: 123, output: 9 } }));
    const asked = await ask(modelAt(server));
    assert.deepEqual(asked.pieces, pieces);
    assert.equal(asked.text, pieces.join(''));
    assert.deepEqual(asked.usage, { inputTokens: 123, outputTokens: 9 });
    assert.equal(asked.truncated, false);
    assert.equal(await chats(server)[0]!.ended, 'finished');
  });

  it('sends the messages, the schema as format, and the context size', async () => {
    const server = await serve(() => answerText);
    await ask(modelAt(server));
    const body = bodyOf(server, 0);
    assert.equal(body.model, 'qwen3:8b');
    assert.deepEqual(body.messages, request.messages);
    assert.deepEqual(body.format, request.replySchema.schema);
    assert.equal(body.options?.num_ctx, 8192);
    assert.equal(body.options.temperature, 0);
  });

  it('asks for more context when the prompt is long, up to what is allowed and what the model has', async () => {
    const server = await serve(() => answerText, ['qwen3:8b', { name: 'small', contextLength: 4096 }]);
    await chatSized(modelAt(server), 20_000);
    await chatSized(modelAt(server), 84_000);
    await chatSized(modelAt(server, { contextTokens: 10_000 }), 20_000);
    await chatSized(modelAt(server, { name: 'small' }), 400);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => bodyOf(server, index).options?.num_ctx),
      [16_384, 32_768, 10_000, 4096],
    );
  });

  it('asks a model for its context once', async () => {
    const server = await serve(() => answerText);
    const model = modelAt(server);
    await ask(model);
    await ask(model);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/api/show', '/api/chat', '/api/chat'],
    );
  });

  it('notices that the server cut the prompt', async () => {
    const server = await serve(() => answerText);
    // 29,000 characters are about 8,800 tokens to the server: more than 8192, of which it then keeps half.
    await assert.rejects(chatSized(modelAt(server, { contextTokens: 8192 }), 29_000), (error: unknown) => {
      assert.ok(error instanceof Error && 'kind' in error && 'detail' in error);
      assert.equal(error.kind, 'model-failed');
      assert.match(error.message, /does not fit .*\(8192 tokens\)/);
      assert.match(JSON.stringify(error.detail), /larger context/);
      return true;
    });
  });

  it('does not even send what surely cannot fit', async () => {
    const server = await serve(() => answerText);
    await assert.rejects(chatSized(modelAt(server, { contextTokens: 8192 }), 60_000), {
      kind: 'model-failed',
    });
    assert.equal(chats(server).length, 0);
  });

  it('tells a reply that ran out of tokens', async () => {
    const server = await serve(() => ({ text: 'SEL', finish: 'length' }));
    assert.equal((await ask(modelAt(server))).truncated, true);
  });

  it('is local on this machine, except for cloud models, which the server passes on', () => {
    assert.equal(createOllamaModel({ name: 'qwen3:8b' }).locality, 'local');
    assert.equal(createOllamaModel({ name: 'gpt-oss:120b-cloud' }).locality, 'remote');
    assert.equal(
      createOllamaModel({ name: 'qwen3:8b', baseUrl: 'http://10.1.2.3:11434' }).locality,
      'remote',
    );
  });

  it('404: unknown model, and how to get it', async () => {
    const server = await serve(() => answerText, ['llama3:8b']);
    const { error } = await askInVain(modelAt(server));
    assert.equal(error.kind, 'model-not-found');
    assert.equal(error.detail.hint, 'Pull it (ollama pull qwen3:8b), or choose another model.');
    assert.equal(error.detail.pullable, 'qwen3:8b');
  });

  it('no server: unreachable, at once, and how to start it', async () => {
    const server = await startOllamaServer({ reply: () => answerText, models: [] });
    await server.close();
    const { error } = await askInVain(modelAt(server, { retry: { baseMs: 60_000 } }));
    assert.equal(error.kind, 'model-unreachable');
    assert.equal(error.detail.hint, 'Run: ollama serve');
  });

  it('a stream that ends politely, but in the middle of a line or before the last: failed', async () => {
    const line = '{"message":{"role":"assistant","content":"SEL"},"done":false}\n';
    const half = await faultOf({ garbage: `${line}{"message":{"role"` });
    assert.match(half.error.message, /broke off/);
    const early = await faultOf({ garbage: line });
    assert.equal(early.error.kind, 'model-failed');
    assert.deepEqual(early.pieces, ['SEL']);
  });

  for (const garbage of ['<html>hello</html>', 'not json\n', '{"x":1}\n', '42\n', '']) {
    it(`garbage: failed, and nothing is printed: ${JSON.stringify(garbage)}`, async () => {
      const printed: unknown[] = [];
      const { log, warn } = console;
      console.log = console.warn = (...args: unknown[]) => printed.push(args);
      try {
        const { error } = await faultOf({ garbage });
        assert.equal(error.kind, 'model-failed');
        assert.doesNotMatch(error.message, /undefined|operator/);
      } finally {
        Object.assign(console, { log, warn });
      }
      assert.deepEqual(printed, []);
    });
  }

  it('garbage between good lines is not skipped', async () => {
    const line = (content: string, done: boolean) =>
      `${JSON.stringify({ message: { role: 'assistant', content }, done })}\n`;
    const { error } = await faultOf({ garbage: `${line('DELETE ', false)}{{{\n${line('1', true)}` });
    assert.equal(error.kind, 'model-failed');
  });

  it('an error in the middle of the stream: failed, with what the server says', async () => {
    const { error } = await faultOf({ garbage: '{"error":"llama runner process has terminated"}\n' });
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /runner process has terminated/);
  });

  describe('probe', () => {
    it('lists the models and picks the newest that can chat and stays here', async () => {
      const server = await serve(
        () => answerText,
        [
          { name: 'llama3:8b', modifiedAt: '2024-01-01T00:00:00Z' },
          { name: 'qwen3:8b', modifiedAt: '2025-05-01T00:00:00Z' },
          { name: 'nomic-embed-text:latest', modifiedAt: '2025-06-01T00:00:00Z', family: 'nomic-bert' },
          { name: 'mxbai-embed-large', modifiedAt: '2025-06-01T00:00:00Z' },
          {
            name: 'gpt-oss:120b-cloud',
            modifiedAt: '2025-06-02T00:00:00Z',
            remoteHost: 'https://ollama.com:443',
          },
        ],
      );
      const probe = await probeOllama(server.url, neverAborted());
      assert.equal(probe?.defaultModel, 'qwen3:8b');
      assert.deepEqual(
        probe.models.map(({ name, canChat, cloud }) => [name, canChat, cloud]),
        [
          ['llama3:8b', true, false],
          ['qwen3:8b', true, false],
          ['nomic-embed-text:latest', false, false],
          ['mxbai-embed-large', false, false],
          ['gpt-oss:120b-cloud', true, true],
        ],
      );
      assert.equal((await listOllamaModels(server.url, neverAborted())).length, 5);
    });

    it('finds nothing where nothing listens, where something else answers, and where no one answers in a second', async () => {
      const gone = await startOllamaServer({ reply: () => '', models: [] });
      await gone.close();
      assert.equal(await probeOllama(gone.url, neverAborted()), undefined);
      const other = await startHttpServer('', ({ response }) => Promise.resolve(void response.end('hello')));
      servers.push(other);
      assert.equal(await probeOllama(other.url, neverAborted()), undefined);
      const mute = await startHttpServer('', () => Promise.resolve());
      servers.push(mute);
      const started = performance.now();
      assert.equal(await probeOllama(mute.url, neverAborted()), undefined);
      const ms = performance.now() - started;
      assert.ok(ms > 900 && ms < 3000, `${ms} ms`);
    });

    it('is cancelled, not answered, when it is cancelled', async () => {
      const mute = await startHttpServer('', () => Promise.resolve());
      servers.push(mute);
      const controller = new AbortController();
      const probing = probeOllama(mute.url, controller.signal);
      await mute.request(0);
      controller.abort();
      await assert.rejects(probing, { kind: 'cancelled' });
    });

    it('says why a list cannot be had', async () => {
      const other = await startHttpServer('', ({ response }) =>
        Promise.resolve(void response.end('{"a":1}')),
      );
      servers.push(other);
      await assert.rejects(listOllamaModels(other.url, neverAborted()), { kind: 'model-failed' });
    });
  });
});
