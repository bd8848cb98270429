/** What a profile says, as it is seen and edited: the hub by keyboard alone, production in red, scopes, files and trust. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import {
  notification,
  openFile,
  openViewContainer,
  pick,
  quickInput,
  quickInputField,
  runCommand,
  screenshot,
  treeRow,
} from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import {
  addConnection,
  answer,
  answerField,
  chooseFromMenu,
  describedRow,
  dialog,
  pickInHub,
  pressInline,
} from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line, pressLensFor } from './sqlEditor.ts';
import { until } from './until.ts';

/** As for the .sql file's other tests: a short file that can scroll hides the button above its first line. */
const editorSettings = { 'khipu.model.provider': 'none', 'editor.scrollBeyondLastLine': false };
const statement = 'SELECT id, name FROM herd.llamas ORDER BY id;';
const schema = `CREATE SCHEMA herd; CREATE TABLE herd.llamas (id int PRIMARY KEY, name text);
  INSERT INTO herd.llamas VALUES (1, 'Inti'), (2, 'Killa');`;

async function workspaceWithFiles(settings?: object): Promise<string> {
  const folder = await freshFolder('profiles');
  for (const name of ['report.sql', 'other.sql']) await writeFile(join(folder, name), `${statement}\n`);
  await mkdir(join(folder, '.vscode'));
  if (settings !== undefined)
    await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  return folder;
}

/** The connection as the status bar has it. */
function status(page: Page): Locator {
  return page.locator('.statusbar-item[id*="khipu.connection"]');
}

/** Waits until the status bar says this. */
function statusSays(page: Page, text: string): Promise<void> {
  return status(page).getByText(text).waitFor();
}

/** Chooses a row of the hub, or an item of a list, as one does without a mouse. */
async function typeAndEnter(page: Page, text: string): Promise<void> {
  await quickInput(page).locator('.monaco-list-row').first().waitFor();
  await quickInputField(page).fill(text);
  await quickInput(page).locator('.monaco-list-row.focused').filter({ hasText: text }).waitFor();
  await page.keyboard.press('Enter');
}

