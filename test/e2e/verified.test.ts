/** Verified questions of a workspace: answered without a model, flagged when they are stale, run again as tests of the schema. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/contributions.ts';
import type { VerifiedResult } from '../../src/editor/verifiedTests.ts';
import { forgetModels, useNoModel } from './configuration.ts';
import { closeEditors, until } from './events.ts';
import { ask, refresh } from './khipu.ts';
import { openZoo, type Zoo } from './zoo.ts';

describe('Verified questions', () => {
  let zoo: Zoo;
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  const file = vscode.Uri.joinPath(folder, '.khipu', 'verified.sql');

  const write = (text: string) => vscode.workspace.fs.writeFile(file, Buffer.from(text));

  /** Resolves with the flags of the file once they are so. */
  function untilFlags(wanted: RegExp | undefined): Promise<readonly vscode.Diagnostic[]> {
    return until(vscode.languages.onDidChangeDiagnostics, () => {
      const flags = vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Khipu');
      const asWanted =
        wanted === undefined ? flags.length === 0 : flags.some(({ message }) => wanted.test(message));
      return asWanted ? flags : undefined;
    });
  }

  async function runAll(): Promise<Record<string, string>> {
    const results = await vscode.commands.executeCommand<VerifiedResult[] | undefined>(
      commands.runVerified,
      'verified',
    );
    assert.ok(results !== undefined, 'the run came to nothing');
    assert.equal(new Set(results.map(({ question }) => question)).size, results.length);
    return Object.fromEntries(results.map(({ question, text }) => [question, text]));
  }

  before(async () => {
    zoo = await openZoo('verified');
    await useNoModel();
    await write(`-- Ours.

-- question: How many animals are there?
-- database: postgres
-- returns: animals bigint
SELECT count(*) AS animals FROM zoo.animals;

-- question: Who has how many legs?
-- database: postgres
-- returns: name text, legs integer
SELECT name, legs FROM zoo.animals ORDER BY name;

-- question: How many animals are there?
-- database: another
SELECT 0 AS animals;
`);
  });
  after(async () => {
    await vscode.workspace.fs.delete(file);
    await forgetModels();
    await zoo.dispose();
  });
  afterEach(closeEditors);

  it('are answered as they stand in the file, each for its own database', async () => {
    const outcome = await ask('How many animals are there', zoo.id);
    assert.deepEqual([outcome.source, outcome.rows], ['verified', [['3']]]);
  });

  it('are run again: the first time, the same, and with other rows', async () => {
    assert.deepEqual(await runAll(), {
      'How many animals are there?': '1 row; nothing to compare with yet.',
      'Who has how many legs?': '3 rows; nothing to compare with yet.',
    });
    assert.equal((await runAll())['Who has how many legs?'], '3 rows, the same as before.');
    await zoo.server.run(`INSERT INTO zoo.animals VALUES (4, 'Tortoise', 4)`);
    assert.deepEqual(await runAll(), {
      'How many animals are there?': '1 row as before, but other values.',
      'Who has how many legs?': '4 rows, where there were 3.',
    });
  });

  it('tell of other columns, and are flagged and no longer used when a name is gone', async () => {
    await zoo.server.run('ALTER TABLE zoo.animals ALTER COLUMN legs TYPE bigint');
    const results = await runAll();
    assert.equal(
      results['Who has how many legs?'],
      'The columns are others: name text, legs bigint instead of name text, legs integer.',
    );
    await zoo.server.run('ALTER TABLE zoo.animals RENAME COLUMN legs TO feet');
    const flagged = untilFlags(/no column legs/);
    await refresh(zoo.id);
    const [flag, ...more] = await flagged;
    assert.equal(more.length, 0);
    assert.equal(flag?.range.start.line, 7);
    assert.equal(flag.severity, vscode.DiagnosticSeverity.Warning);
    assert.match((await runAll())['Who has how many legs?'] ?? '', /no column legs/);
    const outcome = await ask('Who has how many legs?', zoo.id);
    assert.notEqual(outcome.error, undefined);
  });

  it('are flagged where they cannot be read, and the rest is read', async () => {
    const flagged = untilFlags(/without SQL under it/);
    await write(
      '-- question: Nothing\n\n-- question: All feet?\nSELECT sum(feet) AS feet FROM zoo.animals;\n',
    );
    const [flag] = await flagged;
    assert.equal(flag?.severity, vscode.DiagnosticSeverity.Error);
    const outcome = await ask('All feet?', zoo.id);
    assert.deepEqual([outcome.source, outcome.rows], ['verified', [['10']]]);
    const cleared = untilFlags(undefined);
    await write('-- question: All feet?\nSELECT sum(feet) AS feet FROM zoo.animals;\n');
    await cleared;
  });

  it('say so when there are none', async () => {
    const flagged = untilFlags(/without SQL under it/);
    await write('-- question: Nothing\n');
    await flagged;
    const results: unknown = await vscode.commands.executeCommand(commands.runVerified, zoo.id);
    assert.equal(results, undefined);
  });
});
