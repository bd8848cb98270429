/** What can go wrong with a model, the same list through both SDKs: each ends in a clear message or a right answer, never a hang. */
import assert from 'node:assert/strict';
import type { AskOptions } from '../../../src/models/ask.ts';
import type { ChatModel } from '../../../src/models/chatModel.ts';
import { createOllamaModel } from '../../../src/models/ollamaModel.ts';
import { createOpenAiModel } from '../../../src/models/openaiModel.ts';
import { maxReplyChars } from '../../../src/models/replyText.ts';
import type { ErrorKind } from '../../../src/shared/errors.ts';
import { problemOf } from '../../../src/shared/messages.ts';
import { endless, type ScriptedReply } from '../../servers/httpReply.ts';
import type { ModelServer, RecordedRequest } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { leastHold } from '../database/eventLoop.ts';
import { answerText, ask, askInVain, neverAborted, quickRetry, request } from './chatRequests.ts';

type Script = (body: { readonly model: string }) => ScriptedReply;

interface Sdk {
  readonly name: string;
  start(reply: Script, models?: readonly string[]): Promise<ModelServer>;
  model(server: ModelServer, options: AskOptions, name?: string): ChatModel;
  /** One part of a stream, as its protocol wraps a piece of text. */
  part(text: string): string;
}

const sdks: readonly Sdk[] = [
  {
    name: 'openai',
    start: (reply, models = ['m', 'n']) => startOpenAiServer({ reply, models, apiKey: 'sk-faults' }),
    model: (server, options, name = 'm') =>
      createOpenAiModel({ name, baseUrl: server.url, apiKey: 'sk-faults', retry: quickRetry, ...options }),
    part: (content) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
  },
  {
    name: 'ollama',
    start: (reply, models = ['m', 'n']) => startOllamaServer({ reply, models }),
    model: (server, options, name = 'm') =>
      createOllamaModel({ name, baseUrl: server.url, retry: quickRetry, ...options }),
    part: (content) => `${JSON.stringify({ message: { role: 'assistant', content }, done: false })}\n`,
  },
];

interface Fault {
  readonly name: string;
  readonly reply: ScriptedReply;
  readonly options?: AskOptions;
  readonly kind: ErrorKind;
  readonly words: RegExp;
  /** Words came before it: then it is not asked again, for they may have been shown. */
  readonly inWords?: true;
  /** How often the model is asked; once when left out. */
  readonly asked?: number;
  /** How the last exchange ends for the server, where that matters. */
  readonly ended?: Awaited<RecordedRequest['ended']>;
}

const tenMegabytes = 'x'.repeat(10 * 1024 * 1024);