describe('a connection profile', () => {
  let postgres: PostgresServer;
  let workspace = '';
  const window = useWorkbench(async () => {
    workspace = await workspaceWithFiles();
    return { workspace, settings: { ...editorSettings, 'editor.minimap.enabled': false } };
  });

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
    await postgres.run(schema);
    await postgres.run('CREATE DATABASE elsewhere');
  });
  after(() => postgres.dispose());

  const hub = (page: Page): Locator =>
    quickInput(page).getByPlaceholder('Choose what to change, then Test and Save.');

  it('is edited by keyboard alone, and checked while one types', async () => {
    const { page } = window;
    await openViewContainer(page, 'Khipu');
    await addConnection(page, postgres.url(), 'Farm');
    await runCommand(page, 'Khipu: Edit Connection');
    await hub(page).waitFor();
    await typeAndEnter(page, 'Port');
    await quickInput(page).locator('.quick-input-title').getByText('Port', { exact: true }).waitFor();
    await quickInputField(page).fill('70000');
    await quickInput(page).getByText('A number from 1 to 65535.').waitFor();
    await page.keyboard.press('Escape'); // back to the hub, and nothing is changed
    await hub(page).waitFor();
    await typeAndEnter(page, 'Label');
    await answerField(page, 'Label', 'production');
    await hub(page).waitFor();
    await quickInput(page).getByText('production (was none)').waitFor();
    await screenshot(page, 'hub-changed-dark');
  });

  it('is not given up without a question', async () => {
    const { page } = window;
    await page.keyboard.press('Escape');
    await dialog(page).getByText('Save the changes to Farm?').waitFor();
    await screenshot(page, 'hub-esc-dark');
    await page.keyboard.press('Escape'); // Cancel: go on editing
    await hub(page).waitFor();
    await quickInput(page).getByText('production (was none)').waitFor();
    await typeAndEnter(page, 'Test and Save');
    await describedRow(page, 'Farm', 'production · read-only · connected').waitFor();
  });

  it('that is unchanged is left without a question', async () => {
    const { page } = window;
    await runCommand(page, 'Khipu: Edit Connection');
    await hub(page).waitFor();
    await page.keyboard.press('Escape');
    await quickInput(page).waitFor({ state: 'hidden' });
    assert.equal(await dialog(page).count(), 0);
  });

  it('of production is red in the tree, the status bar and over the rows', async () => {
    const { page } = window;
    // charts.red of the theme
    const red = '.custom-view-tree-node-item-icon[style*="color: rgb(241, 76, 76)"]';
    await treeRow(page, 'Farm').locator(red).waitFor();
    await statusSays(page, 'Farm · production');
    assert.match((await status(page).getAttribute('class')) ?? '', /has-background-color/);
    await openFile(page, 'report.sql');
    await line(page, statement).waitFor();
    await pressLensFor(page, 'Run', statement, page.locator('iframe.webview.ready'));
    const view = await answer(page);
    const badge = view.locator('.badge.production');
    assert.equal(await badge.innerText(), 'production');
    await screenshot(page, 'production-dark');
  });

  it('that may write says so everywhere', async () => {
    const { page } = window;
    await chooseFromMenu(page, treeRow(page, 'Farm'), 'Edit Connection');
    await pickInHub(page, 'Access');
    await pick(page, 'Write allowed');
    await pickInHub(page, 'Save Without Testing');
    await statusSays(page, 'write allowed');
    await openFile(page, 'report.sql');
    await pressLensFor(page, 'Run', statement, page.locator('iframe.webview.ready'));
    await (await answer(page)).locator('.badge.writable').waitFor();
    await describedRow(page, 'Farm', 'production · write allowed · connected').waitFor();
    await screenshot(page, 'writable-dark');
  });

  it('is duplicated under a name of its own', async () => {
    const { page } = window;
    await chooseFromMenu(page, treeRow(page, 'Farm'), 'Duplicate Connection');
    await hub(page).waitFor();
    await pickInHub(page, 'Database');
    await answerField(page, 'Database', 'elsewhere');
    await pickInHub(page, 'Label');
    await answerField(page, 'Label', '');
    await pickInHub(page, 'Colour');
    await quickInput(page).getByText('Purple').waitFor();
    await screenshot(page, 'colours-dark');
    await pick(page, 'Green');
    await pickInHub(page, 'Test and Save');
    const copy = describedRow(page, 'Farm copy', 'write allowed · connected');
    await copy.waitFor();
    // charts.green of the theme
    await copy.locator('.custom-view-tree-node-item-icon[style*="color: rgb(137, 209, 133)"]').waitFor();
  });

  it('is moved to the workspace, which its row shows', async () => {
    const { page } = window;
    await chooseFromMenu(page, treeRow(page, 'Farm copy'), 'Move Between User and Workspace…');
    await dialog(page).getByText('Move Farm copy to the settings of this workspace?').waitFor();
    await dialog(page).getByRole('button', { name: 'Move' }).click();
    const said = /^write allowed · workspace/;
    await treeRow(page, 'Farm copy').locator('.label-description').getByText(said).waitFor();
    const text = await until('settings of the workspace', async () => {
      const written = await readFile(join(workspace, '.vscode/settings.json'), 'utf8').catch(() => '');
      return written.includes('Farm copy') ? written : undefined;
    });
    assert.equal(text.includes(postgres.password), false);
    const user = join(window.workbench.serverDataDir, 'data/User/settings.json');
    await until('settings of the user without it', async () =>
      (await readFile(user, 'utf8')).includes('Farm copy') ? undefined : true,
    );
  });

  it('is chosen for one file, and the others keep theirs', async () => {
    const { page } = window;
    await openFile(page, 'report.sql');
    await statusSays(page, 'Farm · production');
    await status(page).click();
    await quickInput(page).getByText('Khipu: which database for report.sql?').waitFor();
    await screenshot(page, 'choose-for-file-dark');
    await pick(page, 'Farm copy');
    await statusSays(page, 'Farm copy');
    await openFile(page, 'other.sql');
    await status(page).click();
    await pick(page, 'Choose for the Workspace…');
    await pick(page, 'Farm');
    await statusSays(page, 'Farm · production');
    await openFile(page, 'report.sql');
    await statusSays(page, 'Farm copy');
  });

  it('stays with a scratch file that is saved', async () => {
    const { page } = window;
    await (await answer(page)).getByRole('button', { name: 'Open in Editor' }).click();
    await page.getByRole('tab', { name: /Untitled-1/, selected: true }).waitFor();
    await statusSays(page, 'Farm · production');
    await status(page).click();
    await quickInput(page).getByText('Khipu: which database for Untitled-1?').waitFor();
    await pick(page, 'Farm copy');
    await statusSays(page, 'Farm copy');
    await page.keyboard.press('ControlOrMeta+S');
    // The dialog fills in a name of its own a moment after it opens.
    await until(
      'suggested name',
      async () => /\.sql$/.test(await quickInputField(page).inputValue()) || undefined,
    );
    await quickInputField(page).fill(join(workspace, 'scratch.sql'));
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'scratch.sql', selected: true }).waitFor();
    await statusSays(page, 'Farm copy');
    await page.getByRole('tab', { name: 'scratch.sql' }).click({ button: 'middle' });
    // What opens while the focus is still on its way to the next editor is closed again, or opens in another group.
    await page.getByRole('tab', { name: 'scratch.sql' }).waitFor({ state: 'detached' });
  });

  it('stays with a file that is renamed, in the status bar at once', async () => {
    const { page } = window;
    const rename = async (from: string, to: string): Promise<void> => {
      await runCommand(page, 'File: Reveal Active File in Explorer View');
      await page
        .locator('.explorer-folders-view .monaco-list-row.focused')
        .filter({ hasText: from })
        .waitFor();
      // The row is marked a moment before it has the keyboard.
      const name = page.locator('.explorer-folders-view input');
      await until('name to be changed', async () => {
        await page.keyboard.press('F2');
        return (await name.waitFor({ timeout: 2000 }).then(
          () => true,
          () => false,
        ))
          ? true
          : undefined;
      });
      await name.fill(to);
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: to, selected: true }).waitFor();
    };
    await page.getByRole('tab', { name: 'report.sql' }).first().click();
    await statusSays(page, 'Farm copy');
    await rename('report.sql', 'yearly.sql');
    await statusSays(page, 'Farm copy');
    await rename('yearly.sql', 'report.sql');
    await statusSays(page, 'Farm copy');
    await openViewContainer(page, 'Khipu');
  });

  it('of the workspace does not get a password that was stored for another server, but by a yes', async () => {
    const { page } = window;
    const user = join(window.workbench.serverDataDir, 'data/User/settings.json');
    const settings = JSON.parse(await readFile(user, 'utf8')) as Record<string, { name: string }[]>;
    const farm = settings['khipu.connections']!.find(({ name }) => name === 'Farm');
    const redirected = { ...farm, name: 'Redirected', label: undefined, database: 'elsewhere' };
    const file = join(workspace, '.vscode/settings.json');
    const before = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify({ 'khipu.connections': [redirected] }));
    const row = treeRow(page, 'Redirected');
    const connect = (): Promise<void> => pressInline(row, 'Connect');
    await connect();
    const server = `postgres@127.0.0.1:${postgres.port}`;
    await dialog(page)
      .getByText(`The password that was stored for ${server}/postgres would be sent to ${server}/elsewhere.`)
      .waitFor();
    await screenshot(page, 'redirected-dark');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    const connected = row.locator('.label-description').getByText(/· connected$/);
    assert.equal(await connected.count(), 0);
    await connect();
    await dialog(page).getByRole('button', { name: 'Allow' }).click();
    await connected.waitFor();
    await pressInline(row, 'Disconnect');
    await connected.waitFor({ state: 'hidden' });
    await connect(); // is not asked again
    await connected.waitFor();
    await writeFile(file, before);
    await treeRow(page, 'Farm').waitFor();
  });

  it('is imported with a question for a twin and for a program', async () => {
    const { page } = window;
    const common = { host: '127.0.0.1', port: postgres.port, database: 'postgres', user: 'postgres' };
    const program = { passwordFrom: 'command', passwordCommand: ['pass', 'show', 'my farm'] };
    const connections = [
      { id: 'x', name: 'Farm', ...common, label: 'staging' },
      { id: 'y', name: 'Pasture', ...common, ...program },
    ];
    const file = join(workspace, 'team.json');
    await writeFile(file, JSON.stringify({ khipuConnections: 1, connections }));
    await runCommand(page, 'Khipu: Import Connections…');
    await pick(page, 'team.json');
    await quickInput(page).getByText('There is a connection Farm already').waitFor();
    await screenshot(page, 'import-twin-dark');
    await pick(page, 'Keep Both');
    await dialog(page).getByText('Pasture: pass show "my farm"').waitFor();
    await screenshot(page, 'import-program-dark');
    await dialog(page).getByRole('button', { name: 'Import without' }).click();
    await notification(page, '2 connections were imported').waitFor();
    await treeRow(page, 'Farm 2').waitFor();
    await treeRow(page, 'Pasture').waitFor();
    const user = await readFile(join(window.workbench.serverDataDir, 'data/User/settings.json'), 'utf8');
    assert.equal(user.includes('passwordCommand'), false);
  });
});

