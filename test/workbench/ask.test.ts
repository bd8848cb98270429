/** Asking by the palette: with verified questions, with a model, without one, and what stands in the view when it fails. */
import assert from 'node:assert/strict';
import { editor, notification, screenshot, webviewFrame } from '../host/workbenchPage.ts';
import type { ScriptedReply } from '../servers/httpReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { answer, ask, chooseOpenAi, clipboardText, problem, sampleTree, shownRows } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line } from './sqlEditor.ts';
import { until } from './until.ts';

describe('asking', () => {
  const window = useWorkbench(() => ({ settings: { 'khipu.model.provider': 'none' } }));
  const script: { reply: ScriptedReply } = { reply: { silence: true } };
  let models: ModelServer;

  before(async () => {
    models = await startOpenAiServer({ models: ['test-model'], reply: () => script.reply });
  });
  after(() => models.close());

  /** A model's reply in the form that it is asked for. */
  const replyOf = (sql: string, explanation = ''): string =>
    JSON.stringify({ sql, explanation, assumptions: ['Cancelled orders count too.'], clarification: null });

  it('answers a verified question: question, badge, connection, tables, SQL, rows, count, time', async function () {
    this.timeout(90_000);
    const { page } = window;
    await sampleTree(page);
    await ask(page, 'How many orders per country?');
    const view = await answer(page, 'How many orders per country?');
    await view.locator('.chip.verified').getByText('Verified').waitFor();
    await view.locator('.chip.connection').getByText('Sample shop').waitFor();
    const tables = await view
      .getByRole('list', { name: 'Tables used' })
      .getByRole('listitem')
      .allInnerTexts();
    assert.deepEqual(tables.sort(), ['shop.countries', 'shop.customers', 'shop.orders']);
    assert.match(
      await view.locator('.sql').innerText(),
      /^SELECT co\.name AS country, count\(\*\) AS orders\nFROM/,
    );
    const rows = await shownRows(view);
    assert.deepEqual(rows[1], ['Germany', '1392']);
    assert.equal(rows.length, 12);
    assert.equal(await view.locator('.row-count').innerText(), '12 rows');
    assert.match(await view.locator('.duration').innerText(), /^[\d.,]+ m?s$/);
    await view.locator('.insight').getByText('12 rows. orders sums to ').waitFor();
    await page.getByRole('tab', { name: 'How many orders per country?', selected: true }).waitFor();
  });

  it('shows the SQL as text, not as marked prose', async () => {
    const code = webviewFrame(window.page).locator('.sql code');
    const background = await code.evaluate((node) => {
      const page = globalThis as unknown as {
        getComputedStyle(of: unknown): { backgroundColor: string };
      };
      return page.getComputedStyle(node).backgroundColor;
    });
    assert.equal(background, 'rgba(0, 0, 0, 0)');
  });

  it('copies the SQL, and opens it in an editor', async () => {
    const { page } = window;
    const view = webviewFrame(page);
    await view.getByRole('button', { name: 'Copy SQL' }).click();
    await until('SQL on the clipboard', async () =>
      (await clipboardText(page)).startsWith('SELECT co.name AS country') ? true : undefined,
    );
    await view.getByRole('button', { name: 'Open in Editor' }).click();
    await line(page, 'SELECT co.name AS country').waitFor();
  });

  it('asks what was typed, however fast Enter comes', async () => {
    const { page } = window;
    for (const question of ['How do customers pay?', 'Which products must be reordered?']) {
      await ask(page, question);
      await answer(page, question);
    }
  });

  it('offers what can be answered when there is no model, and answers what is pressed', async () => {
    const { page } = window;
    const question = 'What do our customers spend in each country?';
    await ask(page, question);
    const view = await problem(page, question);
    await view.getByRole('button', { name: 'Choose Model' }).waitFor();
    const offered = await view.locator('.candidates button').allInnerTexts();
    assert.ok(offered.length > 1);
    await screenshot(page, 'problem-no-model-dark');
    await view.locator('.candidates button').first().click();
    const answered = await answer(page, offered[0]);
    assert.ok((await shownRows(answered)).length > 0);
  });

  it('asks the model that was chosen, and shows its name, explanation and assumptions', async () => {
    const { page } = window;
    await chooseOpenAi(page, models.url, 'test-model');
    const explanation = 'Counts the orders of each status.';
    script.reply = replyOf(
      'SELECT o.status, count(*) AS n FROM shop.orders AS o GROUP BY 1 ORDER BY 2 DESC',
      explanation,
    );
    const question = 'How far along are the orders that we have?';
    await ask(page, question);
    const view = await answer(page, question);
    await view.locator('.chip.model').getByText('openai:test-model').waitFor();
    assert.equal(await view.locator('.explanation').innerText(), explanation);
    assert.equal(await view.locator('.notes.assumption').innerText(), 'Cancelled orders count too.');
    assert.ok((await shownRows(view)).length > 2);
    await screenshot(page, 'results-model-dark');
  });

  it('says why it refuses a write, and shows the statement', async () => {
    const { page } = window;
    script.reply = replyOf('DELETE FROM shop.reviews');
    const question = 'Get rid of every review, would you?';
    await ask(page, question);
    const view = await problem(page, question);
    assert.match(await view.locator('.problem .what').innerText(), /delete/i);
    assert.match(await view.locator('.problem .next').innerText(), /nothing was sent to the database/);
    assert.match(await view.locator('.sql').innerText(), /DELETE FROM shop\.reviews/);
    await screenshot(page, 'problem-refused-dark');
    await view.getByRole('button', { name: 'Open SQL' }).click();
    await editor(page).locator('.view-line').filter({ hasText: 'DELETE FROM shop.reviews' }).waitFor();
    await page.getByRole('tab', { name: question }).click();
  });

  it('cancels by the button in the view while the model is silent', async () => {
    const { page } = window;
    script.reply = { silence: true };
    const before = models.requests.length;
    const question = 'What will the weather be in our warehouse?';
    await ask(page, question);
    const request = await models.request(before);
    const view = webviewFrame(page);
    await view.locator('.working-view .step').getByText('Asking the model').waitFor();
    await screenshot(page, 'working-dark');
    await view.getByRole('button', { name: 'Cancel' }).click();
    assert.match(await (await problem(page, question)).locator('.what').innerText(), /^Cancelled/);
    assert.equal(await request.ended, 'closed-by-client');
  });

  it('cancels by the button in the notification', async () => {
    const { page } = window;
    const before = models.requests.length;
    const question = 'And what will it be tomorrow, do you think?';
    await ask(page, question);
    const request = await models.request(before);
    const toast = notification(page, question.slice(0, -1));
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await problem(page, question);
    assert.equal(await request.ended, 'closed-by-client');
    await toast.waitFor({ state: 'hidden' });
  });

  it('shows what was sent', async () => {
    const { page } = window;
    await webviewFrame(page).getByRole('button', { name: 'Ask Again' }).waitFor();
    await page.keyboard.press('Escape');
    script.reply = replyOf('SELECT count(*) FROM hr.employees AS e');
    const question = 'How large is our staff altogether, roughly?';
    await ask(page, question);
    await (await answer(page, question)).getByRole('button', { name: 'Show What Was Sent' }).click();
    await page.getByRole('tab', { name: /What Was Sent\.md/, selected: true }).waitFor();
    await page
      .locator('.view-line')
      .filter({ hasText: `What was sent: ${question}` })
      .waitFor();
  });
});
