/** Verified questions in the real window: an answer is marked, answers by itself from then on, and is run again as a test. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import {
  editor,
  notification,
  openFile,
  pick,
  quickInput,
  runCommand,
  screenshot,
  webviewFrame,
} from '../host/workbenchPage.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { answer, answerField, ask, chooseOpenAi, sampleTree } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line } from './sqlEditor.ts';
import { until } from './until.ts';

for (const theme of ['dark', 'light'] as const) {
  describe(`verified questions (${theme})`, () => {
    let folder: string;
    let models: ModelServer;
    const window = useWorkbench(async () => {
      folder = await freshDemoWorkspace();
      return {
        theme,
        workspace: folder,
        settings: { 'khipu.model.provider': 'none', 'editor.scrollBeyondLastLine': false },
      };
    });
    const file = () => join(folder, '.khipu', 'verified.sql');

    before(async () => {
      const reply = {
        sql: 'SELECT o.status, count(*) AS orders FROM shop.orders AS o GROUP BY o.status ORDER BY orders DESC, o.status',
        explanation: 'Counts the orders of each status.',
        assumptions: [],
        clarification: null,
      };
      models = await startOpenAiServer({ models: ['test-model'], reply: () => JSON.stringify(reply) });
    });
    after(() => models.close());

    it('are made of an answer by one button, with its own words', async function () {
      this.timeout(90_000);
      const { page } = window;
      await sampleTree(page);
      await chooseOpenAi(page, models.url, 'test-model');
      await ask(page, 'How far along is everything we sold?');
      const view = await answer(page, 'How far along is everything we sold?');
      await view.getByRole('button', { name: 'Mark as Verified' }).click();
      await answerField(page, 'Mark as Verified', 'How far along are our orders?');
      await quickInput(page).getByText('For me only').waitFor();
      await screenshot(page, `verified-where-${theme}`);
      await pick(page, 'In the workspace');
      await notification(page, 'Verified: .khipu/verified.sql.').waitFor();
      await view.locator('.chip.verified').getByText('Verified').waitFor();
      assert.equal(await view.getByRole('button', { name: 'Mark as Verified' }).count(), 0);
      await screenshot(page, `verified-marked-${theme}`);
      const text = await readFile(file(), 'utf8');
      assert.match(text, /^-- Verified questions\./);
      assert.match(
        text,
        /\n-- question: How far along are our orders\?\n-- database: sample shop\n-- returns: status order_status, orders bigint\nSELECT o\.status[^]*;\n$/,
      );
    });

    it('answer without a model from then on', async () => {
      const { page } = window;
      const asked = models.requests.length;
      await ask(page, 'how far along are our orders');
      const view = await answer(page, 'How far along are our orders?'); // the palette knows it
      await view.locator('.chip.verified').waitFor();
      assert.equal(models.requests.length, asked);
    });

    it('are run again as tests, and those that fail say why', async () => {
      const { page } = window;
      await runCommand(page, 'Khipu: Run Verified Questions');
      await notification(page, '34 verified questions of Sample shop: 34 run for the first time.').waitFor();
      const text = await readFile(file(), 'utf8');
      await writeFile(file(), text.replace('orders bigint', 'orders integer'));
      await until('the file as it is now', async () => {
        await runCommand(page, 'Khipu: Run Verified Questions');
        const told = notification(page, '33 as before, 1 with other columns.');
        return (await told.waitFor({ timeout: 5000 }).then(
          () => true,
          () => false,
        ))
          ? true
          : undefined;
      });
      await runCommand(page, 'Testing: Focus on Test Explorer View');
      await page.getByText('How far along are our orders?').first().waitFor();
      await runCommand(page, 'Notifications: Clear All Notifications');
      await runCommand(page, 'Test Results: Focus on Test Results View');
      await screenshot(page, `verified-tests-${theme}`);
      await runCommand(page, 'View: Toggle Panel Visibility');
    });

    it('are flagged in their file when a name is gone', async () => {
      const { page } = window;
      const text = await readFile(file(), 'utf8');
      await writeFile(file(), text.replaceAll('o.status', 'o.state'));
      await openFile(page, 'verified.sql');
      await line(page, '-- question: How far along').waitFor();
      await editor(page).locator('.squiggly-warning').first().waitFor();
      await line(page, '-- question: How far along').hover({ position: { x: 120, y: 8 } });
      await page.getByText('no longer fits Sample shop').first().waitFor();
      await screenshot(page, `verified-stale-${theme}`);
      await ask(page, 'How far along are our orders?');
      const view = webviewFrame(page);
      await view.locator('.notes.notice').getByText('It was not used').waitFor();
      await screenshot(page, `verified-not-used-${theme}`);
    });
  });
}
