/** Each .sql file keeps the connection that it was first run on, whatever is chosen for the workspace. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settings } from '../../src/editor/contributions.ts';
import { configure, useNoModel, forgetModels } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, runStatement } from './khipu.ts';
import { openSqlFile } from './openFile.ts';
import { openZoo, profileOf, type Zoo } from './zoo.ts';

describe('A .sql file', () => {
  let zoo: Zoo;
  const sql = 'SELECT current_database() AS where_am_i;\n';

  before(async () => {
    zoo = await openZoo('first');
    await zoo.server.run('CREATE DATABASE elsewhere');
    const second = { ...profileOf(zoo.server, 'second'), database: 'elsewhere' };
    await configure({ [settings.connections]: [profileOf(zoo.server, 'first'), second] });
    await useNoModel();
  });

  after(async () => {
    await forgetModels();
    await zoo.dispose();
  });

  afterEach(closeEditors);

  /** Makes it the connection of the workspace, as *Ask* on its row in the tree does; that there is no model does not matter. */
  const useInWorkspace = (id: string): Promise<unknown> => ask('Where am I?', id);
  const whereIs = async (uri: vscode.Uri): Promise<string | null | undefined> =>
    (await runStatement(uri, 0)).rows[0]?.[0];

  it('stays with the connection that it was first run on', async () => {
    await useInWorkspace('first');
    const file = await openSqlFile(sql);
    assert.equal(await whereIs(file.uri), 'postgres');
    await useInWorkspace('second');
    assert.equal(await whereIs(file.uri), 'postgres');
    const other = await openSqlFile(sql);
    assert.equal(await whereIs(other.uri), 'elsewhere');
    assert.equal(await whereIs(file.uri), 'postgres');
  });

  it('takes it along when it is renamed', async () => {
    await useInWorkspace('second');
    const { uri } = await openSqlFile(sql);
    assert.equal(await whereIs(uri), 'elsewhere');
    await useInWorkspace('first');
    const renamed = uri.with({ path: uri.path.replace(/\.sql$/, '-renamed.sql') });
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(uri, renamed);
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    assert.equal(await whereIs(renamed), 'elsewhere');
  });

  it('is followed by a new one in its place only when that is the same file', async () => {
    await useInWorkspace('second');
    const { uri } = await openSqlFile(sql);
    assert.equal(await whereIs(uri), 'elsewhere');
    const deletion = new vscode.WorkspaceEdit();
    deletion.deleteFile(uri);
    assert.equal(await vscode.workspace.applyEdit(deletion), true);
    await useInWorkspace('first');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(sql));
    assert.equal(await whereIs(uri), 'postgres');
  });
});
