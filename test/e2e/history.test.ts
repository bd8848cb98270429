/** The history of questions: what the user went on with is an example for the next question. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { configure, forgetModels } from './configuration.ts';
import { takeDialogs } from './dialogs.ts';
import { closeEditors } from './events.ts';
import { ask, rebuildIndex } from './khipu.ts';
import { openAi } from './models.ts';
import { openZoo, type Zoo } from './zoo.ts';

describe('The history', () => {
  let zoo: Zoo;
  let models: ModelServer;
  const sql = 'SELECT name FROM zoo.animals WHERE legs = 4';

  const lastPrompt = (): string => JSON.stringify(models.requests.at(-1)?.body ?? '');

  before(async () => {
    zoo = await openZoo('history');
    const reply = { sql, explanation: '', assumptions: [], clarification: null };
    models = await openAi.start(() => JSON.stringify(reply));
  });
  after(async () => {
    await configure({ [settings.historyEnabled]: undefined });
    await forgetModels();
    await models.close();
    await zoo.dispose();
  });
  afterEach(closeEditors);

  it('gives what was gone on with as an example to a model, and nothing before', async () => {
    await ask('Which animals walk on four legs?', zoo.id);
    await rebuildIndex(zoo.id);
    await ask('Do any animals walk on two legs?', zoo.id);
    assert.doesNotMatch(lastPrompt(), /earlier questions/);
    await ask('Which animals walk on four legs?', zoo.id);
    const path = join(tmpdir(), `khipu-history-${process.pid}.csv`);
    await vscode.commands.executeCommand(commands.exportResult, { format: 'csv', path });
    await vscode.workspace.fs.delete(vscode.Uri.file(path));
    await rebuildIndex(zoo.id);
    await ask('Do any animals walk on two legs?', zoo.id);
    assert.match(
      lastPrompt(),
      /earlier questions, with SQL that was accepted>\\nQuestion: Which animals walk on four legs\?/,
    );
  });

  it('is not written when the user has switched it off', async () => {
    await configure({ [settings.historyEnabled]: false });
    await ask('Which animals crawl?', zoo.id);
    const path = join(tmpdir(), `khipu-history-${process.pid}.csv`);
    await vscode.commands.executeCommand(commands.exportResult, { format: 'csv', path });
    await vscode.workspace.fs.delete(vscode.Uri.file(path));
    await rebuildIndex(zoo.id);
    await ask('Do any animals crawl here?', zoo.id);
    assert.doesNotMatch(lastPrompt(), /Question: Which animals crawl/);
  });

  it('is deleted once that was confirmed, and forgets what was an example', async () => {
    const dialogs = takeDialogs();
    try {
      await vscode.commands.executeCommand(commands.historyClear);
      dialogs.answer('Delete All');
      await vscode.commands.executeCommand(commands.historyClear);
      assert.match(dialogs.asked.join('\n'), /Delete .* of the history\?\nThey are on this machine only/);
    } finally {
      dialogs.restore();
    }
    await rebuildIndex(zoo.id);
    await ask('Do any animals walk on two legs?', zoo.id);
    assert.doesNotMatch(lastPrompt(), /earlier questions/);
  });
});
