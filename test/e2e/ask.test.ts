/** Ask Database beyond the plain answer: models that fail, refuse, wander or are cancelled, and what leaves the machine. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { ScriptedReply } from '../servers/httpReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { configure, forgetModels, nowhere } from './configuration.ts';
import { closeEditors, resultsTab } from './events.ts';
import { ask, openSample, whatWasSent } from './khipu.ts';
import { chats, ollama, openAi, promptOf } from './models.ts';
import { questionBack, sqlReply } from './replies.ts';
import { openZoo, profileOf, rowValues, type Zoo } from './zoo.ts';

const question = 'What are the animals called?';
const answer = sqlReply('SELECT a.name FROM zoo.animals AS a ORDER BY a.id');

describe('Ask Database', () => {
  let zoo: Zoo;
  let server: ModelServer;
  let replies: (prompt: string) => ScriptedReply;
  let asked: unknown[];

  before(async () => {
    zoo = await openZoo('ask');
    server = await openAi.start((prompt) => replies(prompt));
  });

  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });

  beforeEach(() => {
    replies = () => answer;
    asked = chats(server);
  });

  afterEach(closeEditors);

  const requestsSince = (): unknown[] => chats(server).slice(asked.length);

  describe('a statement that writes', () => {
    for (const sql of [
      'DROP TABLE zoo.visits',
      'WITH gone AS (DELETE FROM zoo.visits RETURNING *) SELECT count(*) FROM gone',
      'COMMIT; DELETE FROM zoo.visits',
    ]) {
      it(`is refused: ${sql}`, async () => {
        replies = () => sqlReply(sql);
        const outcome = await ask('Remove all visits', zoo.id);
        assert.match(outcome.error ?? '', /only|read|write|one statement/i);
        assert.equal(outcome.sql, sql);
        assert.deepEqual(outcome.rows, []);
        assert.equal(await zoo.value('SELECT count(*)::int FROM zoo.visits'), 3000);
        await resultsTab('Remove all visits');
      });
    }
  });

  it('has the model correct a name that does not exist', async () => {
    replies = (prompt) =>
      prompt.includes('Near names: zoo.animals') ? answer : sqlReply('SELECT name FROM zoo.animal');
    const outcome = await ask(question, zoo.id);
    assert.equal(outcome.error, undefined);
    assert.equal(outcome.rows.length, 3);
    assert.deepEqual(outcome.notices, ['The model needed one correction.']);
    assert.equal(requestsSince().length, 2);
  });

  it('names what is near when the model insists', async () => {
    replies = () => sqlReply('SELECT name FROM zoo.animal');
    const outcome = await ask(question, zoo.id);
    assert.match(outcome.error ?? '', /There is no table zoo\.animal\./);
    assert.deepEqual(outcome.candidates, ['zoo.animals']);
    assert.equal(outcome.sql?.slice(outcome.position), 'zoo.animal');
  });

  it('passes on what the model asks back', async () => {
    replies = () => questionBack('Which year do you mean?');
    const outcome = await ask('How many visits were there this season?', zoo.id);
    assert.deepEqual(
      [outcome.error, outcome.askedBack],
      [undefined, { question: 'Which year do you mean?', options: [] }],
    );
  });

  it('ends as cancelled when something else is asked, and hangs up on the model', async () => {
    replies = (prompt) => (prompt.includes(question) ? answer : { silence: true });
    const next = server.requests.length;
    const first = ask('Where is everybody?', zoo.id);
    const request = await server.request(next);
    const second = await ask(question, zoo.id);
    assert.equal((await first).error, 'Cancelled.');
    assert.equal(await request.ended, 'closed-by-client');
    assert.equal(second.rows.length, 3);
    await resultsTab(question);
  });

  it('of two at the same moment, the later one wins', async () => {
    const later = 'How many animals are there?';
    replies = (prompt) =>
      prompt.includes(later) ? sqlReply('SELECT count(*) AS n FROM zoo.animals') : answer;
    const [first, second] = await Promise.all([ask(question, zoo.id), ask(later, zoo.id)]);
    assert.equal(first.error, 'Cancelled.');
    assert.deepEqual([second.error, second.columns, second.rows], [undefined, ['n'], [['3']]]);
    await resultsTab(later);
  });

  it('falls back from an OpenAI that cannot be reached to an Ollama on this machine, and says so', async () => {
    const local = await ollama.start(() => answer);
    await configure({
      [settings.modelProvider]: 'openai',
      [settings.modelName]: 'gone',
      [settings.modelBaseUrl]: `${nowhere}/v1`,
    });
    try {
      const outcome = await ask(question, zoo.id);
      assert.deepEqual([outcome.error, outcome.model], [undefined, ollama.label]);
      assert.equal(outcome.notices.length, 1);
      assert.match(
        outcome.notices[0] ?? '',
        /^openai:gone could not be reached \(.+\); ollama:qwen3:8b on this machine answered instead\.$/,
      );
    } finally {
      await local.close();
      await configure({
        [settings.modelName]: 'test-model',
        [settings.modelBaseUrl]: server.url,
        [settings.ollamaBaseUrl]: nowhere,
      });
    }
  });

  describe('what leaves the machine', () => {
    it('is shown with the reply, and holds names and types but no values', async () => {
      await ask(question, zoo.id);
      const shown = await whatWasSent(question);
      const prompt = promptOf(requestsSince()[0]);
      for (const part of [question, 'zoo.animals', 'zoo.visits', 'legs', ...prompt.split('\n')])
        assert.ok(shown.includes(part), `${part} is not shown`);
      assert.ok(shown.includes(answer), 'the reply is not shown');
      for (const value of rowValues) {
        assert.ok(!JSON.stringify(requestsSince()).includes(value), `${value} was sent`);
        assert.ok(!shown.includes(value), `${value} is shown`);
      }
    });

    it('is copied for a bug report without values, prompts and names of the connection', async () => {
      await ask(question, zoo.id);
      await vscode.commands.executeCommand(commands.copyBugReport);
      const report = await vscode.env.clipboard.readText();
      assert.match(report, /^# Khipu: what became of a question\n/);
      for (const part of ['zoo.animals', 'guard passed, names known, server planned', '## Time'])
        assert.ok(report.includes(part), `${part} is missing`);
      const told = promptOf(requestsSince()[0])
        .split('\n')
        .filter((line) => line.length > 40 && !line.includes(question));
      for (const part of [...rowValues, ...told, '127.0.0.1', zoo.id])
        assert.ok(!report.includes(part), `${part} is in it`);
    });

    it('is nothing when a verified question asks the same', async () => {
      await openSample();
      const outcome = await ask('how many orders per country', 'sample');
      assert.deepEqual([outcome.source, outcome.error], ['verified', undefined]);
      assert.deepEqual(requestsSince(), []);
      assert.match(
        await whatWasSent('how many orders per country'),
        /no model was asked and nothing was sent/,
      );
    });

    it('is nothing when AI is switched off for the connection', async () => {
      const profiles = [
        profileOf(zoo.server, zoo.id),
        { ...profileOf(zoo.server, 'quiet'), aiPolicy: 'off' },
      ];
      await configure({ [settings.connections]: profiles });
      const outcome = await ask(question, 'quiet');
      assert.match(outcome.error ?? '', /AI switched off/);
      assert.deepEqual(requestsSince(), []);
    });
  });
});