describe('a production profile in light', () => {
  let postgres: PostgresServer;
  const window = useWorkbench(async () => {
    postgres = await startPostgres([], ['host all visitor 127.0.0.1/32 trust']);
    await postgres.run(`CREATE ROLE visitor LOGIN SUPERUSER; ${schema}`);
    const common = { host: '127.0.0.1', port: postgres.port, database: 'postgres', user: 'visitor' };
    const connections = [
      { id: 'farm', name: 'Farm', label: 'production', ...common },
      { id: 'barn', name: 'Barn', label: 'staging', colour: 'orange', access: 'write', ...common },
      { id: 'stable', name: 'Stable', colour: 'green', ...common },
    ];
    const settings = { 'khipu.connections': connections, ...editorSettings };
    return { workspace: await workspaceWithFiles(), theme: 'light' as const, settings };
  });
  after(() => postgres.dispose());

  it('shows what it is in tree, status bar, rows and hub', async () => {
    const { page } = window;
    await openViewContainer(page, 'Khipu');
    await describedRow(
      page,
      'Farm',
      `production · read-only · visitor@127.0.0.1:${postgres.port}/postgres`,
    ).waitFor();
    await openFile(page, 'report.sql');
    await status(page).click();
    await pick(page, 'Farm');
    await statusSays(page, 'Farm · production');
    await pressLensFor(page, 'Run', statement, page.locator('iframe.webview.ready'));
    await (await answer(page)).locator('.badge.production').waitFor();
    await screenshot(page, 'production-light');
    await runCommand(page, 'Khipu: Edit Connection');
    await quickInput(page).getByText('Test and Save').waitFor();
    await screenshot(page, 'hub-light');
    await page.keyboard.press('Escape');
  });
});

