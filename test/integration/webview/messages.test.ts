/** What the server said, in a real Chromium. */
import assert from 'node:assert/strict';
import type { ServerMessages } from '../../../src/shared/serverMessages.ts';
import { generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const messages: ServerMessages = {
  items: [
    {
      severity: 'NOTICE',
      text: 'table "orders" has 4 partitions',
      where: 'PL/pgSQL function shop.audit() line 7 at RAISE',
    },
    {
      severity: 'WARNING',
      text: 'the rates of 2026-02-30 are missing',
      detail: 'Rates are looked up by day.',
      hint: 'The rates of the day before are taken.',
      sqlState: '01000',
    },
    { severity: 'INFO', text: '<b>two\n  lines</b>' },
  ],
  more: 1200,
};

describe('results view: messages of the server', function () {
  this.timeout(30_000);
  let workbench: Workbench;
  let view: ResultsPage;

  before(async () => {
    workbench = await startWorkbench();
  });
  after(() => workbench.close());
  afterEach(async () => {
    assertNoFaults(view);
    await view.close();
  });

  it('are counted in the status line, open above it, and close by Escape', async () => {
    view = await workbench.open();
    view.host.show(generatedState('r1', 10, 3, { messages }));
    const toggle = view.page.getByRole('button', { name: '1,203 messages' });
    assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
    assert.equal(await view.page.locator('.message').count(), 0);
    await toggle.click();
    const list = view.page.getByRole('list', { name: 'Messages of the server' });
    assert.deepEqual(await list.locator('.severity').allTextContents(), ['NOTICE', 'WARNING', 'INFO']);
    assert.match(await list.innerText(), /Hint: The rates of the day before are taken\./);
    assert.match(await list.innerText(), /<b>two\n {2}lines<\/b>/);
    assert.match(await list.innerText(), /and 1,200 more, which are not kept\./);
    await view.page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    assert.equal(await view.page.locator('.messages-toggle:focus').count(), 1);
  });

  it('are not spoken of when there is none, and come when rows that are read on bring some', async () => {
    view = await workbench.open();
    view.host.show(generatedState('r1', 10, 3));
    await view.page.locator('.slick-row').first().waitFor();
    const toggle = view.page.locator('.messages-toggle');
    assert.equal(await toggle.isVisible(), false);
    view.host.updateMessages('r1', { items: [{ severity: 'NOTICE', text: 'at last' }], more: 0 });
    await view.page.getByRole('button', { name: '1 message' }).click();
    await view.page.getByText('at last').waitFor();
  });

  it('stand with a failure', async () => {
    view = await workbench.open();
    const problem = { what: 'division by zero', next: '', candidates: [], actions: [], messages };
    view.host.show({ status: 'failed', problem });
    await view.page.getByRole('heading', { name: '1,203 messages before the failure' }).waitFor();
    assert.equal(await view.page.locator('.message').count(), 3);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] satisfies ThemeName[]) {
    it(`are drawn in the ${theme} theme`, async () => {
      view = await workbench.open(theme);
      view.host.show(generatedState('r1', 400, 5, { messages }));
      await view.page.locator('.slick-row').first().waitFor();
      await view.page.locator('.messages-toggle').click();
      await view.screenshot('messages');
    });
  }
});
