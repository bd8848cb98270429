/** The glossary in the editor: its messages, what it offers, and what it brings into a question and keeps out of it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/contributions.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { forgetModels } from './configuration.ts';
import { closeEditors, until } from './events.ts';
import { ask, whatWasSent } from './khipu.ts';
import { chats, openAi, promptOf } from './models.ts';
import { sqlReply } from './replies.ts';
import { openZoo, type Zoo } from './zoo.ts';

const file = (): vscode.Uri => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, '.khipu/khipu.yml');
};

/** Puts this in place of what is there, as somebody who writes it. */
async function write(text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file());
  const edit = new vscode.WorkspaceEdit();
  edit.replace(file(), new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
  return document;
}

async function save(text: string): Promise<void> {
  assert.equal(await (await write(text)).save(), true);
}

/** Khipu's messages in the file, each as `line: message`, once there are as many. */
function messages(count: number): Promise<string[]> {
  return until(vscode.languages.onDidChangeDiagnostics, () => {
    const found = vscode.languages.getDiagnostics(file()).filter(({ source }) => source === 'Khipu');
    const told = found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
    return told.length === count ? told : undefined;
  });
}

async function offered(text: string): Promise<string[]> {
  const document = await write(text);
  const end = document.positionAt(text.length);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    file(),
    end,
  );
  return list.items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text) // words of the file, VS Code's own
    .map(({ label }) => (typeof label === 'string' ? label : label.label));
}

describe('The glossary', () => {
  let zoo: Zoo;
  let server: ModelServer;
  let original: Uint8Array;
  const prompt = (): string => promptOf(chats(server).at(-1));

  before(async () => {
    original = await vscode.workspace.fs.readFile(file());
    zoo = await openZoo('words');
    server = await openAi.start((asked) =>
      sqlReply(asked.includes('visits') ? 'SELECT count(*) AS n FROM zoo.visits' : 'SELECT 1 AS n'),
    );
    await ask('Hello?', zoo.id); // which makes it the connection in use
  });
  after(async () => {
    await vscode.workspace.fs.writeFile(file(), original);
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });
  afterEach(closeEditors);

  it('is made by the command where there is none, and has no fault then', async () => {
    await vscode.workspace.fs.delete(file());
    await vscode.commands.executeCommand(commands.openGlossary);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.toString(), file().toString());
    assert.match(document.getText(), /^# What Khipu is told/);
    await vscode.workspace.fs.writeFile(file(), Buffer.from('terms: 3\n'));
    assert.deepEqual(await messages(1), ['1: “terms” has to be a list.']);
    await vscode.commands.executeCommand(commands.openGlossary);
    assert.equal(document.getText(), 'terms: 3\n', 'one that is there is left as it is');
  });

  it('is marked where it is wrong, with the near name', async () => {
    await save(
      'terms:\n  - term: guest\n    tables: [zoo.visit]\n    sinonyms: [x]\nhidden:\n  - zoo.visits\n  - secret.*\n',
    );
    await vscode.window.showTextDocument(file());
    assert.deepEqual((await messages(3)).sort(), [
      '3: There is no table or column “zoo.visit” in Zoo words. Did you mean zoo.visits?',
      '4: Term 1: there is no key “sinonyms”. There is: term, synonyms, means, tables, connections.',
      '7: “secret.*” hides nothing in Zoo words.',
    ]);
    await save('terms: []\n');
    await messages(0);
  });

  it('offers its keys, tables and columns', async () => {
    await save('');
    assert.deepEqual(await offered('terms:\n  - te'), ['term', 'synonyms', 'means', 'tables', 'connections']);
    assert.deepEqual(await offered('hidden:\n  - zoo.'), ['zoo.*', 'zoo.animals', 'zoo.visits']);
    assert.deepEqual(await offered('joins:\n  - from: zoo.visits.'), [
      'zoo.visits.id',
      'zoo.visits.animal_id',
    ]);
    assert.deepEqual(await offered('connections: ['), ['Sample shop', 'Zoo words']);
  });

  it('brings its words into a question, as the trace tells', async () => {
    await save('terms:\n  - term: guest\n    means: One row of visits.\n    tables: [zoo.visits]\n');
    const outcome = await ask('How many guests came?', zoo.id);
    assert.deepEqual([outcome.error, outcome.rows, outcome.notices], [undefined, [['3000']], []]);
    assert.match(prompt(), /\nterm guest \[zoo\.visits\]: One row of visits\.\n/);
    assert.match(
      await whatWasSent('How many guests came?'),
      /- Glossary: term \*\*guest\*\* \(‘guest’ in the question\)/,
    );
  });

  it('hides a table from the model at once', async () => {
    await ask('How many came?', zoo.id);
    assert.match(prompt(), /CREATE TABLE zoo\.visits/);
    await save('hidden:\n  - zoo.visits\n');
    const outcome = await ask('How many visits were there?', zoo.id);
    assert.match(outcome.error ?? '', /There is no table zoo\.visits/);
    assert.match(prompt(), /CREATE TABLE zoo\.animals/);
    assert.doesNotMatch(prompt(), /CREATE TABLE zoo\.visits|animal_id/);
  });

  it('keeps quiet while a fault leaves open what is hidden, and says where it is', async () => {
    await save('terms: []\nhidden: [zoo.visits\n');
    const asked = chats(server).length;
    const outcome = await ask('How many came?', zoo.id);
    assert.match(
      outcome.error ?? '',
      /^Nothing was sent to a model, because it is not known which tables the glossary hides\. \.khipu\/khipu\.yml, line \d: /,
    );
    assert.equal(chats(server).length, asked);
  });
});
