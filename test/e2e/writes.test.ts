/** Run as Write and the user's transactions by their commands: what is asked, shown, changed and taken back. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { WriteOutcome } from '../../src/editor/runAsWrite.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { configure, forgetModels } from './configuration.ts';
import { takeDialogs, type Dialogs } from './dialogs.ts';
import { closeEditors, resultsTabs, until } from './events.ts';
import { ask, connect, disconnect, openSample, runStatement } from './khipu.ts';
import { openAi } from './models.ts';
import { sqlReply } from './replies.ts';
import { openSqlFile, type OpenFile } from './openFile.ts';
import { openZoo, profileOf, type Zoo } from './zoo.ts';

const named = `SELECT string_agg(name, ', ' ORDER BY id) FROM zoo.animals`;
const original = 'Aardvark Zebulon, Ostrich Quillon, Snake Ouroborix';
const openTransactions = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu' AND xact_start IS NOT NULL`;
const rename = `UPDATE zoo.animals SET name = 'Renamed' WHERE id < 3;\n`;

describe('Writes', () => {
  let zoo: Zoo;
  let server: ModelServer;
  let dialogs: Dialogs;

  before(async () => {
    zoo = await openZoo('writes');
    await allow('write');
    server = await openAi.start(() => sqlReply(`SELECT count(*) FROM zoo.animals WHERE name = 'Renamed'`));
    await ask('How many are renamed?', zoo.id); // makes it the connection in use
  });

  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });

  beforeEach(() => {
    dialogs = takeDialogs();
  });

  afterEach(async () => {
    dialogs.answer('Roll Back', 'Roll Back');
    await disconnect(zoo.id);
    dialogs.restore();
    await closeEditors();
    await zoo.untilValue(openTransactions, 0);
    await zoo.server.run(`TRUNCATE zoo.animals CASCADE;
      INSERT INTO zoo.animals VALUES (1, 'Aardvark Zebulon', 4), (2, 'Ostrich Quillon', 2), (3, 'Snake Ouroborix', NULL)`);
  });

  const allow = (access: 'read' | 'write', more: Record<string, unknown> = {}): Promise<void> =>
    configure({ [settings.connections]: [{ ...profileOf(zoo.server, zoo.id), access, ...more }] });
  const write = async (file: OpenFile): Promise<WriteOutcome | undefined> =>
    vscode.commands.executeCommand<WriteOutcome | undefined>(commands.runAsWrite, file.uri, 0);
  const pending = async (sql = rename): Promise<WriteOutcome> => {
    const file = await openSqlFile(sql);
    dialogs.answer('Run');
    const outcome = await write(file);
    assert.equal(outcome?.outcome, 'pending');
    return outcome;
  };
  const run = async (command: string): Promise<unknown> => vscode.commands.executeCommand(command, zoo.id);

  it('ask with the SQL, show what changes, and change nothing before the commit', async () => {
    const { statements } = await pending();
    const [effect] = statements;
    assert.deepEqual([effect?.command, effect?.count, effect?.table], ['UPDATE', 2, 'zoo.animals']);
    assert.deepEqual(effect?.sample[0], ['1', 'Aardvark Zebulon', 'Renamed', '4']);
    assert.match(
      dialogs.asked[0] ?? '',
      /^Run this statement on Zoo writes\?\nUPDATE zoo\.animals SET name = 'Renamed' WHERE id < 3;\n\nNothing is committed yet/,
    );
    assert.equal(await zoo.value(named), original);
    assert.equal(await run(commands.commit), 'committed');
    assert.equal(await zoo.value(named), 'Renamed, Renamed, Snake Ouroborix');
    assert.equal(await zoo.value(openTransactions), 0);
  });

  it('are taken back by Roll Back', async () => {
    await pending();
    assert.equal(await run(commands.rollBack), 'rolled-back');
    assert.equal(await zoo.value(named), original);
  });

  it('are given values for their parameters, which the question names', async () => {
    const sql =
      'UPDATE zoo.animals SET name = :name WHERE id = :id;\nDELETE FROM zoo.animals WHERE id = :id AND false;\n';
    const file = await openSqlFile(sql);
    const run = async (parameters: Record<string, string | null>): Promise<WriteOutcome | undefined> =>
      vscode.commands.executeCommand(commands.runAsWrite, file.uri, 0, { parameters });
    dialogs.answer('Run');
    const outcome = await run({ ':name': "O'Keefe", ':id': '2' });
    assert.match(
      dialogs.asked[0] ?? '',
      /WHERE id = :id;\n\n:name is 'O'Keefe'\n:id is '2'\n\nNothing is committed/,
    );
    assert.deepEqual([outcome?.outcome, outcome?.statements[0]?.count], ['pending', 1]);
    assert.deepEqual(outcome?.statements[0]?.sample[0]?.slice(0, 3), ['2', 'Ostrich Quillon', "O'Keefe"]);
    dialogs.answer('Roll Back', 'Run');
    const failed = await run({ ':name': 'x', ':id': 'second' });
    assert.equal(failed?.outcome, 'failed');
    assert.match(failed.error ?? '', /The value of :id does not fit/);
    assert.equal(failed.position, sql.indexOf(':id'));
    assert.equal(await zoo.value(named), original);
  });

  it('do nothing when the question is dismissed', async () => {
    assert.equal(await write(await openSqlFile(rename)), undefined);
    assert.equal(dialogs.asked.length, 1);
    assert.equal(await zoo.value(openTransactions), 0);
  });

  it('are taken back when the results view is closed', async () => {
    await pending();
    assert.equal(await zoo.value(openTransactions), 1);
    const tab = await until(vscode.window.tabGroups.onDidChangeTabs, () => resultsTabs()[0]);
    await vscode.window.tabGroups.close(tab);
    await zoo.untilValue(openTransactions, 0);
    assert.equal(await zoo.value(named), original);
  });

  it('are not left behind by another statement without a question', async () => {
    await pending();
    const file = await openSqlFile('SELECT 1 AS one;\n');
    dialogs.answer(undefined);
    assert.equal((await runStatement(file.uri, 0)).error, 'Cancelled.');
    assert.match(
      dialogs.asked.at(-1) ?? '',
      /^Changes on Zoo writes are not committed\.\nWhat is to become of it before something else is run\?$/,
    );
    assert.equal(await zoo.value(openTransactions), 1, 'they still wait');
    dialogs.answer('Commit');
    assert.deepEqual((await runStatement(file.uri, 0)).rows, [['1']]);
    assert.equal(await zoo.value(named), 'Renamed, Renamed, Snake Ouroborix');
  });

  it('are decided on before the connection is closed', async () => {
    await pending();
    dialogs.answer(undefined);
    await disconnect(zoo.id);
    assert.equal(await zoo.value(openTransactions), 1);
    dialogs.answer('Roll Back');
    await disconnect(zoo.id);
    await zoo.untilValue(openTransactions, 0);
    assert.equal(await zoo.value(named), original);
  });

  it('of a selection run in one transaction, and an error takes all of them back', async () => {
    const file = await openSqlFile(
      `${rename}DELETE FROM zoo.visits;\nINSERT INTO zoo.animals VALUES (1, 'twice');\nSELECT 1;`,
    );
    const select = (from: string, to: string): void => {
      const at = (text: string, end: number): vscode.Position =>
        file.document.positionAt(file.offset(text) + end);
      file.editor.selection = new vscode.Selection(at(from, 0), at(to, to.length));
    };
    select('UPDATE', "'twice');");
    dialogs.answer('Run');
    const failed = await vscode.commands.executeCommand<WriteOutcome>(commands.runAsWrite);
    assert.match(dialogs.asked[0] ?? '', /^Run these 3 statements on/);
    assert.deepEqual([failed.outcome, failed.statements.length], ['failed', 2]);
    assert.match(failed.error ?? '', /duplicate key/);
    assert.equal(await zoo.value(openTransactions), 0);
    assert.equal(await zoo.value(named), original);
    select('UPDATE', 'zoo.visits;');
    await vscode.window.showTextDocument(file.document, { selection: file.editor.selection });
    dialogs.answer('Run');
    const both = await vscode.commands.executeCommand<WriteOutcome>(commands.runAsWrite);
    assert.deepEqual(
      both.statements.map(({ command }) => command),
      ['UPDATE', 'DELETE'],
    );
  });

  it('are refused on a connection for reading, also when it was connected before', async () => {
    await connect(zoo.id);
    await allow('read');
    try {
      const file = await openSqlFile(rename);
      assert.equal(await write(file), undefined);
      assert.match(
        dialogs.asked[0] ?? '',
        /^Zoo writes is a connection for reading only\. .*Edit Connection\. Nothing was sent/,
      );
      assert.match((await runStatement(file.uri, 0)).error ?? '', /UPDATE is not run here/);
    } finally {
      await allow('write');
    }
  });

  it('refuse what no transaction can take back', async () => {
    const outcome = await write(await openSqlFile(`COPY zoo.animals TO PROGRAM 'cat > /tmp/x';\n`));
    assert.deepEqual([outcome?.outcome, outcome?.statements], ['failed', []]);
    assert.match(outcome?.error ?? '', /runs a program on the server/);
    assert.deepEqual(dialogs.asked, [], 'nothing is asked about what cannot run');
  });

  it('in a transaction of the user wait for its end, and an error loses nothing', async () => {
    assert.equal(await run(commands.beginTransaction), 'write');
    const first = await write(await openSqlFile(rename));
    assert.deepEqual([first?.outcome, first?.statements[0]?.count], ['in-transaction', 2]);
    const wrong = await write(await openSqlFile(`UPDATE zoo.animals SET nmae = 'x';\n`));
    assert.equal(wrong?.outcome, 'failed');
    const reading = await openSqlFile(`SELECT count(*) FROM zoo.animals WHERE name = 'Renamed';\n`);
    const inside = await runStatement(reading.uri, 0);
    assert.deepEqual(inside.rows, [['2']]);
    assert.deepEqual(inside.notices, ['Read inside the open transaction.']);
    const path = join(tmpdir(), `khipu-${randomUUID()}.csv`);
    const exported = await vscode.commands.executeCommand<{ notices: string[] }>(commands.exportResult, {
      format: 'csv',
      path,
    });
    assert.match(exported.notices.join(), /outside the open transaction/);
    assert.match(dialogs.asked.splice(0).join(), /outside the open transaction/);
    assert.equal(await readFile(path, 'utf8'), 'count\n0\n');
    assert.deepEqual(
      (await ask('How many are renamed?', zoo.id)).rows,
      [['0']],
      'a question never runs inside it',
    );
    assert.deepEqual(dialogs.asked, [], 'the end of the transaction is what is asked for');
    assert.equal(await run(commands.commit), 'committed');
    assert.equal(await zoo.value(named), 'Renamed, Renamed, Snake Ouroborix');
    assert.deepEqual((await runStatement(reading.uri, 0)).notices, []);
  });

  it('a transaction on a connection for reading sees one moment', async () => {
    await allow('read');
    try {
      assert.equal(await run(commands.beginTransaction), 'read');
      const file = await openSqlFile('SELECT count(*) FROM zoo.animals;\n');
      assert.deepEqual((await runStatement(file.uri, 0)).rows, [['3']]);
      await zoo.server.run('DELETE FROM zoo.visits; DELETE FROM zoo.animals WHERE id = 3');
      assert.deepEqual((await runStatement(file.uri, 0)).rows, [['3']]);
      await write(file);
      assert.match(dialogs.asked[0] ?? '', /for reading only/);
      await run(commands.rollBack);
      assert.deepEqual((await runStatement(file.uri, 0)).rows, [['2']]);
    } finally {
      await allow('write');
    }
  });

  it('are not begun twice, and say when there is nothing to end', async () => {
    await run(commands.beginTransaction);
    assert.equal(await run(commands.beginTransaction), undefined);
    assert.match(
      dialogs.asked[0] ?? '',
      /^A transaction is open on Zoo writes, with 0 statements\. Commit it or roll it back first\.$/,
    );
    await run(commands.rollBack);
    assert.equal(await run(commands.commit), undefined);
    assert.match(dialogs.asked[1] ?? '', /^No transaction is open\./);
  });

  it('tell at once when the server has ended the transaction', async () => {
    await run(commands.beginTransaction);
    await write(await openSqlFile(rename));
    await zoo.server.run(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Khipu' AND xact_start IS NOT NULL`,
    );
    while (dialogs.asked.length === 0) await zoo.value('SELECT 1');
    assert.match(dialogs.asked[0] ?? '', /administrator command: the transaction was rolled back\./);
    assert.equal(await zoo.value(named), original);
  });

  it('tell of a commit that fails', async () => {
    await zoo.server.run(
      'ALTER TABLE zoo.visits ALTER CONSTRAINT visits_animal_id_fkey DEFERRABLE INITIALLY DEFERRED',
    );
    await pending('INSERT INTO zoo.visits VALUES (9999, 77);\n');
    assert.equal(await run(commands.commit), undefined);
    assert.match(dialogs.asked.at(-1) ?? '', /violates foreign key constraint.*Everything was rolled back\./);
    assert.equal(await zoo.value('SELECT count(*)::int FROM zoo.visits WHERE id = 9999'), 0);
  });

  it('are refused on the sample, which has one session for all', async () => {
    await openSample();
    const file = await openSqlFile('DELETE FROM shop.orders;\n');
    await vscode.commands.executeCommand(commands.beginTransaction, 'sample');
    assert.match(dialogs.asked[0] ?? '', /^Sample shop has one session for everything/);
    assert.equal(file.text(), 'DELETE FROM shop.orders;\n');
  });
});
