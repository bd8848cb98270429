/** A conversation in the results view: an answer to what the model asks back, a follow-up, its trail, and a costly plan. */
import assert from 'node:assert/strict';
import { screenshot, webviewFrame } from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer, type OpenAiChatBody } from '../servers/openaiServer.ts';
import { answer, ask, chooseOpenAi, sampleTree, shownRows } from './gestures.ts';
import { useWorkbench } from './session.ts';

const perStatus = 'SELECT o.status, count(*) AS n FROM shop.orders AS o GROUP BY 1 ORDER BY 2 DESC';
const cancelledOnly = "SELECT count(*) AS n FROM shop.orders AS o WHERE o.status = 'cancelled'";
const threes =
  'SELECT count(*) AS n FROM shop.orders AS a CROSS JOIN shop.orders AS b CROSS JOIN shop.orders AS c';

const replyOf = (sql: string | null, more: object = {}): string =>
  JSON.stringify({
    ...{ sql, explanation: 'Counted by status.', assumptions: [], clarification: null, options: [] },
    ...{ readings: [], ...more },
  });

for (const theme of ['light', 'dark'] as const) {
  describe(`a conversation in ${theme}`, function () {
    this.timeout(90_000);
    const window = useWorkbench(() => ({
      theme,
      settings: { 'khipu.model.provider': 'none', 'khipu.ask.costLimit': 10_000 },
    }));
    let models: ModelServer;
    let replies: string[] = [];
    const lastChat = (): OpenAiChatBody => models.requests.at(-1)?.body as OpenAiChatBody;

    before(async () => {
      const reply = (): string => replies.shift() ?? 'asked once too often';
      models = await startOpenAiServer({ models: ['test-model'], reply });
    });
    after(() => models.close());

    it('asks back, and goes on from the answer that is pressed', async () => {
      const { page } = window;
      await sampleTree(page);
      await chooseOpenAi(page, models.url, 'test-model');
      const question = 'How far along is it with us?';
      replies = [
        replyOf(null, {
          clarification: 'What do you want to know the state of?',
          options: ['Our orders', 'Our deliveries', 'Our stock'],
        }),
        replyOf(perStatus, { readings: ['Only orders of this year'] }),
      ];
      await ask(page, question);
      const view = webviewFrame(page);
      await view.getByText('What do you want to know the state of?', { exact: true }).waitFor();
      await screenshot(page, `question-back-${theme}`);
      await view.getByRole('button', { name: 'Our orders' }).click();
      const answered = await answer(page, 'Our orders');
      assert.ok((await shownRows(answered)).length > 2);
      await answered.getByRole('navigation', { name: 'Conversation' }).getByText(question).waitFor();
      await answered.getByRole('button', { name: 'Only orders of this year' }).waitFor();
      assert.equal(lastChat().messages.length, 4);
    });

    it('asks a follow-up below the rows, and goes back by the trail without a model', async () => {
      const { page } = window;
      const view = webviewFrame(page);
      replies = [replyOf(cancelledOnly)];
      const field = view.getByRole('textbox', { name: 'Ask a follow-up' });
      await field.fill('only those that were cancelled');
      await field.press('Enter');
      const answered = await answer(page, 'only those that were cancelled');
      assert.equal((await shownRows(answered)).length, 1);
      assert.match(
        lastChat()
          .messages.map(({ content }) => content)
          .join('\n'),
        /GROUP BY 1 ORDER BY 2 DESC/,
      );
      await screenshot(page, `follow-up-${theme}`);
      const asked = models.requests.length;
      await answered
        .getByRole('navigation', { name: 'Conversation' })
        .getByRole('button', { name: 'Our orders' })
        .click();
      const before = await answer(page, 'Our orders');
      assert.ok((await shownRows(before)).length > 2);
      assert.equal(models.requests.length, asked);
    });

    it('runs nothing costly unasked, shows its plan, and lets go of it by Cancel', async () => {
      const { page } = window;
      replies = [replyOf(threes)];
      await ask(page, 'How many threes of orders are there?');
      const view = webviewFrame(page);
      await view.locator('.cost-question .what').waitFor();
      await view.getByRole('button', { name: 'Show Plan' }).click();
      await view.getByRole('region', { name: 'Plan' }).getByText('Nested Loop').first().waitFor();
      await screenshot(page, `costly-${theme}`);
      await view.getByRole('button', { name: 'Cancel' }).click();
      await view.locator('.problem .what').getByText('Cancelled.').waitFor();
    });

    it('runs it when that is pressed', async () => {
      const { page } = window;
      const middling =
        'SELECT count(*) AS n FROM shop.orders AS a CROSS JOIN shop.countries AS c CROSS JOIN shop.countries AS d';
      replies = [replyOf(middling)];
      await ask(page, 'How many orders for each pair of countries?');
      const view = webviewFrame(page);
      await view.getByRole('button', { name: 'Run Anyway' }).click();
      const answered = await answer(page, 'How many orders for each pair of countries?');
      assert.equal((await shownRows(answered)).length, 1);
    });
  });
}
