/** The glossary as a user writes it: what is marked, what is offered, what it brings into an answer, and what its faults hold up. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import { editor, runCommand, screenshot } from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { answer, ask, chooseOpenAi, problem, sampleTree } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { goToEnd, line } from './sqlEditor.ts';
import { until } from './until.ts';

const question = 'What was the turnover of business customers?';
const sql = `SELECT sum(t.total) AS revenue
FROM shop.order_totals t JOIN shop.customers c ON c.id = t.customer_id
WHERE c.company IS NOT NULL AND t.status NOT IN ('cancelled', 'returned')`;

for (const theme of ['dark', 'light'] as const) {
  describe(`the glossary, ${theme}`, () => {
    const folder: { workspace: string } = { workspace: '' };
    const window = useWorkbench(async () => {
      folder.workspace = await freshDemoWorkspace();
      return { theme, workspace: folder.workspace, settings: { 'khipu.model.provider': 'none' } };
    });
    let models: ModelServer;

    before(async () => {
      const reply = JSON.stringify({ sql, explanation: '', assumptions: [], clarification: null });
      models = await startOpenAiServer({ models: ['test-model'], reply: () => reply });
    });
    after(() => models.close());

    it('is opened by the palette, without a fault', async function () {
      this.timeout(90_000);
      const { page } = window;
      await sampleTree(page);
      await runCommand(page, 'Khipu: Open Glossary');
      await page.getByRole('tab', { name: 'khipu.yml', selected: true }).waitFor();
      await line(page, 'business customer').waitFor();
    });

    it('offers what can be written: keys, then tables, then columns', async () => {
      const { page } = window;
      await writeAtEnd(page, 'joins:');
      await page.keyboard.type('\n  - ');
      await suggestion(page, 'from').waitFor();
      await screenshot(page, `glossary-keys-${theme}`);
      await page.keyboard.press('Enter');
      await page.keyboard.type('shop.rev');
      await suggestion(page, 'shop.reviews').waitFor();
      await page.keyboard.press('Enter');
      await line(page, '- from: shop.reviews').waitFor();
      await page.keyboard.type('.cust');
      await suggestion(page, 'shop.reviews.customer_id').waitFor();
      await screenshot(page, `glossary-columns-${theme}`);
      await page.keyboard.press('Enter');
      await line(page, '- from: shop.reviews.customer_id').waitFor();
    });

    it('is marked where it is wrong, and says what is near', async () => {
      const { page } = window;
      await page.keyboard.press('Escape');
      await page.keyboard.type('\n');
      await page.keyboard.press('Home');
      await page.keyboard.type('    to: shop.customer.id');
      await page.keyboard.press('Escape');
      await editor(page).locator('.squiggly-warning').first().waitFor();
      await editor(page).locator('.squiggly-error').first().waitFor({ state: 'detached' });
      await page.keyboard.press('F8');
      const said = editor(page).locator('.zone-widget').getByText('Did you mean shop.customers.id?');
      await said.waitFor();
      await screenshot(page, `glossary-warning-${theme}`);
      await page.keyboard.press('Escape');
      for (let letter = 0; letter < 'r.id'.length; letter++) await page.keyboard.press('Backspace');
      await page.keyboard.type('rs.id');
      await page.keyboard.press('Escape');
      await line(page, 'to: shop.customers.id').waitFor();
      await editor(page).locator('.squiggly-warning').first().waitFor({ state: 'detached' });
    });

    it('brings its words into an answer, and Show What Was Sent tells of them', async function () {
      this.timeout(60_000);
      const { page } = window;
      await page.keyboard.press('ControlOrMeta+S');
      await chooseOpenAi(page, models.url, 'test-model');
      await ask(page, question);
      await answer(page, question);
      await runCommand(page, 'Khipu: Show What Was Sent');
      await line(page, '# What was sent').waitFor();
      await goToEnd(page);
      await line(page, 'Glossary: metric').waitFor();
      await screenshot(page, `glossary-trace-${theme}`);
      const sent = JSON.stringify(models.requests.at(-1)?.body);
      assert.match(
        sent,
        /term business customer \(also: B2B customer, company\) \[shop\.customers\.company\]: A customer whose/,
      );
      assert.match(
        sent,
        /metric revenue \(also: turnover, sales\) = sum\(total\) \[shop\.order_totals\]: In EUR/,
      );
    });

    it('holds a question back while a fault leaves open what it hides, and leads to it', async function () {
      this.timeout(60_000);
      const { page } = window;
      await runCommand(page, 'Khipu: Open Glossary');
      await page.getByRole('tab', { name: 'khipu.yml', selected: true }).waitFor();
      await line(page, 'to: shop.customers.id').waitFor();
      await writeAtEnd(page, 'hidden: hr.*');
      await line(page, 'hidden: hr.*').waitFor();
      await page.keyboard.press('ControlOrMeta+S');
      await until('the file on the disk', async () => {
        const saved = await readFile(join(folder.workspace, '.khipu/khipu.yml'), 'utf8');
        return saved.includes('hidden: hr.*') ? true : undefined;
      });
      const requests = models.requests.length;
      await ask(page, 'How many people work here?');
      const view = await problem(page, 'How many people work here?');
      await view
        .locator('.problem .what')
        .getByText('it is not known which tables the glossary hides')
        .waitFor();
      await screenshot(page, `glossary-problem-${theme}`);
      await view.getByRole('button', { name: 'Open Glossary' }).click();
      await page.getByRole('tab', { name: 'khipu.yml', selected: true }).waitFor();
      await editor(page).locator('.squiggly-error').first().waitFor();
      assert.equal(models.requests.length, requests);
    });
  });
}

async function writeAtEnd(page: Page, text: string): Promise<void> {
  await goToEnd(page);
  await page.keyboard.type('\n');
  await page.keyboard.press('Home');
  await page.keyboard.type(text);
  await page.keyboard.press('Escape');
}

function suggestion(page: Page, label: string): Locator {
  return page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: label }).first();
}
