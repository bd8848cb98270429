/** The buttons in .sql files: where they stand, and what they write. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ScriptedReply } from '../servers/httpReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { forgetModels } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, generateSql, openSample, runStatement } from './khipu.ts';
import { openAi } from './models.ts';
import { sqlReply } from './replies.ts';
import { openSqlFile, type OpenFile } from './openFile.ts';

const count = 'SELECT count(*) AS customers\nFROM shop.customers';
const names = 'SELECT last_name FROM shop.customers';

async function lensesOf(file: OpenFile): Promise<{ title: string; line: number }[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    file.uri,
    100,
  );
  return lenses.map(({ command, range }) => ({
    title: (command?.title ?? '').replace(/^\$\([\w-]+\) /, ''),
    line: range.start.line,
  }));
}

describe('Inline SQL', () => {
  let server: ModelServer;
  let reply: () => ScriptedReply | Promise<ScriptedReply>;

  before(async () => {
    await openSample();
    server = await openAi.start(() => reply());
    await ask('How many orders per country?', 'sample'); // makes it the connection in use
  });

  after(async () => {
    await forgetModels();
    await server.close();
  });

  beforeEach(() => {
    reply = () => sqlReply(count);
  });

  afterEach(closeEditors);

  it('puts its buttons over comments that could be questions, and over statements', async () => {
    const file = await openSqlFile(
      [
        '-- how many customers are there?',
        'SELECT 1;',
        '',
        '-- SELECT 2;',
        '',
        '/* names of',
        '   customers */',
        '',
      ].join('\n'),
    );
    assert.deepEqual(await lensesOf(file), [
      { title: 'Generate SQL', line: 0 },
      { title: 'Ask', line: 0 },
      { title: 'Run', line: 1 },
      { title: 'Generate SQL', line: 5 },
      { title: 'Ask', line: 5 },
    ]);
  });

  it('the buttons carry the place that their commands need', async () => {
    const file = await openSqlFile('SELECT 1 AS one;\n\nSELECT 2 AS two;\n');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file.uri,
      100,
    );
    const command = lenses[1]?.command;
    assert.ok(command);
    const outcome = await vscode.commands.executeCommand<{ columns: string[] }>(
      command.command,
      ...(command.arguments as unknown[]),
    );
    assert.deepEqual(outcome.columns, ['two']);
  });

  it('a second press replaces the statement, and one undo brings the first back', async () => {
    const file = await openSqlFile('-- how many customers are there?\n\n-- end\n');
    const first = `-- how many customers are there?\n${count};\n\n-- end\n`;
    await generateSql(file.uri, 0);
    assert.equal(file.text(), first);
    reply = () => sqlReply(`${names};`);
    await generateSql(file.uri, 0);
    assert.equal(file.text(), `-- how many customers are there?\n${names};\n\n-- end\n`);
    await vscode.window.showTextDocument(file.document);
    await vscode.commands.executeCommand('undo');
    assert.equal(file.text(), first);
    await vscode.commands.executeCommand('undo');
    assert.equal(file.text(), '-- how many customers are there?\n\n-- end\n');
  });

  it('keeps the line ends of a file from Windows', async () => {
    const file = await openSqlFile('-- first one\r\nSELECT 1;\r\n\r\n-- how many customers are there?\r\n');
    assert.equal(file.document.eol, vscode.EndOfLine.CRLF);
    await generateSql(file.uri, file.offset('-- how many'));
    const expected = `-- first one\r\nSELECT 1;\r\n\r\n-- how many customers are there?\r\n${count.replace('\n', '\r\n')};\r\n`;
    assert.equal(file.text(), expected);
  });

  it('writes below its comment also when that has moved meanwhile', async () => {
    const file = await openSqlFile('-- how many customers are there?\n');
    const asked = server.requests.length;
    const held = Promise.withResolvers<ScriptedReply>();
    reply = () => held.promise;
    const writing = generateSql(file.uri, 0);
    await server.request(asked);
    await file.write('-- another comment\n\n-- how many customers are there?\n');
    held.resolve(sqlReply(names));
    await writing;
    assert.equal(file.text(), `-- another comment\n\n-- how many customers are there?\n${names};\n`);
  });

  it('writes nothing when its comment is gone meanwhile', async () => {
    const file = await openSqlFile('-- how many customers are there?\n');
    const asked = server.requests.length;
    const held = Promise.withResolvers<ScriptedReply>();
    reply = () => held.promise;
    const writing = generateSql(file.uri, 0);
    await server.request(asked);
    await file.write('SELECT 1;\n');
    held.resolve(sqlReply(names));
    assert.equal(await writing, undefined);
    assert.equal(file.text(), 'SELECT 1;\n');
  });

  it('Run names a syntax error with its place, in UTF-16', async () => {
    const file = await openSqlFile(`-- 🦙\nSELECT '🦙🦙', FROM shop.customers;\n`);
    const outcome = await runStatement(file.uri, file.offset('SELECT'));
    assert.match(outcome.error ?? '', /syntax error at or near "FROM"/);
    assert.equal(outcome.sql?.slice(outcome.position), 'FROM shop.customers');
  });

  it('Run names the place of an error that only the server finds', async () => {
    const file = await openSqlFile(`SELECT '🦙', nonsense FROM shop.customers;\n`);
    const outcome = await runStatement(file.uri, 0);
    assert.match(outcome.error ?? '', /column "nonsense" does not exist/);
    assert.equal(outcome.sql?.slice(outcome.position), 'nonsense FROM shop.customers');
  });

  it('Run refuses what would write', async () => {
    const file = await openSqlFile('DELETE FROM shop.customers;\n');
    const outcome = await runStatement(file.uri, 0);
    assert.match(outcome.error ?? '', /DELETE/);
    assert.deepEqual(outcome.rows, []);
  });
});
