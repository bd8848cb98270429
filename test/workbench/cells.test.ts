/** What is done with the rows of a result in the real window: more of them, cells whole, copies, plans, an export. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import {
  editor,
  notification,
  openFile,
  openViewContainer,
  pick,
  quickInput,
  quickInputField,
  runCommand,
  screenshot,
  webviewFrame,
} from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { addConnection, answer, clipboardText } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line, pressLens } from './sqlEditor.ts';
import { until } from './until.ts';

const script = `SELECT n, 'row ' || n AS label
FROM generate_series(1, 120000) AS n
ORDER BY n;

SELECT 7 AS id,
  '{"name": "Ana", "tags": [1, 9007199254740993]}'::jsonb AS doc,
  repeat('é😀', 1000000) AS long;

SELECT o.kind, count(*) AS orders,
  sum(o.amount) AS revenue
FROM shop.orders AS o
JOIN shop.customers AS c
  ON c.id = o.customer_id
WHERE o.a = 3 AND o.b = 3
GROUP BY o.kind
ORDER BY revenue DESC;
`;
const setup = `CREATE SCHEMA shop;
CREATE TABLE shop.customers AS SELECT i AS id, 'customer ' || i AS name FROM generate_series(1, 20000) AS i;
CREATE TABLE shop.orders AS SELECT i AS id, i % 20000 + 1 AS customer_id, i % 977 / 10.0 AS amount, i % 20 AS a, i % 20 AS b, i % 7 AS kind
  FROM generate_series(1, 200000) AS i;
ALTER TABLE shop.customers ADD PRIMARY KEY (id); ANALYZE;`;

for (const theme of ['light', 'dark'] as const) {
  describe(`cells and plans in ${theme}`, () => {
    let postgres: PostgresServer;
    let workspace: string;
    const window = useWorkbench(async () => {
      workspace = await freshFolder(`cells-${theme}`);
      await writeFile(join(workspace, 'rows.sql'), script);
      return { workspace, theme };
    });
    before(async function () {
      this.timeout(60_000);
      postgres = await startPostgres();
      await postgres.run(setup);
    });
    after(() => postgres.dispose());

    const cell = (view: FrameLocator, text: string): Locator =>
      view.locator('.grid-canvas-right .slick-cell').getByText(text, { exact: true });
    const show = async (statement: string, title: RegExp): Promise<FrameLocator> => {
      const { page } = window;
      await page.getByRole('tab', { name: 'rows.sql' }).click();
      await pressLens(page, 'Run', statement);
      await page.getByRole('tab', { name: title }).waitFor();
      return answer(page);
    };

    it('loads rows beyond the cap', async function () {
      this.timeout(90_000);
      const { page } = window;
      await openViewContainer(page, 'Khipu');
      await addConnection(page, postgres.url(), 'Rows');
      await openFile(page, 'rows.sql');
      await line(page, 'generate_series').waitFor();
      const view = await show('SELECT n,', /^SELECT n,/);
      await view.locator('.row-count').getByText('100,000+ rows', { exact: true }).waitFor();
      const more = view.getByRole('button', { name: 'Load more' });
      await more.waitFor();
      await screenshot(page, `load-more-${theme}`);
      await more.click();
      await view.locator('.row-count').getByText('120,000 rows', { exact: true }).waitFor();
      await cell(view, 'row 1').click();
      await page.keyboard.press('ControlOrMeta+End');
      await cell(view, 'row 120000').waitFor();
    });

    it('copies a selection by the context menu, in the form that is chosen', async () => {
      const { page } = window;
      const view = webviewFrame(page);
      await page.keyboard.press('ControlOrMeta+Home');
      await cell(view, 'row 2').click();
      await cell(view, 'row 3').click({ modifiers: ['Shift'] });
      await cell(view, 'row 3').click({ button: 'right' });
      const item = view.getByRole('menuitem', { name: 'Copy as IN List' });
      await item.hover();
      await screenshot(page, `cell-menu-${theme}`);
      await item.click();
      await view.getByRole('status').getByText('Copied 2 cells.').waitFor();
      assert.equal(await clipboardText(page), `('row 2', 'row 3')`);
      await page.keyboard.press('Shift+F10');
      for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown');
      await view.locator(':focus').getByText('Copy with Headers').waitFor();
      await page.keyboard.press('Enter');
      await view.getByRole('status').getByText('Copied 2 cells.').waitFor();
      await until('the headers on the clipboard', async () =>
        (await clipboardText(page)) === 'label\nrow 2\nrow 3' ? true : undefined,
      );
    });

    it('copies all rows by the palette, also those that were never shown', async () => {
      const { page } = window;
      const view = webviewFrame(page);
      await cell(view, 'row 2').click();
      await page.keyboard.press('ControlOrMeta+A');
      await view.locator('.status .selection').getByText('240,000 cells selected').waitFor();
      await runCommand(page, 'Khipu: Copy Selection As…');
      await pick(page, 'CSV with headers');
      const lines = await until('the rows on the clipboard', async () => {
        const copied = (await clipboardText(page)).split('\n');
        return copied.length === 120_001 ? copied : undefined;
      });
      assert.deepEqual([lines[0], lines.at(-1)], ['n,label', '120000,row 120000']);
    });

    it('adds up what is selected, also what was never shown', async () => {
      const { page } = window;
      const view = webviewFrame(page);
      await view.locator('.grid-canvas-right .slick-cell').first().click();
      await page.keyboard.press('Control+Space');
      await view.locator('.figure').getByText('7,200,060,000', { exact: true }).waitFor();
      await screenshot(page, `figures-${theme}`);
      await view.getByRole('button', { name: 'Average' }).click();
      await until('the average on the clipboard', async () =>
        (await clipboardText(page)) === '60000.5' ? true : undefined,
      );
    });

    it('looks into a cell beside the grid, and closes by Escape', async () => {
      const { page } = window;
      const view = await show(`SELECT 7`, /^SELECT 7/);
      await view.locator('.grid-canvas-right .slick-cell').nth(1).click();
      await page.keyboard.press('ControlOrMeta+I');
      const panel = view.getByRole('complementary', { name: 'Cell' });
      await panel.getByRole('treeitem', { name: 'tags' }).click();
      await panel.getByRole('treeitem', { name: '9007199254740993' }).click();
      await screenshot(page, `inspector-${theme}`);
      await panel.getByRole('button', { name: 'Copy Path' }).click();
      await until('the path on the clipboard', async () =>
        (await clipboardText(page)) === '$.tags[1]' ? true : undefined,
      );
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
    });

    it('opens JSON laid out, and a long cell whole, in files that go with their editors', async function () {
      this.timeout(60_000);
      const { page } = window;
      const view = await show(`SELECT 7`, /^SELECT 7/);
      const files = (): string[] =>
        globSync(join(window.workbench.serverDataDir, 'data/User/globalStorage/khipu.khipu/cells/*/*/*'));
      await view.locator('.grid-canvas-right .slick-cell').nth(1).dblclick();
      await page.getByRole('tab', { name: 'doc, row 1.json' }).waitFor();
      await editor(page).getByText('9007199254740993').waitFor();
      await screenshot(page, `cell-json-${theme}`);
      const [json = ''] = files();
      const laidOut = '{\n  "name": "Ana",\n  "tags": [\n    1,\n    9007199254740993\n  ]\n}';
      assert.equal(await readFile(json, 'utf8'), laidOut);
      await view.locator('.grid-canvas-right .slick-cell').nth(2).click();
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: 'long, row 1.txt', selected: true }).waitFor();
      await editor(page).getByText('é😀é😀').first().click(); // else the results may still be in front, and be closed
      const long = files().find((file) => file.endsWith('.txt')) ?? '';
      assert.equal(await readFile(long, 'utf8'), 'é😀'.repeat(1_000_000));
      await runCommand(page, 'View: Close Editor');
      await until('the file gone', () => Promise.resolve(files().includes(long) ? undefined : true));
    });

    it('shows the plan of the statement at the cursor, and how it ran', async function () {
      this.timeout(60_000);
      const { page } = window;
      await page.getByRole('tab', { name: 'rows.sql' }).click();
      await line(page, 'ORDER BY revenue').click();
      await runCommand(page, 'Khipu: Explain');
      const view = webviewFrame(page);
      await view.locator('.plan-totals').getByText('Planned, not run').waitFor();
      await view.getByRole('button', { name: 'Explain Analyze' }).click();
      await view.locator('.plan-totals').getByText('Ran in').waitFor();
      const tree = view.getByRole('tree', { name: 'Plan' });
      await tree.getByRole('treeitem').first().focus();
      await page.keyboard.press('ArrowDown');
      await notification(page, 'Explain Analyze').waitFor({ state: 'hidden' });
      await screenshot(page, `plan-${theme}`);
      assert.equal(await view.locator('.plan-row.costly').count(), 1);
      const details = view.getByRole('complementary', { name: 'Selected node' });
      for (const [tab, costly] of [
        ['Graph', '.plan-card.costly'],
        ['Flame', '.plan-bar-node.costly'],
      ] as const) {
        await view.getByRole('tab', { name: tab }).click();
        await view.locator(costly).click();
        await view.locator(`${costly}.current:focus`).waitFor();
        await details.getByText('Most time').waitFor();
        await screenshot(page, `plan-${tab.toLowerCase()}-${theme}`);
      }
      await view.getByRole('button', { name: 'Open as JSON' }).click();
      await editor(page).getByText('"Node Type"').first().waitFor();
    });

    it('shows the plan of an answer, and its rows again', async () => {
      const view = await show('SELECT n,', /^SELECT n,/);
      await view.getByRole('button', { name: 'Explain', exact: true }).click();
      await view.getByRole('treeitem', { name: /generate_series/ }).waitFor();
      await view.getByRole('button', { name: 'Show Rows' }).click();
      await cell(view, 'row 1').waitFor();
    });

    it('sorts by a header and filters by its menu, and shows all again', async () => {
      const { page } = window;
      const view = webviewFrame(page);
      const header = (name: string): Locator =>
        view.locator('.column-title').getByText(name, { exact: true });
      await header('n').click();
      await header('n').click();
      await cell(view, 'row 120000').waitFor();
      await header('label').click({ button: 'right' });
      await view.getByRole('menuitem', { name: 'Filter…', exact: true }).click();
      await view.getByRole('dialog', { name: 'Filter label' }).waitFor();
      await page.keyboard.type('row 77');
      await screenshot(page, `filter-form-${theme}`);
      await page.keyboard.press('Enter');
      await view.locator('.arrangement').getByText('label contains “row 77”').waitFor();
      await cell(view, 'row 77999').waitFor();
      await screenshot(page, `sorted-filtered-${theme}`);
      await view.getByRole('button', { name: 'Clear All' }).click();
      await cell(view, 'row 1').waitFor();
    });

    it('exports the result to a file, and says so', async function () {
      this.timeout(60_000);
      const { page } = window;
      const target = join(workspace, `numbers-${theme}.csv`);
      await runCommand(page, 'Khipu: Export Result…');
      await pick(page, 'CSV');
      await quickInput(page).getByText('Export as CSV').waitFor();
      // The dialog fills in its own proposal, a moment after it has come.
      await until('the proposed name', async () =>
        (await quickInputField(page).inputValue()).endsWith('result.csv') ? true : undefined,
      );
      await quickInputField(page).fill(target);
      await page.keyboard.press('Enter');
      await notification(page, `Exported 120,000 rows`).waitFor();
      await screenshot(page, `exported-${theme}`);
      const lines = (await readFile(target, 'utf8')).split('\n');
      assert.deepEqual([lines.length, lines[0], lines[120_000]], [120_002, 'n,label', '120000,row 120000']);
    });

    it('frees the cursor and its connection when the view is closed', async () => {
      const { page } = window;
      const isBusy = async (): Promise<boolean> => {
        const found = await postgres.run(
          `SELECT 1 FROM pg_stat_activity WHERE application_name = 'Khipu' AND state <> 'idle'`,
        );
        return !Array.isArray(found) && found.rowCount !== 0;
      };
      assert.ok(await isBusy(), 'the rows are behind an open cursor');
      await page.getByRole('tab', { name: /^SELECT n,/ }).click();
      await runCommand(page, 'View: Close Editor');
      await until('the connection idle', async () => ((await isBusy()) ? undefined : true));
    });
  });
}