const faults: readonly Fault[] = [
  {
    name: 'silence before the first byte',
    reply: { silence: true },
    options: { timeouts: { firstByteMs: 60 } },
    kind: 'timeout',
    words: /did not answer within/,
    ended: 'closed-by-client',
  },
  {
    name: 'silence before the first word',
    reply: { text: answerText, silentAfter: 0 },
    options: { timeouts: { firstTextMs: 60 } },
    kind: 'timeout',
    words: /wrote nothing within/,
    ended: 'closed-by-client',
  },
  {
    name: 'silence in mid-stream',
    reply: { text: answerText, silentAfter: 2 },
    options: { timeouts: { idleMs: 60 } },
    kind: 'timeout',
    words: /middle of its reply/,
    inWords: true,
    ended: 'closed-by-client',
  },
  {
    name: 'a reply that trickles beyond the deadline',
    reply: { text: '', pieces: endless('x'), delayMs: 5 },
    options: { timeouts: { totalMs: 150 } },
    kind: 'timeout',
    words: /did not finish/,
    ended: 'closed-by-client',
  },
  { name: '401', reply: { status: 401 }, kind: 'model-authentication', words: /\(401\)/ },
  {
    name: '429 without Retry-After',
    reply: { status: 429 },
    kind: 'model-rate-limited',
    words: /no more requests for now/,
    asked: 3,
  },
  {
    name: '429 with a long Retry-After',
    reply: { status: 429, headers: { 'retry-after': '90' } },
    kind: 'model-rate-limited',
    words: /no more requests for now/,
  },
  {
    name: '500',
    reply: { status: 500, message: 'boom' },
    kind: 'model-failed',
    words: /failed \(500\): boom/,
    asked: 3,
  },
  {
    name: 'a connection closed at once',
    reply: { hangUp: true },
    kind: 'model-unreachable',
    words: /could not be reached/,
    asked: 3,
  },
  {
    name: 'a connection cut in mid-stream',
    reply: { text: answerText, pieces: Array.from(answerText), cutAfter: 700 },
    kind: 'model-failed',
    words: /broke off/,
    inWords: true,
    ended: 'closed-by-server',
  },
  {
    name: 'malformed JSON',
    reply: { garbage: 'data: {"choices": [{]\n\n' },
    kind: 'model-failed',
    words: /cannot be used|broke off/,
  },
  {
    name: 'a page of HTML',
    reply: { garbage: '<html>502</html>' },
    kind: 'model-failed',
    words: /cannot be used|broke off/,
  },
  {
    name: 'a body without a byte',
    reply: { garbage: '' },
    kind: 'model-failed',
    words: /cannot be used|broke off/,
  },
  {
    name: 'a reply without end',
    reply: { text: '', pieces: endless('SELECT 1, ') },
    kind: 'model-failed',
    words: /without end \(more than 200,000 characters\)/,
    ended: 'closed-by-client',
  },
  {
    name: 'a reply of 10 MB in one piece',
    reply: { text: tenMegabytes, pieces: [tenMegabytes] },
    kind: 'model-failed',
    words: /without end/,
    ended: 'closed-by-client',
  },
  {
    name: 'a reply of 10 MB in pieces',
    reply: { text: '', pieces: Array.from({ length: 10_240 }, () => 'x'.repeat(1024)) },
    kind: 'model-failed',
    words: /without end/,
    ended: 'closed-by-client',
  },
];

