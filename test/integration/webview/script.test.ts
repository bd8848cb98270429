/** A script of many statements in a real Chromium, with the real host side. */
import assert from 'node:assert/strict';
import type { ScriptSource } from '../../../src/editor/resultsHost.ts';
import type { ScriptDetail } from '../../../src/shared/resultsProtocol.ts';
import type { ScriptEntry, ScriptOutcome } from '../../../src/shared/scriptProtocol.ts';
import { generatedSource, generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const rows = (count: number, complete = true): ScriptOutcome => ({
  status: 'rows',
  rows: count,
  complete,
  ms: 3.4 + (count % 90),
  messages: count % 7 === 3 ? 2 : 0,
});
const failure: ScriptOutcome = {
  status: 'failed',
  what: 'column "regoin" does not exist',
  ms: 1.2,
};
const entry = (words: string, line: number, outcome: ScriptOutcome): ScriptEntry => ({
  words,
  line,
  outcome,
});

const report: readonly ScriptEntry[] = [
  entry('\\set ON_ERROR_STOP on', 1, {
    status: 'skipped',
    why: 'This is a command of psql, which is skipped: only SQL is run.',
  }),
  entry('SELECT count(*) FROM shop.orders', 3, rows(1)),
  entry(
    'WITH last AS (SELECT max(ordered_at) AS at FROM shop.orders) SELECT o.id, c.name AS customer, o.amount FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer_id, last',
    5,
    rows(100_000, false),
  ),
  entry('SELECT name, price FROM shop.products ORDER BY price DESC LIMIT 10', 12, rows(10)),
  entry('SELECT regoin, count(*) FROM shop.countries GROUP BY 1', 15, failure),
  entry("DELETE FROM shop.orders WHERE ordered_at < now() - interval '1 year'", 17, {
    status: 'not-run',
    why: 'An earlier statement failed.',
  }),
  entry('SELECT 1', 19, { status: 'not-run', why: 'An earlier statement failed.' }),
];

class MadeScript implements ScriptSource {
  readonly scriptId = 'script-1';
  readonly entries: ScriptEntry[];
  running: boolean;
  readonly asked: { index: number; again: boolean }[] = [];
  readonly went: number[] = [];
  readonly written: number[] = [];
  ranAgain = 0;
  closed = false;
  detailOf: (index: number, again: boolean, signal: AbortSignal) => Promise<ScriptDetail>;

  constructor(entries: readonly ScriptEntry[], running: boolean, view: () => ResultsPage) {
    this.entries = [...entries];
    this.running = running;
    this.detailOf = (index, again) => {
      const { outcome } = this.entries[index]!;
      if (outcome.status === 'failed') {
        const problem = {
          what: outcome.what,
          next: 'Perhaps you meant "countries.region".',
          sql: this.entries[index]!.words,
          position: 7,
          candidates: ['region'],
          actions: [{ id: 'run-as-write' as const, label: 'Run as Write' }],
        };
        return Promise.resolve({ state: { status: 'failed', problem }, canRunAgain: true });
      }
      if (outcome.status !== 'rows') {
        const note = 'why' in outcome ? outcome.why : `This statement is ${outcome.status}.`;
        return Promise.resolve({ note, canRunAgain: outcome.status === 'not-run' });
      }
      const id = `rows-${index}-${this.asked.length}`;
      view().host.setRowSource(generatedSource(id, outcome.rows, 5));
      const state = generatedState(id, outcome.rows, 5);
      const header = {
        ...state.header,
        question: undefined,
        source: 'typed' as const,
        explanation: undefined,
        assumptions: [],
        notices: [],
        sql: this.entries[index]!.words,
      };
      const partial = !outcome.complete && !again;
      return Promise.resolve({
        state: { ...state, header },
        ...(partial
          ? {
              note: 'Only the first 500 rows are here: the cursor was closed when another large result took its place. Run the statement again to see all; the data may have changed.',
            }
          : {}),
        canRunAgain: true,
      });
    };
  }

  state() {
    const { scriptId, running, entries } = this;
    return { scriptId, name: 'monthly-report.sql', connection: 'Sample shop', running, entries };
  }

  detail(index: number, again: boolean, signal: AbortSignal) {
    this.asked.push({ index, again });
    return this.detailOf(index, again, signal);
  }

  runAgain() {
    this.ranAgain += 1;
  }

  goTo(index: number) {
    this.went.push(index);
  }

  runAsWrite(index: number) {
    this.written.push(index);
  }

  close() {
    this.closed = true;
    return Promise.resolve();
  }
}

describe('results view: a script', function () {
  this.timeout(60_000);
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

  async function show(entries: readonly ScriptEntry[], running = false, theme: ThemeName = 'light') {
    view = await workbench.open(theme);
    const script = new MadeScript(entries, running, () => view);
    view.host.setScript(script);
    view.host.show({ status: 'script', ...script.state() });
    await view.page.locator('.script-row').first().waitFor();
    return script;
  }

  const option = (number: number) => view.page.getByRole('option').nth(number - 1);
  const selected = () => view.page.locator('.script-row[aria-selected="true"] .script-number').textContent();

  it('lists its statements with what became of each, and leads to the failure', async () => {
    const script = await show(report);
    assert.equal(
      await view.page.locator('.script-summary').textContent(),
      '6 statements: 1 failed, 2 not run, 1 skipped',
    );
    assert.equal(await view.page.getByRole('option').count(), 7);
    await view.page.locator('.problem .what').getByText('column "regoin" does not exist').waitFor();
    assert.equal(await selected(), '5');
    // What is near is told, but the statement is put right in its file.
    await view.page.locator('.candidates').getByText('region', { exact: true }).waitFor();
    assert.equal(await view.page.locator('.candidates button').count(), 0);
    assert.match(await option(3).innerText(), /100,000\+ rows/);
    await view.page.getByRole('button', { name: 'Go to Line 15' }).click();
    await view.page.getByRole('button', { name: 'Run as Write' }).click();
    await view.page.getByRole('button', { name: 'Run Again', exact: true }).click();
    await option(2).dblclick();
    while (script.ranAgain === 0 || script.went.length < 2) await view.page.evaluate(() => undefined);
    assert.deepEqual([script.went, script.ranAgain, script.written], [[4, 1], 1, [4]]);
  });

  it('shows the rows of what is selected, by mouse and by keyboard, and asks only where one stays', async () => {
    const script = await show(report);
    await option(4).click();
    await view.page.locator('.row-count').getByText('10 rows').waitFor();
    await view.page.locator('.slick-row').first().waitFor();
    assert.equal(await view.page.locator('.script-detail .insight').isVisible(), false, 'no room for none');
    const list = view.page.getByRole('listbox', { name: 'Statements' });
    await list.focus();
    const before = script.asked.length;
    for (const key of ['End', 'Home', 'ArrowDown', 'ArrowDown']) await view.page.keyboard.press(key);
    await view.page.locator('.script-note').getByText('Only the first 500 rows are here').waitFor();
    assert.equal(await selected(), '3');
    assert.equal(await list.getAttribute('aria-activedescendant'), 'script-entry-2');
    assert.equal(await view.page.locator('.script-list:focus').count(), 1, 'the list keeps the focus');
    assert.deepEqual(script.asked.slice(before), [{ index: 2, again: false }]);
    await view.page.getByRole('button', { name: 'Run Statement Again' }).click();
    await view.page.locator('.script-note').waitFor({ state: 'detached' });
    assert.deepEqual(script.asked.at(-1), { index: 2, again: true });
    await list.focus();
    await view.page.keyboard.press('Enter');
    while (script.went.length === 0) await view.page.evaluate(() => undefined);
    assert.deepEqual(script.went, [2]);
  });

  it('follows while it runs, is cancelled, and is there again when the page is loaded anew', async () => {
    const waiting = report.map((each, index): ScriptEntry => ({
      ...each,
      outcome: {
        status: index === 1 ? 'running' : index === 0 ? 'skipped' : 'waiting',
        why: 'psql',
      },
    }));
    const script = await show(waiting, true);
    await view.page.locator('.script-summary').getByText('1 of 6 statements: 1 skipped').waitFor();
    const action = view.nextAction();
    await view.page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await action, { id: 'cancel', value: undefined });
    script.entries[1] = report[1]!;
    view.host.updateScript({
      scriptId: 'script-1',
      running: true,
      changes: [{ index: 1, outcome: report[1]!.outcome }],
    });
    await view.page.locator('.script-summary').getByText('2 of 6 statements').waitFor();
    await view.page.reload();
    await view.page.locator('.script-summary').getByText('2 of 6 statements').waitFor();
    script.running = false;
    script.entries.splice(0, 7, ...report);
    view.host.updateScript({
      scriptId: 'script-1',
      running: false,
      changes: report.map(({ outcome }, index) => ({ index, outcome })),
    });
    await view.page.locator('.problem .what').waitFor();
    assert.equal(await view.page.getByRole('button', { name: 'Cancel' }).isVisible(), false);
    assert.equal(
      await view.page.getByRole('status').textContent(),
      'column "regoin" does not exist Perhaps you meant "countries.region".',
    );
  });

  it('a statement that runs again by itself can be cancelled', async () => {
    const script = await show(report);
    await option(6).click();
    const cancelled = Promise.withResolvers<undefined>();
    script.detailOf = (_index, again, signal) => {
      if (!again) return Promise.resolve({ note: 'As before.', canRunAgain: true });
      signal.addEventListener('abort', () => cancelled.resolve(undefined));
      return cancelled.promise.then(() => ({ note: 'late', canRunAgain: true }));
    };
    await view.page.getByRole('button', { name: 'Run Statement Again' }).click();
    await view.page.locator('.script-bar').getByRole('button', { name: 'Cancel' }).click();
    await cancelled.promise;
    await view.page.locator('.script-note').getByText('As before.').waitFor();
  });

  it('is closed by whatever is shown next', async () => {
    const script = await show(report);
    view.host.show(generatedState('r1', 10, 3));
    await view.page.locator('.rows-view').waitFor();
    assert.equal(script.closed, true);
    assert.equal(await view.page.locator('.script-view').count(), 0);
  });

  it('of thousands of statements has only those in sight in the page, and takes thousands of news', async () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      entry(`SELECT ${index + 1}`, index + 1, { status: 'waiting' }),
    );
    await show(many, true);
    assert.ok((await view.page.locator('.script-row').count()) < 60);
    const started = performance.now();
    for (let from = 0; from < 5000; from += 100) {
      const changes = Array.from({ length: 100 }, (_, place) => ({ index: from + place, outcome: rows(1) }));
      view.host.updateScript({ scriptId: 'script-1', running: from + 100 < 5000, changes });
    }
    await view.page.locator('.script-summary').getByText('5,000 statements', { exact: true }).waitFor();
    console.log(`      5,000 outcomes in ${(performance.now() - started).toFixed(0)} ms`);
    const list = view.page.getByRole('listbox');
    await list.focus();
    await view.page.keyboard.press('End');
    await view.page.locator('.script-row[aria-selected="true"]').getByText('SELECT 5000').waitFor();
    await view.page.keyboard.press('Home');
    await view.page.keyboard.press('PageDown');
    assert.ok(Number(await selected()) > 3);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] satisfies ThemeName[]) {
    it(`is drawn in the ${theme} theme`, async () => {
      await show(report, false, theme);
      await view.page.locator('.problem .what').waitFor();
      await view.screenshot('script-failed');
      await option(3).click();
      await view.page.locator('.slick-row').first().waitFor();
      await view.page.getByRole('listbox').focus();
      await view.screenshot('script-rows');
    });
  }
});
