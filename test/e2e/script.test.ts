/** Run Script: a file or a selection, statement by statement. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { ScriptOutcome } from '../../src/editor/scriptInView.ts';
import { configure } from './configuration.ts';
import { closeEditors, resultsTab, resultsTabs } from './events.ts';
import { ask, runStatement } from './khipu.ts';
import { openSqlFile } from './openFile.ts';
import { openZoo, type Zoo } from './zoo.ts';

const openTransactions = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu' AND xact_start IS NOT NULL`;
const working = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu' AND state = 'active'`;

async function runScript(...args: unknown[]): Promise<ScriptOutcome> {
  const outcome = await vscode.commands.executeCommand<ScriptOutcome | undefined>(
    commands.runScript,
    ...args,
  );
  assert.ok(outcome !== undefined, 'it came to nothing');
  return outcome;
}

const statuses = ({ statements }: ScriptOutcome): string[] => statements.map(({ status }) => status);

describe('Run Script', () => {
  let zoo: Zoo;

  before(async () => {
    zoo = await openZoo('script');
    await ask('nothing', zoo.id); // makes it the connection in use
    await closeEditors();
  });
  after(() => zoo.dispose());
  afterEach(closeEditors);

  it('runs the file, and tells of each statement what became of it', async () => {
    const file = await openSqlFile(
      `\\timing on\nSELECT name FROM zoo.animals ORDER BY id LIMIT 1;\n\nSELECT :legs::int AS legs; SELECT 3;\n`,
    );
    const outcome = await runScript(file.uri, { parameters: { ':legs': '4' } });
    assert.deepEqual(statuses(outcome), ['skipped', 'rows', 'rows', 'rows']);
    assert.deepEqual(
      outcome.statements.map(({ line }) => line),
      [1, 2, 4, 4],
    );
    const [, name, legs] = outcome.statements;
    assert.deepEqual(
      [name?.columns, name?.rows, legs?.rows, legs?.rowCount, legs?.complete],
      [['name'], [['Aardvark Zebulon']], [['4']], 1, true],
    );
    const label = file.uri.path.slice(file.uri.path.lastIndexOf('/') + 1);
    await resultsTab(label.length <= 40 ? label : `${label.slice(0, 39)}…`);
    assert.equal(vscode.window.activeTextEditor?.document, file.document, 'the file keeps the focus');
  });

  it('stops at a failure or a refusal, at its place in the file, or goes on when told to', async () => {
    const file = await openSqlFile(
      `SELECT 1;\nDELETE FROM zoo.animals;\nSELECT 🦙 FROM zoo.animals;\nSELECT 4;\n`,
    );
    const stopped = await runScript();
    assert.deepEqual(statuses(stopped), ['rows', 'failed', 'not-run', 'not-run']);
    assert.match(stopped.statements[1]?.error ?? '', /DELETE/);
    assert.equal(stopped.statements[1]?.position, file.offset('DELETE'));
    const further = await runScript({ onError: 'continue' });
    assert.deepEqual(statuses(further), ['rows', 'failed', 'failed', 'rows']);
    assert.equal(further.statements[2]?.position, file.offset('🦙'));
    await configure({ [settings.scriptOnError]: 'continue' });
    try {
      assert.deepEqual(statuses(await runScript()), statuses(further));
    } finally {
      await configure({ [settings.scriptOnError]: undefined });
    }
  });

  it('runs the selection, also by Run Statement when that is several statements', async () => {
    const file = await openSqlFile(`SELECT 1;\nSELECT 2;\nSELECT nowhere;\nSELECT 4;\n`);
    file.editor.selection = new vscode.Selection(1, 0, 2, 15);
    const outcome = await runScript();
    assert.deepEqual(
      outcome.statements.map(({ sql, line }) => [sql, line]),
      [
        ['SELECT 2', 2],
        ['SELECT nowhere', 3],
      ],
    );
    assert.equal(outcome.statements[1]?.position, file.offset('nowhere'));
    const again = await vscode.commands.executeCommand<ScriptOutcome>(commands.runStatement);
    assert.deepEqual(statuses(again), ['rows', 'failed']);
  });

  it('leaves few cursors behind, and none when something else is shown or the view is closed', async () => {
    const file = await openSqlFile('SELECT id FROM zoo.visits ORDER BY id;\n'.repeat(9));
    const outcome = await runScript();
    assert.deepEqual([...new Set(statuses(outcome))], ['rows']);
    const open = Number(await zoo.value(openTransactions));
    assert.ok(open >= 1 && open <= 2, `${open} cursors are open`);
    await runStatement(file.uri, 0);
    await zoo.untilValue(openTransactions, 1);
    await vscode.window.showTextDocument(file.document);
    await runScript();
    for (const tab of resultsTabs()) await vscode.window.tabGroups.close(tab);
    await zoo.untilValue(openTransactions, 0);
  });

  it('ends when another statement takes the view: what runs is stopped, the rest is not run', async () => {
    const file = await openSqlFile(
      `SELECT 1;\nSELECT count(*) FROM zoo.visits a, zoo.visits b, zoo.visits c;\nSELECT 3;\n`,
    );
    const running = runScript();
    await zoo.untilValue(working, 1);
    const other = await runStatement(file.uri, 0);
    assert.deepEqual(other.rows, [['1']]);
    assert.deepEqual(statuses(await running), ['rows', 'cancelled', 'not-run']);
    await zoo.untilValue(working, 0);
  });

  it('says what is wrong with a file that is no script', async () => {
    await openSqlFile('-- nothing here\n');
    assert.equal(await vscode.commands.executeCommand(commands.runScript), undefined);
  });
});
