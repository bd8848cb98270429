/** OpenAI-compatible models through the real SDK against a server that speaks the protocol: what this SDK has of its own; `faults.test.ts` has what both share. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createOpenAiModel, type OpenAiModelOptions } from '../../../src/models/openaiModel.ts';
import type { ChatModel } from '../../../src/models/chatModel.ts';
import type { ScriptedReply } from '../../servers/httpReply.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import {
  startOpenAiServer,
  type OpenAiChatBody,
  type OpenAiServerOptions,
} from '../../servers/openaiServer.ts';
import { answerText, ask, askInVain, quickRetry, request } from './chatRequests.ts';

const key = 'sk-test-0123456789-secret';

describe('openaiModel', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(
    reply: OpenAiServerOptions['reply'],
    more: Partial<OpenAiServerOptions> = {},
  ): Promise<ModelServer> {
    const server = await startOpenAiServer({ reply, apiKey: key, ...more });
    servers.push(server);
    return server;
  }
  function modelAt(server: ModelServer, more: Partial<OpenAiModelOptions> = {}): ChatModel {
    return createOpenAiModel({ name: 'gpt-x', baseUrl: server.url, apiKey: key, retry: quickRetry, ...more });
  }
  async function faultOf(reply: ScriptedReply, more: Partial<OpenAiModelOptions> = {}) {
    const server = await serve(() => reply);
    return { server, ...(await askInVain(modelAt(server, more))) };
  }
  const bodyOf = (server: ModelServer, index: number) => server.requests[index]!.body as OpenAiChatBody;

  it('streams the reply in order, and gives usage and end', async () => {
    const pieces = ['{"sql": ', '"SELECT ', 'count(*) ', 'FROM shop.orders"}'];
    const server = await serve(() => ({ text: answerText, pieces, usage: { input: 321, output: 12 } }));
    const asked = await ask(modelAt(server));
    assert.deepEqual(asked.pieces, pieces);
    assert.equal(asked.text, answerText);
    assert.deepEqual(asked.usage, { inputTokens: 321, outputTokens: 12 });
    assert.equal(asked.truncated, false);
    assert.equal(await server.requests[0]!.ended, 'finished');
  });

  it('gives each piece when it comes, not at the end', async () => {
    const gate = Promise.withResolvers<undefined>();
    const server = await serve(() => ({ text: 'ab', pieces: ['a', 'b'], silentAfter: 1 }));
    const controller = new AbortController();
    const model = modelAt(server);
    const done = model.chat(request, () => gate.resolve(undefined), controller.signal);
    await gate.promise; // the server holds the rest back
    controller.abort();
    await assert.rejects(done, { kind: 'cancelled' });
  });

  it('sends the messages and asks for structured output and usage', async () => {
    const server = await serve(() => answerText);
    await ask(modelAt(server));
    const body = bodyOf(server, 0);
    assert.equal(body.model, 'gpt-x');
    assert.deepEqual(body.messages, request.messages);
    assert.equal(body.stream, true);
    assert.deepEqual(body.stream_options, { include_usage: true });
    assert.deepEqual(body.response_format, {
      type: 'json_schema',
      json_schema: { name: 'sql_reply', strict: true, schema: request.replySchema.schema },
    });
    assert.equal(server.requests[0]!.headers.authorization, `Bearer ${key}`);
  });

  it('asks again without structured output when the server refuses that, and remembers it', async () => {
    const server = await serve((body) =>
      body.response_format === undefined
        ? answerText
        : { status: 400, message: "'response_format.type' must be 'text' or 'json_object'" },
    );
    const model = modelAt(server);
    assert.equal((await ask(model)).text, answerText);
    assert.equal((await ask(model)).text, answerText);
    assert.deepEqual(
      server.requests.map((_, index) => bodyOf(server, index).response_format !== undefined),
      [true, false, false],
    );
  });

  it('leaves out, one by one, whatever optional parameter the server refuses', async () => {
    const server = await serve((body) => {
      if (body.temperature !== undefined) return { status: 400, message: "Unsupported value: 'temperature'" };
      if (body.stream_options !== undefined)
        return { status: 422, message: 'stream_options: extra fields not permitted' };
      return body.response_format === undefined
        ? answerText
        : { status: 400, message: 'json_schema is not supported' };
    });
    const asked = await ask(modelAt(server));
    assert.equal(asked.text, answerText);
    assert.deepEqual(asked.usage, { inputTokens: undefined, outputTokens: undefined });
    assert.equal(server.requests.length, 4);
  });

  it('does not ask again after a 400 that is about something else', async () => {
    const { error, server } = await faultOf({
      status: 400,
      message: "This model's maximum context length is 10 tokens",
    });
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /maximum context length/);
    assert.equal(server.requests.length, 1);
  });

  it('tells a reply that ran out of tokens', async () => {
    const server = await serve(() => ({ text: '{"sql": "SEL', finish: 'length' }));
    assert.equal((await ask(modelAt(server))).truncated, true);
  });

  it('needs no key for a server without keys, and takes none from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      OPENAI_API_KEY: 'sk-environment',
      OPENAI_ADMIN_KEY: 'sk-admin',
      OPENAI_ORG_ID: 'org-1',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    });
    try {
      const server = await startOpenAiServer({ reply: () => answerText });
      servers.push(server);
      assert.equal((await ask(modelAt(server, { apiKey: undefined }))).text, answerText);
      const { headers } = server.requests[0]!;
      assert.equal(headers.authorization, undefined);
      assert.equal(headers['openai-organization'], undefined);
    } finally {
      process.env = before;
    }
  });

  it('sends nothing to OpenAI itself without a key', async () => {
    const { error } = await askInVain(createOpenAiModel({ name: 'gpt-x', apiKey: undefined }));
    assert.equal(error.kind, 'model-authentication');
    assert.equal(error.detail.subject, 'api.openai.com');
  });

  it('401: authentication, and the key that the server repeats is struck out everywhere', async () => {
    const server = await serve(() => answerText);
    const wrong = 'sk-wrong-key-987654';
    const { error } = await askInVain(modelAt(server, { apiKey: wrong }));
    assert.equal(error.kind, 'model-authentication');
    assert.match(error.message, /Incorrect API key provided: …/);
    assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(wrong));
    assert.equal(server.requests.length, 1);
  });

  it('a key that cannot be sent is an authentication fault, and is not told', async () => {
    const server = await serve(() => answerText);
    const odd = 'sk-odd\nkey';
    const { error } = await askInVain(modelAt(server, { apiKey: odd }));
    assert.equal(error.kind, 'model-authentication');
    assert.ok(!inspect(error, { depth: 10 }).includes('sk-odd'), inspect(error));
    assert.equal(server.requests.length, 0);
  });

  it('429 with a Retry-After that is too long: gives up at once and tells how long, by seconds or date', async () => {
    const seconds = await faultOf({ status: 429, headers: { 'retry-after': '60' } });
    assert.equal(seconds.error.detail.retryAfterMs, 60_000);
    assert.equal(seconds.server.requests.length, 1);
    const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();
    const date = await faultOf({ status: 429, headers: { 'retry-after': inTwoMinutes } });
    assert.ok(date.error.detail.retryAfterMs! > 110_000 && date.error.detail.retryAfterMs! <= 120_000);
  });

  it('503 once is forgiven, whatever its body is', async () => {
    let calls = 0;
    const lame = await serve(() => (calls++ === 0 ? { status: 503, body: '<html>busy</html>' } : answerText));
    assert.equal((await ask(modelAt(lame))).text, answerText);
  });

  it('no server: unreachable, at once', async () => {
    const server = await startOpenAiServer({ reply: () => answerText });
    await server.close();
    const { error } = await askInVain(modelAt(server, { retry: { baseMs: 60_000 } }));
    assert.equal(error.kind, 'model-unreachable');
    assert.match(error.message, /nothing listens there/);
  });

  it('an unknown host: unreachable', async () => {
    const model = createOpenAiModel({
      name: 'x',
      baseUrl: 'http://no-such-host.invalid/v1',
      apiKey: key,
      retry: quickRetry,
    });
    const { error } = await askInVain(model);
    assert.equal(error.kind, 'model-unreachable');
    assert.equal(error.detail.subject, 'no-such-host.invalid');
  });

  it('a stream that ends politely but too early: failed', async () => {
    const event = { choices: [{ index: 0, delta: { content: 'SEL' }, finish_reason: null }] };
    const { error, pieces } = await faultOf({ garbage: `data: ${JSON.stringify(event)}\n\n` });
    assert.equal(error.kind, 'model-failed');
    assert.deepEqual(pieces, ['SEL']);
  });

  for (const garbage of ['data: 42\n\n', 'data: {"x":1}\n\n']) {
    it(`JSON of another kind: failed: ${JSON.stringify(garbage)}`, async () => {
      const { error } = await faultOf({ garbage });
      assert.equal(error.kind, 'model-failed');
      assert.doesNotMatch(error.message, /undefined|Unexpected token/);
    });
  }

  it('an error in the middle of the stream: failed, with what the server says', async () => {
    const { error } = await faultOf({ garbage: 'data: {"error":{"message":"out of memory"}}\n\n' });
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /out of memory/);
  });

  it('a refusal and a content filter: failed', async () => {
    const choice = (fields: object) => `data: ${JSON.stringify({ choices: [{ index: 0, ...fields }] })}\n\n`;
    const refusal = await faultOf({
      garbage: choice({ delta: { refusal: 'I cannot.' }, finish_reason: 'stop' }),
    });
    assert.match(refusal.error.message, /declined to answer: I cannot\./);
    const filtered = await faultOf({ garbage: choice({ delta: {}, finish_reason: 'content_filter' }) });
    assert.match(filtered.error.message, /content filter/);
  });

  it('a redirect is not followed: it could lead the prompt elsewhere', async () => {
    const elsewhere = await serve(() => answerText);
    const { error } = await faultOf({
      status: 307,
      headers: { location: `${elsewhere.url}/chat/completions` },
    });
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /another address/);
    assert.equal(elsewhere.requests.length, 0);
  });

  it('a stream without end is stopped, also when none of it is text', async () => {
    const { error } = await faultOf({ garbage: `: ${'x'.repeat(1021)}\n`.repeat(17 * 1024) });
    assert.match(error.message, /without end/);
  });

  it('a slow reply is no fault while it goes on', async () => {
    const server = await serve(() => ({ text: 'abcdefgh', pieces: ['ab', 'cd', 'ef', 'gh'], delayMs: 30 }));
    const asked = await ask(modelAt(server, { timeouts: { idleMs: 200, firstByteMs: 5000 } }));
    assert.equal(asked.text, 'abcdefgh');
  });
});
