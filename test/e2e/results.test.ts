/** The results view as the extension host sees it: its one tab, and the rows and cursors behind it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ModelServer } from '../servers/httpServer.ts';
import { forgetModels, useNoModel } from './configuration.ts';
import { closeEditors, resultsTab, resultsTabs, until } from './events.ts';
import { ask, runStatement } from './khipu.ts';
import { openAi } from './models.ts';
import { sqlReply } from './replies.ts';
import { openSqlFile } from './openFile.ts';
import { openZoo, type Zoo } from './zoo.ts';

const allVisits = 'SELECT v.id, v.animal_id FROM zoo.visits AS v ORDER BY v.id';
const openTransactions = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu' AND xact_start IS NOT NULL`;

describe('The results view', () => {
  let zoo: Zoo;
  let server: ModelServer;

  before(async () => {
    zoo = await openZoo('results');
    server = await openAi.start(() => sqlReply(allVisits));
  });

  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });

  afterEach(closeEditors);

  it('is one tab, reused, with the question as its label', async () => {
    await ask('Which visits were there?', zoo.id);
    await resultsTab('Which visits were there?');
    await ask('And which visits were there besides those that I already know of?', zoo.id);
    await resultsTab('And which visits were there besides tho…');
    assert.equal(resultsTabs().length, 1);
  });

  it('bears the statement that the user ran, and opens beside its file', async () => {
    await ask('Which visits were there?', zoo.id);
    await closeEditors();
    const file = await openSqlFile('SELECT count(*) FROM zoo.visits;\n');
    await runStatement(file.uri, 0);
    const tab = await resultsTab('SELECT count(*) FROM zoo.visits');
    assert.notEqual(tab.group.viewColumn, file.editor.viewColumn);
    assert.equal(vscode.window.activeTextEditor?.document, file.document, 'the file keeps the focus');
  });

  it('says in its tab what failed', async () => {
    await useNoModel();
    try {
      assert.match((await ask('Who sweeps the cages?', zoo.id)).error ?? '', /no model to ask/);
      await resultsTab('Who sweeps the cages?');
    } finally {
      await forgetModels();
      await server.close();
      server = await openAi.start(() => sqlReply(allVisits));
    }
  });

  it('keeps a cursor open for the rows that are not read yet, and ends it when the tab is closed', async () => {
    const outcome = await ask('Which visits were there?', zoo.id);
    assert.equal(outcome.rows.length, 500);
    await zoo.untilValue(openTransactions, 1);
    await vscode.window.tabGroups.close(await resultsTab('Which visits were there?'));
    await zoo.untilValue(openTransactions, 0);
  });

  it('ends the cursor of an answer when the next one comes', async () => {
    await ask('Which visits were there?', zoo.id);
    const file = await openSqlFile('SELECT 1 AS one;\n');
    const outcome = await runStatement(file.uri, 0);
    assert.deepEqual(outcome.rows, [['1']]);
    await zoo.untilValue(openTransactions, 0);
  });

  it('opens again for the next answer after it was closed', async () => {
    await ask('Which visits were there?', zoo.id);
    await closeEditors();
    await until(vscode.window.tabGroups.onDidChangeTabs, () =>
      resultsTabs().length === 0 ? true : undefined,
    );
    await ask('Which visits were there?', zoo.id);
    await resultsTab('Which visits were there?');
  });
});
