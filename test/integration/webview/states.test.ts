/** The other states of the results view in a real Chromium. */
import assert from 'node:assert/strict';
import type { ResultsState } from '../../../src/shared/resultsProtocol.ts';
import { generatedSource, generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const failed: ResultsState = {
  status: 'failed',
  question: 'How many orders per country?',
  problem: {
    what: 'There is no column "contry" in shop.customers.',
    next: 'Choose the column that is meant, or ask again in other words.',
    sql: 'SELECT c.contry, count(*) AS orders\nFROM shop.orders AS o\nJOIN shop.customers AS c ON c.id = o.customer_id\nGROUP BY 1\nORDER BY 2 DESC',
    position: 9,
    candidates: ['country', 'county_code'],
    actions: [
      { id: 'ask-again', label: 'Ask Again' },
      { id: 'show-sent', label: 'Show What Was Sent' },
    ],
  },
};
const working: ResultsState = {
  status: 'working',
  question: 'How many orders per country?',
  step: 'qwen3:8b is writing the SQL…',
  sql: "SELECT c.country, count(*) AS orders\nFROM shop.orders AS o\nJOIN shop.customers AS c ON c.id = o.customer_id\nWHERE o.status <> 'cancelled'",
};

describe('results view: states', function () {
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

  it('starts empty, with a way to ask', async () => {
    view = await workbench.open();
    const action = view.nextAction();
    await view.page.getByRole('button', { name: 'Ask a Question' }).click();
    assert.deepEqual(await action, { id: 'ask-again', value: undefined });
  });

  it('would notice what the policy forbids', async () => {
    view = await workbench.open();
    await view.page.evaluate(() => {
      const page = globalThis as unknown as {
        setTimeout(run: () => void): void;
        Function: new (code: string) => unknown;
      };
      page.setTimeout(() => new page.Function('')); // as a script of the page would
    });
    const deadline = AbortSignal.timeout(5000);
    while (!view.faults.includes('policy: script-src eval')) {
      deadline.throwIfAborted();
      await view.page.evaluate(() => undefined); // a round trip, for the report to arrive
    }
    view.faults.length = 0;
  });

  it('shows the state again after the page is loaded anew', async () => {
    view = await workbench.open();
    view.host.show(failed);
    await view.page.locator('.problem-view').waitFor();
    await view.page.reload();
    await view.page.locator('.problem-view').waitFor();
  });

  it('follows the work, keeps the focus on Cancel, and cancels', async () => {
    view = await workbench.open();
    view.host.show({ status: 'working', question: 'How many orders?', step: 'Finding the tables…' });
    const cancel = view.page.getByRole('button', { name: 'Cancel' });
    await cancel.focus();
    view.host.show(working);
    await view.page.locator('.sql-stream .sql').waitFor();
    assert.equal(await view.page.locator('.sql-stream').textContent(), working.sql);
    assert.equal(await view.page.locator('.step').textContent(), working.step);
    const action = view.nextAction();
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await action, { id: 'cancel', value: undefined });
    assert.equal(await view.page.locator('[role="status"]').textContent(), working.step);
  });

  it('says what failed and where, and offers what may be meant', async () => {
    view = await workbench.open();
    view.host.show(failed);
    await view.page.getByText('There is no column "contry" in shop.customers.').first().waitFor();
    assert.equal(await view.page.locator('.sql-fault').textContent(), 'contry');
    assert.equal(await view.page.locator('figcaption').textContent(), 'SQL, line 1, column 10');
    const chosen = view.nextAction();
    await view.page.getByRole('button', { name: 'country', exact: true }).click();
    assert.deepEqual(await chosen, { id: 'choose-candidate', value: 'country' });
    const asked = view.nextAction();
    await view.page.getByRole('button', { name: 'Show What Was Sent' }).click();
    assert.deepEqual(await asked, { id: 'show-sent', value: undefined });
  });

  it('sends the actions of the SQL', async () => {
    view = await workbench.open();
    const state = generatedState('r1', 10, 3);
    const { sql } = state.header;
    view.host.show(state);
    for (const [name, id, value] of [
      ['Copy SQL', 'copy-sql', sql],
      ['Open in Editor', 'open-sql', sql],
      ['Show What Was Sent', 'show-sent', undefined],
      ['Ask Again', 'ask-again', undefined],
    ] as const) {
      const action = view.nextAction();
      await view.page.getByRole('button', { name }).click();
      assert.deepEqual(await action, { id, value });
    }
  });

  it('cites documents, each a link that names its place in the list and no path', async () => {
    view = await workbench.open();
    const state = generatedState('r1', 10, 3);
    const source = {
      path: '/work/docs/a.md',
      file: 'docs/a.md',
      heading: ['A', '<b>B</b>'],
      unit: 'line' as const,
    };
    const sources = [
      { ...source, from: 3, to: 5 },
      { ...source, path: '/work/b.pdf', file: 'b.pdf', heading: [], unit: 'page' as const, from: 2, to: 2 },
    ];
    view.host.show({ ...state, header: { ...state.header, sources } });
    const links = view.page.getByRole('list', { name: 'Sources' }).getByRole('button');
    await links.first().waitFor();
    assert.deepEqual(await links.allTextContents(), ['a.mdA › <b>B</b>, lines 3–5', 'b.pdfpage 2']);
    const opened = view.nextAction();
    await links.nth(1).click();
    assert.deepEqual(await opened, { id: 'open-source', value: '1' });
    view.host.show(state);
    await view.page.getByRole('list', { name: 'Sources' }).waitFor({ state: 'detached' });
  });

  it('says so when there are no rows, and when there is no column', async () => {
    view = await workbench.open();
    view.host.show(generatedState('r1', 0, 3));
    await view.page.locator('.no-rows').waitFor();
    view.host.show(generatedState('r2', 0, 0));
    await view.page.locator('.grid').waitFor({ state: 'detached' });
    assert.equal(await view.page.locator('.no-rows').count(), 1);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] satisfies ThemeName[]) {
    it(`draws every state in the ${theme} theme`, async () => {
      view = await workbench.open(theme);
      await view.screenshot('empty');
      view.host.show(working);
      await view.page.locator('.sql-stream .sql').waitFor();
      await view.screenshot('working');
      view.host.setRowSource(generatedSource('r1', 1_000_000, 9));
      view.host.show(generatedState('r1', 1_000_000, 9));
      await view.page.locator('.slick-row').first().waitFor();
      await view.page.locator('.grid').focus();
      for (const key of [
        'ArrowDown',
        'ArrowDown',
        'ArrowRight',
        'Shift+ArrowDown',
        'Shift+ArrowDown',
        'Shift+ArrowRight',
      ]) {
        await view.page.keyboard.press(key);
      }
      await view.screenshot('rows');
      view.host.show(failed);
      await view.page.locator('.sql-fault').waitFor();
      await view.screenshot('failed');
      const background = await view.page.locator('body').evaluate((node: unknown) => {
        const page = globalThis as unknown as {
          getComputedStyle(node: unknown): { backgroundColor: string };
        };
        return page.getComputedStyle(node).backgroundColor;
      });
      assert.equal(
        background,
        { light: 'rgb(255, 255, 255)', dark: 'rgb(31, 31, 31)', 'high-contrast': 'rgb(0, 0, 0)' }[theme],
      );
    });
  }
});
