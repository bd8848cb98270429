/** Conversations by the commands: questions back, follow-ups, and statements that cost too much to run unasked. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AskOutcome } from '../../src/editor/askOutcome.ts';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { configure, forgetModels } from './configuration.ts';
import { closeEditors, resultsTab } from './events.ts';
import { ask, whatWasSent } from './khipu.ts';
import { chats, openAi, promptOf } from './models.ts';
import { questionBack, sqlReply } from './replies.ts';
import { openZoo, type Zoo } from './zoo.ts';

const allVisits = 'SELECT count(*) AS visits FROM zoo.visits AS v';
const ofOstrich = `${allVisits} WHERE v.animal_id = 2`;

describe('a conversation', () => {
  let zoo: Zoo;
  let server: ModelServer;
  let replies: string[] = [];

  before(async () => {
    zoo = await openZoo('conversation');
    server = await openAi.start(() => replies.shift() ?? 'asked once too often');
  });
  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });
  afterEach(closeEditors);

  const followUp = async (question: string): Promise<AskOutcome> => {
    const outcome = await vscode.commands.executeCommand<AskOutcome | undefined>(commands.askFollowUp, {
      question,
    });
    assert.ok(outcome !== undefined);
    return outcome;
  };
  const lastPrompt = (): string => promptOf(chats(server).at(-1));

  it('goes on from an answer with its question and SQL, until the user starts anew', async () => {
    replies = [sqlReply(allVisits), sqlReply(ofOstrich), sqlReply(allVisits)];
    assert.deepEqual((await ask('How many visits were there?', zoo.id)).rows, [['3000']]);
    assert.deepEqual((await followUp('only of the ostrich')).rows, [['1000']]);
    assert.match(lastPrompt(), /Question: How many visits were there\?\n/);
    assert.match(lastPrompt(), /count\(\*\) AS visits/);
    await resultsTab('only of the ostrich');
    assert.match(
      await whatWasSent('only of the ostrich'),
      /## Conversation\n\n- How many visits were there\?/,
    );
    await ask('How many visits in all?', zoo.id);
    assert.doesNotMatch(lastPrompt(), /ostrich|How many visits were there/);
  });

  it('goes on from what the model asked back', async () => {
    const back = { options: ['The ostrich', 'All of them'] };
    replies = [
      JSON.stringify({ ...(JSON.parse(questionBack('Of which animal?')) as object), ...back }),
      sqlReply(ofOstrich),
    ];
    const asked = await ask('How many visits did it have?', zoo.id);
    assert.deepEqual(asked.askedBack, { question: 'Of which animal?', ...back });
    assert.equal(asked.error, undefined);
    assert.deepEqual((await followUp('The ostrich')).rows, [['1000']]);
    assert.match(
      lastPrompt(),
      /"clarification":"Of which animal\?","options":\["The ostrich","All of them"\]/,
    );
  });

  it('keeps the thread when a follow-up fails', async () => {
    replies = [sqlReply(allVisits), ...Array.from({ length: 3 }, () => sqlReply('DROP TABLE zoo.visits'))];
    await ask('How many visits so far?', zoo.id);
    assert.notEqual((await followUp('and then remove them')).error, undefined);
    replies = [sqlReply(ofOstrich)];
    assert.deepEqual((await followUp('of the ostrich, I mean')).rows, [['1000']]);
    assert.match(lastPrompt(), /How many visits so far/);
    assert.doesNotMatch(lastPrompt(), /remove them/);
  });

  it('does not run what costs more than the setting says, and no row is read', async () => {
    await configure({ [settings.askCostLimit]: 10 });
    try {
      replies = [sqlReply(allVisits)];
      const outcome = await ask('How many visits will it be?', zoo.id);
      assert.deepEqual([outcome.error, outcome.rows, outcome.sql], [undefined, [], allVisits]);
      assert.equal(outcome.cost?.scan?.table, 'zoo.visits');
      assert.ok(outcome.cost.total > 10);
      await configure({ [settings.askCostLimit]: 0 });
      replies = [sqlReply(allVisits)];
      assert.deepEqual((await ask('How many visits will it be?', zoo.id)).rows, [['3000']]);
    } finally {
      await configure({ [settings.askCostLimit]: undefined });
    }
  });
});
