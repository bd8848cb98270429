/** What the user is asked on the way to a database: a passphrase, whether a host is trusted, a password, and another one. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import {
  notification,
  openViewContainer,
  pick,
  quickInput,
  quickInputField,
  screenshot,
  treeRow,
} from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { startSshd, type Sshd } from '../servers/sshd.ts';
import { answerField, describedRow, dialog, pressInline } from './gestures.ts';
import { khipuLog, useWorkbench } from './session.ts';

const passphrase = 'open sesame';

for (const theme of ['dark', 'light'] as const) {
  describe(`ways to a database, in ${theme}`, () => {
    let postgres: PostgresServer;
    let sshd: Sshd;
    let knownHosts: string;
    before(async function () {
      this.timeout(300_000);
      [postgres, sshd] = await Promise.all([startPostgres(), startSshd()]);
      await postgres.run(`CREATE SCHEMA herd; CREATE TABLE herd.llamas (id int PRIMARY KEY);
        CREATE ROLE teller LOGIN PASSWORD 'first'; GRANT USAGE ON SCHEMA herd TO teller`);
      knownHosts = join(sshd.folder, 'known_hosts');
    });
    after(() => Promise.all([postgres.dispose(), sshd.dispose()]));

    const window = useWorkbench(async () => {
      const keyFile = await sshd.makeKey('locked', ['-t', 'ed25519', '-N', passphrase]);
      const base = {
        host: '127.0.0.1',
        port: postgres.port,
        database: 'postgres',
        user: 'teller',
        tls: 'disable',
      };
      const ssh = { host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: 'key', keyFile, knownHosts };
      const connections = [
        { ...base, id: 'far', name: 'Far', ssh, passwordFrom: 'prompt' },
        { ...base, id: 'near', name: 'Near' },
      ];
      return { workspace: await freshFolder('empty'), theme, settings: { 'khipu.connections': connections } };
    });

    const connect = (page: Page, name: string): Promise<void> => pressInline(treeRow(page, name), 'Connect');

    it('asks whether an unknown host is trusted, and does not connect when it is not', async () => {
      const { page } = window;
      await openViewContainer(page, 'Khipu');
      await connect(page, 'Far');
      await dialog(page).getByText('is not known yet. Trust it?').waitFor();
      await dialog(page)
        .getByText(/SHA256:/)
        .waitFor();
      await screenshot(page, `ssh-unknown-host-${theme}`);
      await dialog(page).getByRole('button', { name: 'Do Not Connect' }).click();
      await notification(page, /was not trusted/).waitFor();
      await assert.rejects(readFile(knownHosts), { code: 'ENOENT' });
    });

    it('remembers it, opens the key with its passphrase, and asks for the password of the database', async () => {
      const { page } = window;
      await connect(page, 'Far');
      await dialog(page).getByRole('button', { name: 'Trust and Remember' }).click();
      await answerField(page, 'Passphrase of the SSH Key', 'not it');
      await quickInput(page).getByText('Keep the passphrase?').waitFor();
      await screenshot(page, `ssh-keep-passphrase-${theme}`);
      await pick(page, 'Keep it');
      await quickInput(page)
        .getByText(/does not open/)
        .waitFor();
      await screenshot(page, `ssh-passphrase-again-${theme}`);
      await answerField(page, 'Passphrase of the SSH Key', passphrase);
      await quickInput(page).getByText('Password for Far').waitFor();
      assert.equal(await quickInputField(page).getAttribute('type'), 'password');
      await screenshot(page, `ask-password-${theme}`);
      await answerField(page, 'Password for Far', 'first');
      await describedRow(page, 'Far', 'connected').waitFor();
      await treeRow(page, 'herd').waitFor();
      assert.match(await readFile(knownHosts, 'utf8'), /^\[127\.0\.0\.1\]:\d+ ssh-ed25519 /);
    });

    it('asks for the password at the next connect, and for nothing else', async () => {
      const { page } = window;
      await pressInline(treeRow(page, 'Far'), 'Disconnect');
      await connect(page, 'Far');
      await answerField(page, 'Password for Far', 'first');
      await describedRow(page, 'Far', 'connected').waitFor();
    });

    it('closes the question when the connect is cancelled', async () => {
      const { page } = window;
      await pressInline(treeRow(page, 'Far'), 'Disconnect');
      await connect(page, 'Far');
      await quickInput(page).getByText('Password for Far').waitFor();
      await notification(page, 'Connecting to Far').getByRole('button', { name: 'Cancel' }).click();
      await quickInput(page).waitFor({ state: 'hidden' });
    });

    it('has the button to enter a password that was refused', async () => {
      const { page } = window;
      await connect(page, 'Near');
      const told = notification(page, /asks for a password, and none is stored for teller/);
      await told.waitFor();
      await screenshot(page, `enter-password-button-${theme}`);
      await told.getByRole('button', { name: 'Enter Password' }).click();
      await answerField(page, 'Password for Near', 'first');
      await describedRow(page, 'Near', 'connected').waitFor();
    });

    it('says of a changed host what to do', async () => {
      const { page } = window;
      const other = (
        await readFile(`${await sshd.makeKey('other', ['-t', 'ed25519', '-N', ''], true)}.pub`, 'utf8')
      ).split(' ');
      const { writeFile } = await import('node:fs/promises');
      await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${other[0] ?? ''} ${other[1] ?? ''}\n`);
      await connect(page, 'Far');
      await notification(page, /ssh-keygen -R/).waitFor();
      await screenshot(page, `ssh-changed-host-${theme}`);
    });

    it('writes no secret into the log', async () => {
      const log = await khipuLog(window.workbench.serverDataDir);
      assert.match(log, /host-key-changed/);
      assert.ok(!log.includes(passphrase) && !log.includes('not it'));
    });
  });
}
