/** Parameters of statements that are run from a file. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/contributions.ts';
import type { AskOutcome } from '../../src/editor/askOutcome.ts';
import { closeEditors } from './events.ts';
import { ask, openSample } from './khipu.ts';
import { openSqlFile } from './openFile.ts';

async function run(sql: string, parameters: Record<string, string | null>): Promise<AskOutcome> {
  const file = await openSqlFile(sql);
  const outcome = await vscode.commands.executeCommand<AskOutcome>(commands.runStatement, file.uri, 0, {
    parameters,
  });
  assert.ok(outcome);
  return outcome;
}

describe('Parameters', () => {
  before(async () => {
    await openSample();
    await ask('How many orders per country?', 'sample'); // makes it the connection in use
  });
  afterEach(closeEditors);

  it('are bound apart from the SQL, NULL apart from the empty text', async () => {
    const sql = `SELECT c.name, :label::text, :nothing::text, $1::text FROM shop.countries AS c WHERE c.region = :region ORDER BY 1 LIMIT 1`;
    const outcome = await run(`${sql};\n`, {
      ':label': `it's`,
      ':nothing': null,
      ':region': 'South America',
      $1: '',
    });
    assert.equal(outcome.error, undefined);
    assert.deepEqual(outcome.rows, [['Brazil', `it's`, null, '']]);
    assert.equal(outcome.sql, sql);
  });

  it('that do not fit are named, at their place in the file', async () => {
    const outcome = await run('SELECT * FROM shop.customers WHERE id = :customer;\n', { ':customer': 'Ann' });
    assert.equal(
      outcome.error,
      'The value of :customer does not fit: invalid input syntax for type integer: "Ann".',
    );
    assert.equal(outcome.sql?.slice(outcome.position), ':customer');
  });

  it('are taken from a selection that is run', async () => {
    const file = await openSqlFile('SELECT 1 AS one, 2 AS two;\n');
    file.editor.selection = new vscode.Selection(0, 0, 0, 'SELECT 1 AS one'.length);
    const outcome = await vscode.commands.executeCommand<AskOutcome>(commands.runStatement);
    assert.deepEqual([outcome.columns, outcome.rows], [['one'], [['1']]]);
  });
});
