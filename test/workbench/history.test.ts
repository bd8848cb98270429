/** Search History in the real window: found by words or SQL, run again, and its SQL opened with the question above it. */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import {
  quickInput,
  quickInputField,
  quickPickRow,
  runCommand,
  screenshot,
  treeRow,
} from '../host/workbenchPage.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import {
  answer,
  ask,
  chooseFromMenu,
  chooseOpenAi,
  description,
  dialog,
  pressInline,
  sampleTree,
  tooltip,
} from './gestures.ts';
import { ownStorage, useWorkbench } from './session.ts';
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

    it('stands in the sidebar by days, with what became of each question', async () => {
      const { page } = window;
      await page.locator('.sidebar .pane-header').filter({ hasText: 'Connections' }).click();
      await historyHeader(page).click();
      const failed = treeRow(page, 'Which warehouses have room?');
      await failed.waitFor();
      assert.deepEqual(await historyRows(page), [
        'Today',
        'Who supplies us with anything at all?',
        'Which warehouses have room?',
        'How far along is everything we sold?',
      ]);
      assert.match(await description(failed), /^[\d:APM\s]+ · Sample shop · openai:test-model · [\d.]+ m?s$/);
      assert.equal(await failed.locator('.codicon-error').count(), 1);
      assert.match(
        (await failed.getAttribute('aria-label')) ?? '',
        /^Which warehouses have room\?, failed, /,
      );
      const told = await tooltip(page, treeRow(page, 'Who supplies us with anything at all?'));
      assert.match(told, /Answered · openai:test-model · Sample shop/);
      assert.match(told, /SELECT s.name/);
      // What is told of the question gives way first.
      await page.mouse.move(900, 600);
      await page.locator('.workbench-hover').waitFor({ state: 'hidden' });
      await page.locator('.statusbar-item').filter({ hasText: 'Sample shop' }).hover();
      const spent = page.locator('.workbench-hover').filter({ hasText: 'Asked of models' });
      await spent.waitFor();
      assert.match(
        await spent.innerText(),
        /Asked of models on this machine today:\s+openai:test-model: \d+ requests?, /,
      );
      await screenshot(page, `history-view-${theme}`);
    });

    it('runs a question of the sidebar again, and opens its SQL and what was sent for it', async () => {
      const { page } = window;
      const asked = models.requests.length;
      await pressInline(treeRow(page, 'Who supplies us with anything at all?'), 'Run Again');
      await answer(page, 'Who supplies us with anything at all?');
      assert.equal(models.requests.length, asked);
      const failed = treeRow(page, 'Which warehouses have room?');
      await failed.hover();
      assert.equal(await failed.getByRole('button', { name: 'Open SQL' }).count(), 0);
      await chooseFromMenu(page, failed, 'Show What Was Sent');
      await page.getByRole('tab', { name: 'What Was Sent.md', selected: true }).waitFor();
      await line(page, '# What was sent: Which warehouses have room?').waitFor();
    });

    it('is filtered by words and by connection', async () => {
      const { page } = window;
      await historyHeader(page).hover();
      await historyHeader(page).getByRole('button', { name: 'Filter History…' }).click();
      await quickInput(page).getByText('Filter History').waitFor();
      await quickInputField(page).fill('warehouses');
      await treeRow(page, 'Who supplies us with anything at all?').waitFor({ state: 'hidden' });
      await screenshot(page, `history-filter-${theme}`);
      await quickInputField(page).fill('no such words');
      const clear = page.locator('.sidebar').getByRole('button', { name: 'Clear Filter' }).last();
      await page.locator('.sidebar').getByText('No question of the history has these words.').waitFor();
      await page.keyboard.press('Enter');
      await quickInput(page).waitFor({ state: 'hidden' });
      await clear.click();
      await treeRow(page, 'Who supplies us with anything at all?').waitFor();
    });

    it('shows what another window adds', async () => {
      const { page } = window;
      const at = new Date(Date.now() - 86_400_000).toISOString();
      const other = { id: 'other', at, connectionId: 'other', connection: 'Other', outcome: 'cancelled' };
      const file = join(window.workbench.serverDataDir, ownStorage, 'history.jsonl');
      await appendFile(file, `${JSON.stringify({ add: { ...other, question: 'What is over there?' } })}\n`);
      await treeRow(page, 'What is over there?').waitFor();
      await treeRow(page, 'Yesterday').waitFor();
      const days = (await historyRows(page)).filter((label) => /^(Today|Yesterday)$/.test(label));
      assert.deepEqual(days, ['Today', 'Yesterday']);
    });

    it('deletes what is selected, once that was confirmed', async () => {
      const { page } = window;
      // What is told of a question under the mouse covers those below it.
      await page.mouse.move(900, 600);
      await page.locator('.workbench-hover').waitFor({ state: 'hidden' });
      await treeRow(page, 'What is over there?').click();
      await treeRow(page, 'Which warehouses have room?').click({ modifiers: ['ControlOrMeta'] });
      await page.keyboard.press('Delete');
      await dialog(page).getByText('Delete 2 questions from the history?').waitFor();
      await screenshot(page, `history-delete-${theme}`);
      await dialog(page).getByRole('button', { name: 'Delete' }).click();
      await treeRow(page, 'Which warehouses have room?').waitFor({ state: 'hidden' });
      await treeRow(page, 'What is over there?').waitFor({ state: 'hidden' });
      await treeRow(page, 'How far along is everything we sold?').waitFor();
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

    it('says that nothing is there when all of it was deleted', async () => {
      const { page } = window;
      await runCommand(page, 'Khipu: Clear History…');
      await dialog(page).getByRole('button', { name: 'Delete All' }).click();
      await page.locator('.sidebar').getByText('The questions that you ask are kept here').waitFor();
      await page.locator('.sidebar').getByRole('button', { name: 'Ask Database' }).last().waitFor();
      await screenshot(page, `history-empty-${theme}`);
    });
  });
}

function historyHeader(page: Page): Locator {
  return page.locator('.sidebar .pane-header').filter({ hasText: 'History' });
}

/** The labels of the rows in sight, from top to bottom. */
function historyRows(page: Page): Promise<string[]> {
  return page.locator('.sidebar .monaco-list-row .label-name').allInnerTexts();
}
