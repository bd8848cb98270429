/** Connections to a real Postgres: added by URL and by fields, tested before they are saved, edited, removed. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from '../host/folders.ts';
import {
  notification,
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
  answerField,
  chooseFromMenu,
  describedRow,
  dialog,
  pickInHub,
  pressInline,
  toggle,
} from './gestures.ts';
import { khipuLog, useWorkbench } from './session.ts';
import { until } from './until.ts';

interface Saved {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

describe('connections', () => {
  let postgres: PostgresServer;
  const window = useWorkbench(async () => ({ workspace: await freshFolder('empty') }));

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
    await postgres.run('CREATE SCHEMA herd; CREATE TABLE herd.llamas (id int PRIMARY KEY, name text);');
  });
  after(() => postgres.dispose());

  const settingsText = (): Promise<string> =>
    readFile(join(window.workbench.serverDataDir, 'data/User/settings.json'), 'utf8');
  /** The saved connections, once they are as expected; VS Code writes the file a moment after it shows them. */
  const saved = (
    what: string,
    expected: (connections: readonly Saved[]) => boolean,
  ): Promise<readonly Saved[]> =>
    until(what, async () => {
      const text = await settingsText();
      if (!text.trimEnd().endsWith('}')) return undefined; // half written
      const { 'khipu.connections': connections = [] } = JSON.parse(text) as { 'khipu.connections'?: Saved[] };
      return expected(connections) ? connections : undefined;
    });

  it('says what to do about a wrong password, and does not forget what was entered', async () => {
    const { page } = window;
    await openViewContainer(page, 'Khipu');
    await page.locator('.sidebar').getByRole('button', { name: 'Add Connection' }).last().click();
    await quickInput(page).getByText('Paste a URL').waitFor();
    await screenshot(page, 'add-connection-dark');
    await pick(page, 'Paste a URL');
    await answerField(page, 'Connection URL', postgres.url().replace(postgres.password, 'wrong'));
    await dialog(page).getByText('password authentication failed for user "postgres"').waitFor();
    await dialog(page).getByText('enter the password again').waitFor();
    await screenshot(page, 'add-connection-fault-dark');
    await dialog(page).getByRole('button', { name: 'Edit' }).click();
    await quickInput(page).getByText('Test and Save').waitFor();
    await screenshot(page, 'edit-connection-dark');
    await pick(page, 'Paste a URL');
    await quickInput(page).getByText('Connection URL').waitFor();
    assert.match(
      await quickInputField(page).inputValue(),
      new RegExp(`^postgres://postgres@127\\.0\\.0\\.1:${postgres.port}/postgres\\?sslmode=`),
    );
  });

  it('saves it under a name once it connects, and shows it in the tree', async () => {
    const { page } = window;
    await answerField(page, 'Connection URL', postgres.url());
    await pickInHub(page, 'Name');
    await answerField(page, 'Name', 'Farm');
    await pickInHub(page, 'Test and Save');
    await describedRow(page, 'Farm', 'connected').waitFor();
    await treeRow(page, 'llamas').waitFor();
    await page.locator('.statusbar').getByText('Farm').waitFor();
  });

  it('keeps the password out of the settings', async () => {
    const [farm] = await saved('saved connection', ({ length }) => length === 1);
    assert.deepEqual([farm?.name, farm?.host, farm?.port], ['Farm', '127.0.0.1', postgres.port]);
    assert.equal((await settingsText()).includes(postgres.password), false);
  });

  it('says what to do about what cannot be a URL, while it is typed', async () => {
    const { page } = window;
    await runCommand(page, 'Khipu: Add Connection');
    await pick(page, 'Paste a URL');
    await quickInput(page).getByText('Connection URL').waitFor();
    await quickInputField(page).fill('mysql://root@localhost/test');
    await quickInput(page)
      .locator('.quick-input-message')
      .getByText(/postgres:\/\//)
      .waitFor();
    await page.keyboard.press('Escape');
    await quickInput(page).waitFor({ state: 'hidden' });
  });

  it('can be entered field by field', async () => {
    const { page } = window;
    await runCommand(page, 'Khipu: Add Connection');
    await pick(page, 'Fill in the fields');
    await answerField(page, 'Host', '127.0.0.1');
    await answerField(page, 'Port', `${postgres.port}`);
    await answerField(page, 'Database', 'template1');
    await answerField(page, 'User', postgres.user);
    await answerField(page, 'Password', postgres.password);
    await pick(page, 'prefer');
    await answerField(page, 'Name of the Connection', 'Stable');
    await describedRow(page, 'Stable', 'connected').waitFor();
  });

  it('can be edited without entering the password again', async () => {
    const { page } = window;
    await chooseFromMenu(page, treeRow(page, 'Stable'), 'Edit Connection');
    await pick(page, 'Paste a URL');
    const url = `postgres://${postgres.user}@127.0.0.1:${postgres.port}/postgres?sslmode=disable`;
    await answerField(page, 'Connection URL', url);
    await quickInput(page).getByText('postgres (was template1)').waitFor();
    await pickInHub(page, 'Test and Save');
    await treeRow(page, 'llamas').nth(1).waitFor(); // now it shows the database of the other one
    await describedRow(page, 'Stable', 'connected').waitFor();
    const connections = await saved('changed connection', (all) =>
      all.every(({ database }) => database === 'postgres'),
    );
    assert.deepEqual(connections.map(({ name }) => name).sort(), ['Farm', 'Stable']);
  });

  it('is removed after a question', async () => {
    const { page } = window;
    await chooseFromMenu(page, treeRow(page, 'Stable'), 'Remove Connection');
    await dialog(page).getByText('Remove Stable?').waitFor();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await treeRow(page, 'Stable').waitFor({ state: 'hidden' });
    await saved('settings without it', ({ length }) => length === 1);
  });

  it('tells once of a server that is stopped, and connects when it is back', async function () {
    this.timeout(60_000);
    const { page } = window;
    await pressInline(treeRow(page, 'Farm'), 'Disconnect');
    const farm = describedRow(page, 'Farm', `postgres@127.0.0.1:${postgres.port}/postgres`);
    await farm.waitFor();
    await postgres.stop();
    const faults = async (): Promise<number> =>
      (await khipuLog(window.workbench.serverDataDir)).match(/connection-refused/g)?.length ?? 0;
    assert.equal(await faults(), 0);
    await toggle(farm);
    const told = page
      .locator('.sidebar .monaco-list-row')
      .filter({ hasText: 'Nothing accepts Postgres connections' });
    await told.waitFor();
    await screenshot(page, 'tree-problem-dark');
    await told.click(); // tries again
    await notification(page, /Postgres runs there/).waitFor();
    assert.equal(await faults(), 2);
    await postgres.start();
    await told.click();
    await treeRow(page, 'herd').waitFor();
    await describedRow(page, 'Farm', 'connected').waitFor();
  });

  it('of two, the status bar chooses the one in use', async () => {
    const { page } = window;
    await addConnection(page, postgres.url('template1'), 'Barn');
    await page.locator('.statusbar').getByText('Barn').click();
    await pick(page, 'Farm');
    await page.locator('.statusbar').getByText('Farm').waitFor();
  });
});