describe('a workspace that is not trusted', () => {
  const farm = { host: '127.0.0.1', port: 1, database: 'd', user: 'u' };
  const window = useWorkbench(async () => ({
    workspace: await workspaceWithFiles({
      'khipu.connections': [
        { id: 'evil', name: 'Evil', ...farm, passwordFrom: 'command', passwordCommand: ['touch', '/tmp/x'] },
        { id: 'mine', name: 'Redirected', ...farm, host: 'evil.example.com' },
      ],
    }),
    workspaceTrust: true,
    settings: {
      'khipu.connections': [{ id: 'mine', name: 'Mine', ...farm }],
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
  }));

  it('has none of its connections used until it is', async () => {
    const { page } = window;
    await page.locator('.statusbar').getByText('Restricted Mode').waitFor();
    await openViewContainer(page, 'Khipu');
    await describedRow(page, 'Mine', 'u@127.0.0.1:1/d').waitFor();
    assert.equal(await treeRow(page, 'Evil').count(), 0);
    assert.equal(await treeRow(page, 'Redirected').count(), 0);
    await screenshot(page, 'untrusted-dark');
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: /^Trust/ })
      .first()
      .click();
    await treeRow(page, 'Evil').waitFor();
    await describedRow(page, 'Redirected', 'workspace · u@evil.example.com:1/d').waitFor();
    assert.equal(await treeRow(page, 'Mine').count(), 0);
  });
});
