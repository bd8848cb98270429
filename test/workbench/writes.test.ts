/** The write door as a person goes through it: refused, asked, previewed, committed; and a transaction in the status bar. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import { openFile, pick, quickInput, runCommand, screenshot, webviewFrame } from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { answerField, dialog, problem } from './gestures.ts';
import { useWorkbench, type Session } from './session.ts';
import { line, pressLens } from './sqlEditor.ts';

const schema = `
  CREATE ROLE keeper LOGIN SUPERUSER;
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer text, status text, shipped_at date, total numeric(10, 2));
  INSERT INTO shop.orders VALUES (1001, 'Ana Quispe', 'open', NULL, 120.50), (1002, 'Inti Mamani', 'open', NULL, 9.99),
    (1003, 'Rosa Huamán', 'open', NULL, 45.00), (1004, 'Mateo Flores', 'cancelled', NULL, 12.00);`;
const script = `-- what went out today
UPDATE shop.orders SET status = 'shipped', shipped_at = :day WHERE status = 'open';

DELETE FROM shop.orders WHERE status = 'cancelled';
`;

/** Opens a workbench with one connection to a shop that may be written to, labelled production. */
function useShop(theme: 'light' | 'dark'): Session & { readonly server: () => PostgresServer } {
  let server: PostgresServer | undefined;
  const window = useWorkbench(async () => {
    server = await startPostgres([], ['host all keeper 127.0.0.1/32 trust']);
    await server.run(schema);
    const workspace = await freshFolder('writes');
    await writeFile(join(workspace, 'orders.sql'), script);
    const shop = {
      id: 'shop',
      name: 'Shop',
      label: 'production',
      access: 'write',
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user: 'keeper',
      tls: 'disable',
    };
    return { workspace, theme, settings: { 'khipu.connections': [shop], 'khipu.model.provider': 'none' } };
  });
  after(() => server?.dispose());
  return {
    get page() {
      return window.page;
    },
    get workbench() {
      return window.workbench;
    },
    server() {
      assert.ok(server);
      return server;
    },
  };
}

async function statuses(server: PostgresServer): Promise<string> {
  const result = await server.run(`SELECT string_agg(status, ',' ORDER BY id) AS told FROM shop.orders`);
  assert.ok(!Array.isArray(result));
  return (result.rows as { told: string }[])[0]?.told ?? '';
}

for (const theme of ['dark', 'light'] as const) {
  describe(`writes (${theme})`, () => {
    const window = useShop(theme);
    const bar = (outcome: string): Locator => webviewFrame(window.page).locator(`.changes-bar.${outcome}`);
    const status = (text: string): Locator => window.page.locator('.statusbar').getByText(text);

    it('are offered where a statement was refused, and asked about with their SQL', async function () {
      this.timeout(90_000);
      const { page } = window;
      await openFile(page, 'orders.sql');
      await pressLens(page, 'Run', 'UPDATE shop.orders');
      await answerField(page, 'Value of :day', '2026-05-01');
      const view = await problem(page);
      assert.match(await view.locator('.problem .next').innerText(), /Run as Write shows what it changes/);
      await screenshot(page, `write-refused-${theme}`);
      await view.getByRole('button', { name: 'Run as Write' }).click();
      await dialog(page).getByText('Run this statement on Shop — PRODUCTION?').waitFor();
      await dialog(page).getByText(`SET status = 'shipped'`).waitFor();
      await dialog(page).getByText(":day is '2026-05-01'").waitFor();
      await screenshot(page, `write-question-${theme}`);
      await dialog(page).getByRole('button', { name: 'Run', exact: true }).click();
    });

    it('show what they change, and wait for the commit', async () => {
      const { page } = window;
      await bar('pending').getByText('3 rows would be updated in shop.orders — not committed').waitFor();
      const changed = webviewFrame(page).locator('.slick-cell.changed');
      await changed.first().waitFor();
      await webviewFrame(page).getByRole('list', { name: 'Parameters' }).getByText('2026-05-01').waitFor();
      assert.equal(await changed.count(), 12);
      await status('Changes not committed').waitFor();
      await screenshot(page, `write-pending-${theme}`);
      assert.equal(await statuses(window.server()), 'open,open,open,cancelled');
      await webviewFrame(page).getByRole('button', { name: 'Commit', exact: true }).click();
      await bar('committed').waitFor();
      await status('Changes not committed').waitFor({ state: 'hidden' });
      await screenshot(page, `write-committed-${theme}`);
      assert.equal(await statuses(window.server()), 'shipped,shipped,shipped,cancelled');
    });

    it('stand in a transaction that the user began until it is rolled back', async function () {
      this.timeout(60_000);
      const { page } = window;
      await page.getByRole('tab', { name: 'orders.sql' }).click();
      await line(page, 'DELETE FROM').click();
      await runCommand(page, 'Khipu: Begin Transaction');
      await status('Transaction open · 0 statements').waitFor();
      await runCommand(page, 'Khipu: Run as Write');
      await bar('pending').getByText('1 row would be deleted from shop.orders').waitFor();
      await status('Transaction open · 1 statement').waitFor();
      await screenshot(page, `transaction-open-${theme}`);
      await status('Transaction open · 1 statement').click();
      await quickInput(page).getByText('A transaction is open on Shop, with 1 statement').waitFor();
      await screenshot(page, `transaction-end-${theme}`);
      await pick(page, 'Roll Back');
      await bar('rolled-back').waitFor();
      await status('Transaction open').waitFor({ state: 'hidden' });
      assert.equal(await statuses(window.server()), 'shipped,shipped,shipped,cancelled');
    });

    it('end with the window', async () => {
      const { page } = window;
      await page.getByRole('tab', { name: 'orders.sql' }).click();
      await runCommand(page, 'Khipu: Run as Write');
      await dialog(page).getByRole('button', { name: 'Run', exact: true }).click();
      await bar('pending').waitFor();
      await window.workbench.closeWindow();
      const open = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu'`;
      for (;;) {
        const result = await window.server().run(open);
        if (!Array.isArray(result) && (result.rows as { n: number }[])[0]?.n === 0) break;
      }
      assert.equal(await statuses(window.server()), 'shipped,shipped,shipped,cancelled');
    });
  });
}
