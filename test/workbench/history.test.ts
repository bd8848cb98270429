/** Search History in the real window: found by words or SQL, run again, and its SQL opened with the question above it. */
import assert from 'node:assert/strict';
import { quickInput, quickInputField, quickPickRow, runCommand, screenshot } from '../host/workbenchPage.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { answer, ask, chooseOpenAi, sampleTree } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line } from './sqlEditor.ts';

for (const theme of ['dark', 'light'] as const) {
  describe(`the history (${theme})`, () => {
    let models: ModelServer;
    const statuses =
      'SELECT o.status, count(*) AS orders FROM shop.orders AS o GROUP BY o.status ORDER BY 2 DESC';
    let sql = statuses;
    const window = useWorkbench(() => ({ theme, settings: { 'khipu.model.provider': 'none' } }));

    before(async () => {
      models = await startOpenAiServer({
        models: ['test-model'],
        reply: () => JSON.stringify({ sql, explanation: '', assumptions: [], clarification: null }),
      });
    });
    after(() => models.close());

    it('lists what was asked, the latest first, and what failed', async function () {
      this.timeout(90_000);
      const { page } = window;
      await sampleTree(page);
      await chooseOpenAi(page, models.url, 'test-model');
      await ask(page, 'How far along is everything we sold?');
      await answer(page, 'How far along is everything we sold?');
      sql = 'SELECT name FROM shop.warehouses';
      await ask(page, 'Which warehouses have room?');
      await page
        .frameLocator('iframe.webview.ready:visible')
        .frameLocator('iframe#active-frame')
        .locator('.problem')
        .waitFor();
      sql = 'SELECT s.name FROM shop.suppliers AS s ORDER BY s.name';
      await ask(page, 'Who supplies us with anything at all?');
      await answer(page, 'Who supplies us with anything at all?');
      await runCommand(page, 'Khipu: Search History');
      await quickInput(page).getByText('History', { exact: true }).waitFor();
      const labels = await quickInput(page)
        .locator('.quick-input-list .monaco-list-row .label-name')
        .allInnerTexts();
      assert.deepEqual(
        labels.map((label) => label.trim()),
        [
          'Who supplies us with anything at all?',
          'SELECT s.name FROM shop.suppliers AS s ORDER BY s.name',
          'Which warehouses have room?',
          'There is no table shop.warehouses. Near names: shop.categories.',
          'How far along is everything we sold?',
          statuses,
        ],
      );
      await screenshot(page, `history-${theme}`);
    });

    it('is searched in the SQL, and runs it again without a model', async () => {
      const { page } = window;
      const asked = models.requests.length;
      await quickInputField(page).fill('GROUP BY o.status');
      await quickPickRow(page, 'How far along is everything we sold?').waitFor();
      await page.keyboard.press('Enter');
      const view = await answer(page, 'How far along is everything we sold?');
      await view.locator('.chip.model').getByText('openai:test-model').waitFor();
      assert.equal(models.requests.length, asked);
    });

    it('opens the SQL with its question above it', async () => {
      const { page } = window;
      await runCommand(page, 'Khipu: Search History');
      const row = quickPickRow(page, 'Who supplies us with anything at all?');
      await row.hover();
      await row.getByRole('button', { name: 'Open the SQL in an Editor' }).click();
      await line(page, '-- Who supplies us with anything at all?').waitFor();
      await line(page, 'SELECT s.name FROM shop.suppliers').waitFor();
    });
  });
}
