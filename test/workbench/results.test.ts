/** The grid in the real window: 100,000 rows of a real Postgres, NULLs, and copying. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import { openFile, openViewContainer, screenshot, webviewFrame } from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { addConnection, answer, clipboardText, shownRows } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line, pressLens } from './sqlEditor.ts';

const script = `SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE 'row ' || n END AS label, now() - n * interval '1 min' AS at
FROM generate_series(1, 100000) AS n ORDER BY n;

SELECT m, '' AS nothing FROM generate_series(1, 120000) AS m;

SELECT 9007199254740993 AS big, 0.10 AS tenth, 'a' || chr(9) || 'b' AS tab, NULL AS none;
`;

describe('the results', () => {
  let postgres: PostgresServer;
  const window = useWorkbench(async () => {
    const workspace = await freshFolder('rows');
    await writeFile(join(workspace, 'rows.sql'), script);
    return { workspace, theme: 'light' as const };
  });

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
  });
  after(() => postgres.dispose());

  const run = async (statement: string, title: RegExp): Promise<FrameLocator> => {
    const { page } = window;
    await page.getByRole('tab', { name: 'rows.sql' }).click();
    await pressLens(page, 'Run', statement);
    await page.getByRole('tab', { name: title }).waitFor();
    return answer(page);
  };
  it('show the first of 100,000 rows, and count them', async function () {
    this.timeout(90_000);
    const { page } = window;
    await openViewContainer(page, 'Khipu');
    await addConnection(page, postgres.url(), 'Rows');
    await openFile(page, 'rows.sql');
    await line(page, 'generate_series').waitFor();
    const view = await run('SELECT n, CASE', /^SELECT n, CASE/);
    const rows = await shownRows(view);
    assert.deepEqual(rows[0]?.slice(0, 2), ['1', 'row 1']);
    await view.locator('.row-count').getByText('100,000 rows', { exact: true }).waitFor();
  });

  it('show NULL as such', async () => {
    const view = webviewFrame(window.page);
    const cell = view.locator('.grid-canvas-right .slick-row').nth(6).locator('.slick-cell').nth(1);
    assert.equal(await cell.innerText(), 'NULL');
    assert.match((await cell.getAttribute('class')) ?? '', /\bnull\b/);
    await screenshot(window.page, 'results-rows-light');
  });

  it('scroll to the last row and back', async () => {
    const { page } = window;
    const view = webviewFrame(page);
    const cells = view.locator('.grid-canvas-right .slick-cell');
    await cells.getByText('row 1', { exact: true }).click();
    await page.keyboard.press('ControlOrMeta+End');
    await cells.getByText('row 100000', { exact: true }).waitFor();
    await screenshot(page, 'results-end-light');
    await page.keyboard.press('ControlOrMeta+Home');
    await cells.getByText('row 1', { exact: true }).waitFor();
  });

  it('jump into the middle by the scroll bar', async () => {
    const view = webviewFrame(window.page);
    const viewport = view.locator('.slick-viewport:has(.grid-canvas-right .slick-row)');
    await viewport.evaluate((node) => {
      const scrolled = node as unknown as { scrollTop: number; scrollHeight: number };
      scrolled.scrollTop = scrolled.scrollHeight / 2;
    });
    await view
      .locator('.grid-canvas-right .slick-cell')
      .getByText(/^row (49|50)\d{3}$/)
      .first()
      .waitFor();
  });

  it('say that there may be more than the cap', async () => {
    const view = await run('SELECT m', /^SELECT m/);
    await view.locator('.row-count').getByText('100,000+ rows', { exact: true }).waitFor();
  });

  it('are copied as Postgres wrote them', async () => {
    const { page } = window;
    const view = await run('SELECT 9007199254740993', /^SELECT 9007199254740993/);
    await view.locator('.row-count').getByText('1 row', { exact: true }).waitFor();
    await view.locator('.grid-canvas-right .slick-cell').first().click();
    await page.keyboard.press('ControlOrMeta+C');
    await view.getByRole('status').getByText('Copied 1 cell.').waitFor();
    assert.equal(await clipboardText(window.page), '9007199254740993');
    for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowRight');
    await view.locator('.status .selection').getByText('4 cells selected').waitFor();
    await page.keyboard.press('ControlOrMeta+C');
    await view.getByRole('status').getByText('Copied 4 cells.').waitFor();
    assert.equal(await clipboardText(window.page), '9007199254740993\t0.10\t"a\tb"\t');
  });
});
