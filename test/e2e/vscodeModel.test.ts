/** VS Code's own models, offered by a real extension through the real API of this VS Code. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settings } from '../../src/editor/contributions.ts';
import { createVscodeModel, listVscodeModels } from '../../src/editor/vscodeModel.ts';
import type { ChatRequest } from '../../src/models/chatModel.ts';
import { KhipuError } from '../../src/shared/errors.ts';
import { problemOf } from '../../src/shared/messages.ts';
import { configure, forgetModels, nowhere } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, whatWasSent } from './khipu.ts';
import { modelExtension, says, type ModelExtension } from './modelExtension.ts';
import { ollama } from './models.ts';
import { sqlReply } from './replies.ts';
import { openZoo, rowValues, type Zoo } from './zoo.ts';

const request: ChatRequest = {
  messages: [
    { role: 'system', content: 'You write SQL.' },
    { role: 'user', content: 'How many?' },
    { role: 'assistant', content: 'SELECT 1' },
    { role: 'user', content: 'No, all.' },
  ],
  replySchema: { name: 'reply', schema: {} },
};
const never = new AbortController().signal;
const answer = sqlReply('SELECT a.name FROM zoo.animals AS a ORDER BY a.id');
const question = 'What are the animals called?';

async function faultOf(chat: Promise<unknown>): Promise<KhipuError> {
  return chat.then(
    () => assert.fail('the model answered'),
    (thrown: unknown) => {
      assert.ok(thrown instanceof KhipuError, String(thrown));
      return thrown;
    },
  );
}

describe("VS Code's models", () => {
  let extension: ModelExtension;
  before(async () => {
    extension = await modelExtension();
  });
  beforeEach(() => {
    extension.requests.length = 0;
    extension.reply = says(extension, answer);
  });

  it('are listed by id', async () => {
    const models = await listVscodeModels();
    assert.deepEqual(
      models.filter(({ vendor }) => vendor === 'khipu-test'),
      [
        { name: 'test-1', title: 'Test Model test-1', vendor: 'khipu-test', maxInputTokens: 20_000 },
        { name: 'test-2', title: 'Test Model test-2', vendor: 'khipu-test', maxInputTokens: 20_000 },
      ],
    );
  });

  it('stream their text, count tokens, and get the system message as part of the first', async () => {
    const pieces: string[] = [];
    const reply = await createVscodeModel('test-2').chat(request, (piece) => pieces.push(piece), never);
    assert.equal(reply.text, answer);
    assert.equal(pieces.join(''), answer);
    assert.ok(pieces.length > 1, 'it came in one piece');
    assert.ok((reply.usage.inputTokens ?? 0) > 8 && (reply.usage.outputTokens ?? 0) > 8);
    assert.deepEqual(extension.requests, [
      {
        model: 'test-2',
        messages: [
          { role: 'user', text: 'You write SQL.\n\nHow many?' },
          { role: 'assistant', text: 'SELECT 1' },
          { role: 'user', text: 'No, all.' },
        ],
      },
    ]);
  });

  it('are found by id, by vendor and id, and by family', async () => {
    for (const name of ['test-1', 'khipu-test/test-1', 'family-a'])
      await createVscodeModel(name).chat(request, () => undefined, never);
    assert.deepEqual(
      extension.requests.map(({ model }) => model),
      ['test-1', 'test-1', 'test-1'],
    );
  });

  it('that are not there: said, with those that are', async () => {
    const error = await faultOf(createVscodeModel('gone').chat(request, () => undefined, never));
    assert.equal(error.kind, 'model-not-found');
    assert.match(problemOf(error).next, /It offers .*test-1/);
  });

  for (const [kind, told, words] of [
    ['NoPermissions', 'model-not-allowed', /not allowed/],
    ['Blocked', 'model-rate-limited', /takes no requests for now: enough for today\./],
    ['NotFound', 'model-not-found', /not offered any more/],
  ] as const) {
    it(`that refuse by ${kind}: ${told}`, async () => {
      extension.reply = () => Promise.reject(extension.error(kind, 'enough for today'));
      const error = await faultOf(createVscodeModel('test-1').chat(request, () => undefined, never));
      assert.equal(error.kind, told);
      assert.match(error.message, words);
      assert.notEqual(problemOf(error).next, '');
    });
  }

  it('that fail in mid-stream: failed, with what they say', async () => {
    extension.reply = (_request, progress) => {
      progress.report(extension.textPart('{"sql"'));
      return Promise.reject(new Error('the cat ate the cable'));
    };
    const error = await faultOf(createVscodeModel('test-1').chat(request, () => undefined, never));
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /the cat ate the cable/);
  });

  it('that never end: stopped, and told so', async () => {
    let told = false;
    extension.reply = async (_request, progress, token) => {
      const over = new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
      const more = setInterval(() => progress.report(extension.textPart('x'.repeat(50_000))), 1);
      await over.finally(() => clearInterval(more));
      told = true;
    };
    const error = await faultOf(createVscodeModel('test-1').chat(request, () => undefined, never));
    assert.equal(error.kind, 'model-failed');
    assert.match(error.message, /without end/);
    await untilTrue(() => told);
  });

  it('that stay silent, and heed no token: timeout, at every stage', async () => {
    extension.reply = () => new Promise(() => undefined);
    const timeouts = { firstTextMs: 100 };
    const before = await faultOf(
      createVscodeModel('test-1', { timeouts }).chat(request, () => undefined, never),
    );
    assert.equal(before.kind, 'timeout');
    extension.reply = (_request, progress) => {
      progress.report(extension.textPart('{"sql"'));
      return new Promise(() => undefined);
    };
    const model = createVscodeModel('test-1', { timeouts: { idleMs: 100 } });
    const middle = await faultOf(model.chat(request, () => undefined, never));
    assert.match(middle.message, /middle of its reply/);
  });

  it('cancelled before, at the first word and while silent: the extension is told', async () => {
    const cancelled: string[] = [];
    extension.reply = (_request, progress, token) =>
      new Promise((resolve) => {
        progress.report(extension.textPart('{"sql"'));
        token.onCancellationRequested(() => {
          cancelled.push('told');
          resolve();
        });
      });
    const controller = new AbortController();
    const chat = createVscodeModel('test-1').chat(request, () => controller.abort(), controller.signal);
    assert.equal((await faultOf(chat)).kind, 'cancelled');
    await untilTrue(() => cancelled.length === 1);
    const early = createVscodeModel('test-1').chat(request, () => undefined, AbortSignal.abort());
    assert.equal((await faultOf(early)).kind, 'cancelled');
    assert.equal(extension.requests.length, 1);
  });

  it('get no prompt that they cannot read', async () => {
    const long = { ...request, messages: [{ role: 'user' as const, content: 'x'.repeat(90_000) }] };
    const error = await faultOf(createVscodeModel('test-1').chat(long, () => undefined, never));
    assert.match(error.message, /does not fit .*\(20000 tokens\)/);
    assert.equal(extension.requests.length, 0);
  });

  describe('behind Ask Database', () => {
    let zoo: Zoo;
    before(async () => {
      zoo = await openZoo('vscode-model');
      await configure({
        [settings.modelProvider]: 'vscode',
        [settings.modelName]: 'test-1',
        [settings.ollamaBaseUrl]: nowhere,
      });
    });
    after(async () => {
      await forgetModels();
      await zoo.dispose();
    });
    afterEach(closeEditors);

    it('answer, as a remote model that sees no values', async () => {
      const outcome = await ask(question, zoo.id);
      assert.deepEqual([outcome.error, outcome.model, outcome.rows.length], [undefined, 'vscode:test-1', 3]);
      assert.match(await whatWasSent(question), /vscode:test-1 \(remote\)/);
      const sent = JSON.stringify(extension.requests);
      for (const value of rowValues) assert.ok(!sent.includes(value), `${value} was sent`);
    });

    it('that may not be asked yield to an Ollama on this machine, and the answer says why', async () => {
      extension.reply = () => Promise.reject(extension.error('NoPermissions', 'no'));
      const local = await ollama.start(() => answer);
      await configure({ [settings.modelProvider]: 'vscode', [settings.modelName]: 'test-1' });
      try {
        const outcome = await ask(question, zoo.id);
        assert.equal(outcome.model, ollama.label);
        assert.match(outcome.notices.join(), /vscode:test-1 may not be asked/);
      } finally {
        await local.close();
        await configure({ [settings.ollamaBaseUrl]: nowhere });
      }
    });

    it('that write a DROP TABLE are refused by the guard', async () => {
      extension.reply = says(extension, sqlReply('DROP TABLE zoo.visits'));
      const outcome = await ask('Remove all visits', zoo.id);
      assert.match(outcome.error ?? '', /only|read/i);
      assert.equal(await zoo.value('SELECT count(*)::int FROM zoo.visits'), 3000);
    });
  });
});

/** Waits for what another call brings about; the test's own limit ends it. */
async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await vscode.commands.executeCommand('setContext', 'khipu.test', 1);
}
