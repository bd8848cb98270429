/** Connections of the user and the workspace, exported and imported, in the settings as VS Code keeps them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import { configure, forgetModels, useNoModel } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, runStatement } from './khipu.ts';
import { openFile, openSqlFile } from './openFile.ts';
import { openZoo, profileOf, type Zoo } from './zoo.ts';

type Written = readonly { readonly id: string; readonly name: string; readonly host: string }[];

/** What the settings hold in either place. */
function written(place: 'globalValue' | 'workspaceValue'): Written {
  const found = vscode.workspace.getConfiguration().inspect<Written>(settings.connections);
  return found?.[place] ?? [];
}

async function setForWorkspace(connections: unknown): Promise<void> {
  const { Workspace } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration().update(settings.connections, connections, Workspace);
}

describe('Connections of a workspace', () => {
  let zoo: Zoo;
  const whereAmI = 'SELECT current_database() AS place;\n';

  before(async () => {
    zoo = await openZoo('mine');
    await zoo.server.run('CREATE DATABASE teams');
    await useNoModel();
  });

  after(async () => {
    await setForWorkspace(undefined);
    await forgetModels();
    await zoo.dispose();
  });

  afterEach(closeEditors);

  it('stand beside those of the user', async () => {
    await setForWorkspace([{ ...profileOf(zoo.server, 'teams'), database: 'teams' }]);
    for (const [id, place] of [
      ['teams', 'teams'],
      ['mine', 'postgres'],
    ] as const) {
      await ask('Where am I?', id);
      const file = await openSqlFile(whereAmI);
      assert.deepEqual((await runStatement(file.uri, 0)).rows, [[place]]);
    }
  });

  it('do not break those of the user by a fault of their own', async () => {
    await setForWorkspace([{ id: 'teams', name: 'Broken' }]);
    await ask('Where am I?', 'mine');
    const file = await openSqlFile(whereAmI);
    assert.deepEqual((await runStatement(file.uri, 0)).rows, [['postgres']]);
    const outcome = await ask('Where am I?', 'teams');
    assert.match(outcome.error ?? '', /khipu\.connections is not valid: connection 1 \(Broken\): host: /);
  });

  it('run no program before the user has said yes', async () => {
    // The tests' window shows no dialog, which is as good as a no.
    const marker = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'it-ran');
    const command = ['touch', marker.fsPath];
    const profile = { ...profileOf(zoo.server, 'runs'), passwordFrom: 'command', passwordCommand: command };
    await setForWorkspace([profile]);
    const outcome = await ask('Where am I?', 'runs');
    assert.match(
      outcome.error ?? '',
      /refused to show dialog in tests\. Contents: Let this workspace's connection Zoo runs do this|Cancelled/,
    );
    await assert.rejects(async () => await vscode.workspace.fs.stat(marker));
  });

  describe('exported and imported', () => {
    beforeEach(async () => {
      await setForWorkspace(undefined);
      await configure({ [settings.connections]: [profileOf(zoo.server, 'mine')] });
    });

    const importFile = async (content: unknown): Promise<unknown> => {
      const file = await openFile(JSON.stringify(content), 'json');
      return vscode.commands.executeCommand(commands.importConnections, file.uri);
    };

    it('come back as they were, and are not doubled', async () => {
      const { uri } = await openFile('', 'json');
      await vscode.commands.executeCommand(commands.exportConnections, uri);
      const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
      assert.match(text, /"khipuConnections": 1/);
      assert.equal(await vscode.commands.executeCommand(commands.importConnections, uri), 0);
      await configure({ [settings.connections]: undefined });
      assert.equal(await vscode.commands.executeCommand(commands.importConnections, uri), 1);
      assert.deepEqual(
        written('globalValue').map(({ id, name }) => [id, name]),
        [['mine', 'Zoo mine']],
      );
      assert.equal((await ask('Where am I?', 'mine')).error?.includes('no model'), true);
    });

    it('are taken in together or not at all', async () => {
      const before = JSON.stringify(written('globalValue'));
      const wrong = { ...profileOf(zoo.server, 'two'), tls: 'maybe' };
      assert.equal(await importFile([profileOf(zoo.server, 'one'), wrong]), undefined);
      assert.equal(JSON.stringify(written('globalValue')), before);
      assert.equal(await importFile([profileOf(zoo.server, 'one'), profileOf(zoo.server, 'two')]), 2);
      assert.deepEqual(
        written('globalValue').map(({ id }) => id),
        ['mine', 'one', 'two'],
      );
    });

    it('bring no program without a yes', async () => {
      const running = { ...profileOf(zoo.server, 'runs'), passwordFrom: 'command', passwordCommand: ['x'] };
      assert.equal(await importFile([profileOf(zoo.server, 'one'), running]), undefined);
      assert.equal(written('globalValue').length, 1);
    });
  });
});