for (const sdk of sdks) {
  describe(`faults of models, by the SDK of ${sdk.name}`, () => {
    const servers: ModelServer[] = [];
    afterEach(async () => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    });
    async function serve(reply: Script, models?: readonly string[]): Promise<ModelServer> {
      const server = await sdk.start(reply, models);
      servers.push(server);
      return server;
    }
    const chats = (server: ModelServer): RecordedRequest[] =>
      server.requests.filter(({ path }) => path.includes('chat'));
    async function nextChat(server: ModelServer): Promise<RecordedRequest> {
      for (let index = 0; ; index++) {
        const came = await server.request(index);
        if (came.path.includes('chat')) return came;
      }
    }

    for (const { name, reply, options = {}, kind, words, inWords, asked = 1, ended } of faults) {
      it(`${name}: ${kind}`, async () => {
        const server = await serve(() => reply);
        const { error, pieces } = await askInVain(sdk.model(server, options));
        assert.equal(error.kind, kind, error.message);
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /undefined|\bat .*\.ts:|sk-faults/);
        const { next, actions } = problemOf(error);
        assert.ok(next !== '' && actions.length > 0, 'there is nothing to do next');
        assert.ok(pieces.join('').length <= maxReplyChars);
        if (inWords === true) assert.ok(pieces.length > 0, 'no word came before');
        assert.equal(chats(server).length, asked);
        if (ended !== undefined) assert.equal(await chats(server).at(-1)?.ended, ended);
      });
    }

    it('404, a model that is not there: said, with what to do', async () => {
      const server = await serve(() => answerText, ['other']);
      const { error } = await askInVain(sdk.model(server, {}));
      assert.equal(error.kind, 'model-not-found');
      assert.equal(error.detail.subject, 'm');
      assert.ok(problemOf(error).actions.some(({ id }) => id === 'choose-model'));
    });

    for (const [header, words] of [
      ['0', 'seconds'],
      [new Date(0).toUTCString(), 'a date that is past'],
    ] as const) {
      it(`429 with a Retry-After of ${words}: waits as asked, and succeeds`, async () => {
        let calls = 0;
        const server = await serve(() =>
          calls++ === 0 ? { status: 429, headers: { 'retry-after': header } } : answerText,
        );
        // Its own pause would outlast the test: what the server asks for takes its place.
        const reply = await ask(sdk.model(server, { retry: { baseMs: 600_000, capMs: 600_000 } }));
        assert.equal(reply.text, answerText);
        assert.equal(chats(server).length, 2);
      });
    }

    it('the deadline holds over all attempts and the pauses between them', async () => {
      const server = await serve(() => ({ status: 429, headers: { 'retry-after': '10' } }));
      const { error } = await askInVain(sdk.model(server, { timeouts: { totalMs: 150 } }));
      assert.equal(error.kind, 'timeout');
      assert.equal(chats(server).length, 1);
    });

    for (const text of [
      'I would gladly help, but first tell me more.',
      'I am sorry, I cannot help with that.',
      '',
    ]) {
      it(`a reply that is no answer is passed on as it is: ${JSON.stringify(text)}`, async () => {
        const server = await serve(() => text);
        assert.equal((await ask(sdk.model(server, {}))).text, text);
      });
    }

    it('two at once do not disturb each other, also when one is cancelled', async () => {
      const server = await serve(({ model }) => ({
        text: `by ${model}`,
        pieces: ['by ', model],
        delayMs: 5,
      }));
      const controller = new AbortController();
      const model = sdk.model(server, {});
      const first = model.chat(request, () => controller.abort(), controller.signal);
      const [second, third] = await Promise.all([
        ask(sdk.model(server, {}, 'n')),
        ask(model),
        assert.rejects(first, { kind: 'cancelled' }),
      ]);
      assert.deepEqual([second.text, third.text], ['by n', 'by m']);
    });

    it('cancelled before it begins: nothing is sent', async () => {
      const server = await serve(() => answerText);
      const { error } = await askInVain(sdk.model(server, {}), AbortSignal.abort());
      assert.equal(error.kind, 'cancelled');
      assert.equal(server.requests.length, 0);
    });

    for (const [stage, reply] of [
      ['before the head of the response', { silence: true }],
      ['after the head, before a word', { text: answerText, silentAfter: 0 }],
    ] as const) {
      it(`cancelled ${stage}: the server sees the connection closed`, async () => {
        const server = await serve(() => reply);
        const controller = new AbortController();
        const chat = sdk.model(server, {}).chat(request, () => undefined, controller.signal);
        const arrived = await nextChat(server);
        controller.abort();
        await assert.rejects(chat, { kind: 'cancelled' });
        assert.equal(await arrived.ended, 'closed-by-client');
      });
    }

    it('cancelled in mid-stream: the server sees the connection closed, and no more words come', async () => {
      const server = await serve(() => ({ text: '', pieces: endless('word '), delayMs: 1 }));
      const controller = new AbortController();
      let pieces = 0;
      const onText = (): void => {
        pieces += 1;
        if (pieces === 3) controller.abort();
      };
      await assert.rejects(sdk.model(server, {}).chat(request, onText, controller.signal), {
        kind: 'cancelled',
      });
      assert.equal(await chats(server)[0]?.ended, 'closed-by-client');
      assert.ok(pieces < 10, `${pieces} pieces`);
    });

    it('cancelled in the pause before another attempt: at once, and it is not asked again', async () => {
      const server = await serve(() => ({ status: 429, headers: { 'retry-after': '15' } }));
      const controller = new AbortController();
      const chat = sdk.model(server, {}).chat(request, () => undefined, controller.signal);
      await (
        await nextChat(server)
      ).ended;
      controller.abort();
      await assert.rejects(chat, { kind: 'cancelled' });
      assert.equal(chats(server).length, 1);
    });

    for (const [shape, pieces] of [
      ['one piece', [tenMegabytes]],
      ['pieces', Array.from({ length: 10_240 }, () => 'x'.repeat(1024))],
    ] as const) {
      it(`10 MB in ${shape} do not hold the event loop`, async () => {
        const body = pieces.map((piece) => sdk.part(piece)).join('');
        const server = await serve(() => ({ garbage: body }));
        const model = sdk.model(server, {});
        // The server is in this process, too: its part is to hand one buffer to the socket.
        const held = await leastHold(4, () =>
          model.chat(request, () => undefined, neverAborted()).catch(() => undefined),
        );
        assert.ok(held < 50, `${held} ms`);
      });
    }
  });
}
