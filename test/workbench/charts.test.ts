/** Charts in the real window: of 200 rows here, of a million in the database, in the colours of each theme. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import { openFile, openViewContainer, screenshot, webviewFrame } from '../host/workbenchPage.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { addConnection, answer } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line, pressLens } from './sqlEditor.ts';

const script = `SELECT (ARRAY['Cusco', 'Lima', 'Puno', 'Arequipa'])[n % 4 + 1] AS region, date '2025-01-01' + (n / 4) * 7 AS week, 900 + 220 * (n % 4) + n * 3 AS revenue
FROM generate_series(0, 199) AS n ORDER BY week;

SELECT m % 9 AS shelf, timestamp '2024-01-01' + m * interval '40 seconds' AS sold_at, m % 83 AS units FROM generate_series(1, 1000000) AS m;
`;

describe('charts', () => {
  let postgres: PostgresServer;
  let workspace: string;
  const window = useWorkbench(async () => {
    workspace = await freshFolder('charts');
    await writeFile(join(workspace, 'sales.sql'), script);
    return { workspace, theme: 'light' as const };
  });

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres();
  });
  after(() => postgres.dispose());

  const drawn = (view: FrameLocator): Promise<void> => view.locator('.chart-picture svg').waitFor();
  const words = async (view: FrameLocator): Promise<string> =>
    (await view.locator('.chart-picture').getAttribute('aria-label')) ?? '';

  it('show 200 rows at once', async function () {
    this.timeout(120_000);
    const { page } = window;
    await openViewContainer(page, 'Khipu');
    await addConnection(page, postgres.url(), 'Sales');
    await openFile(page, 'sales.sql');
    await line(page, 'generate_series').waitFor();
    await pressLens(page, 'Run', 'SELECT (ARRAY');
    await page.getByRole('tab', { name: /^SELECT \(ARRAY/ }).waitFor();
    const view = await answer(page);
    const begun = performance.now();
    await view.getByRole('tab', { name: 'Chart' }).click();
    await drawn(view);
    process.stdout.write(`      first chart of 200 rows: ${(performance.now() - begun).toFixed(0)} ms\n`);
    assert.match(await words(view), /^Line chart: revenue by week\. 200 values in 4 groups/);
    await screenshot(page, 'chart-light');
  });

  it('show a million rows, added up in the database', async function () {
    this.timeout(120_000);
    const { page } = window;
    await page.getByRole('tab', { name: 'sales.sql' }).click();
    await pressLens(page, 'Run', 'SELECT m % 9');
    await page.getByRole('tab', { name: /^SELECT m % 9/ }).waitFor();
    const view = await answer(page);
    const begun = performance.now();
    await view.getByRole('tab', { name: 'Chart' }).click();
    await drawn(view);
    process.stdout.write(
      `      first chart of 1,000,000 rows: ${(performance.now() - begun).toFixed(0)} ms\n`,
    );
    await view.getByText('Worked out in the database over all rows').waitFor();
    await screenshot(page, 'chart-million-light');
  });

  it('take the colours of a theme that is chosen while they are shown', async function () {
    this.timeout(60_000);
    const { page } = window;
    const view = webviewFrame(page);
    await mkdir(join(workspace, '.vscode'));
    const themes = { dark: 'Dark Modern', 'high-contrast': 'Default High Contrast' } as const;
    for (const [name, theme] of Object.entries(themes)) {
      const before = await view.locator('.chart-picture svg').innerHTML();
      await writeFile(
        join(workspace, '.vscode', 'settings.json'),
        JSON.stringify({ 'workbench.colorTheme': theme }),
      );
      await view.locator(`body.vscode-${name}`).waitFor();
      while ((await view.locator('.chart-picture svg').innerHTML()) === before)
        await view.locator('.chart-picture').evaluate(() => undefined);
      await screenshot(page, `chart-${name}`);
    }
  });
});
