/** Changes that are not committed, in the results view in a real Chromium. */
import assert from 'node:assert/strict';
import type { Changes, StatementEffect } from '../../../src/shared/changesProtocol.ts';
import type { ResultsState } from '../../../src/shared/resultsProtocol.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const update: StatementEffect = {
  sql: `UPDATE shop.orders\nSET status = 'shipped', shipped_at = now()\nWHERE id IN (1001, 1002, 1003)`,
  command: 'UPDATE',
  table: 'shop.orders',
  count: 3,
  columns: [
    { name: 'id', type: 'integer', align: 'right' },
    { name: 'status', type: 'text', align: 'left', change: 'before' },
    { name: 'status', type: 'text', align: 'left', change: 'after' },
    { name: 'shipped_at', type: 'timestamp with time zone', align: 'left', change: 'before' },
    { name: 'shipped_at', type: 'timestamp with time zone', align: 'left', change: 'after' },
    { name: 'total', type: 'numeric(10,2)', align: 'right' },
  ],
  sample: [
    ['1001', 'open', 'shipped', null, '2026-05-01 10:00:00+00', '120.50'],
    ['1002', 'open', 'shipped', null, '2026-05-01 10:00:00+00', '9.99'],
    ['1003', 'shipped', 'shipped', '2026-04-30 09:12:00+00', '2026-05-01 10:00:00+00', '45.00'],
  ],
  showsChange: true,
  messages: { items: [{ severity: 'NOTICE', text: 'order 1001 is on its way' }], more: 0 },
  ms: 12.4,
};
const index: StatementEffect = {
  sql: 'CREATE INDEX ON shop.orders (status)',
  command: 'CREATE INDEX',
  columns: [],
  sample: [],
  showsChange: false,
  ms: 120,
};
const pending: Changes & { status: 'changes' } = {
  status: 'changes',
  changesId: 'c1',
  connectionId: 'farm',
  connection: 'Farm',
  connectionLook: { label: 'production', colour: 'red', production: true, writable: true },
  inTransaction: false,
  statements: [update],
  outcome: 'pending',
};

describe('results view: changes', function () {
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
  const show = async (state: ResultsState, theme?: ThemeName): Promise<void> => {
    view = await workbench.open(theme);
    view.host.show(state);
    await view.page.locator('.changes-view .effect .sql-section').waitFor();
  };
  const sentence = (): Promise<string | null> => view.page.locator('.changes-bar .what').textContent();

  it('say what would be changed, and show it before and after', async () => {
    await show(pending);
    assert.equal(await sentence(), '3 rows would be updated in shop.orders — not committed');
    assert.equal(
      await view.page.locator('[role="status"]').textContent(),
      '3 rows would be updated in shop.orders: not committed.',
    );
    const changed = view.page.locator('.slick-cell.changed');
    assert.deepEqual(await changed.allTextContents(), [
      'open',
      'shipped',
      'NULL',
      '2026-05-01 10:00:00+00',
      'open',
      'shipped',
      'NULL',
      '2026-05-01 10:00:00+00',
      '2026-04-30 09:12:00+00',
      '2026-05-01 10:00:00+00',
    ]);
    assert.deepEqual(await view.page.locator('.column-change').allTextContents(), [
      'before',
      'after',
      'before',
      'after',
    ]);
    assert.equal(await view.page.locator('.row-count').textContent(), '3 rows, as it changes them');
    await view.page.getByRole('button', { name: '1 message' }).click();
    await view.page.getByText('order 1001 is on its way').waitFor();
  });

  for (const [name, id] of [
    ['Commit', 'commit'],
    ['Roll Back', 'roll-back'],
  ] as const) {
    it(`${name} is pressed once, and names its connection`, async () => {
      await show(pending);
      const action = view.nextAction();
      await view.page.getByRole('button', { name, exact: true }).click();
      assert.deepEqual(await action, { id, value: 'farm' });
      assert.equal(await view.page.locator('.changes-actions .button:disabled').count(), 2);
    });
  }

  it('say what became of them, in place', async () => {
    await show(pending);
    await view.page.getByRole('button', { name: 'Commit', exact: true }).click();
    assert.equal(view.host.updateOutcome({ changesId: 'other', outcome: 'committed' }), false);
    assert.equal(
      view.host.updateOutcome({ changesId: 'c1', outcome: 'rolled-back', note: 'A check failed.' }),
      true,
    );
    await view.page.locator('.changes-bar.rolled-back').waitFor();
    assert.equal(
      await sentence(),
      '3 rows would have been updated in shop.orders — rolled back, nothing was changed',
    );
    assert.equal(await view.page.locator('.changes-bar .next').textContent(), 'A check failed.');
    assert.equal(await view.page.locator('.changes-actions').count(), 0);
    await view.page.reload();
    await view.page.locator('.changes-bar.rolled-back').waitFor();
  });

  it('of several statements show each, the last one first', async () => {
    await show({ ...pending, inTransaction: true, statements: [update, index] });
    assert.equal(
      await sentence(),
      '2 statements, 3 rows would be changed — in the open transaction, not committed',
    );
    await view.page.locator('.no-rows').getByText('This statement gives no rows back.').waitFor();
    await view.page.getByRole('button', { name: 'UPDATE shop.orders: 3 rows' }).click();
    await view.page.locator('.slick-cell.changed').first().waitFor();
    await view.page.getByRole('button', { name: 'Commit Transaction' }).waitFor();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] satisfies ThemeName[]) {
    it(`are drawn in the ${theme} theme`, async () => {
      await show(pending, theme);
      await view.page.locator('.slick-cell.changed').first().waitFor();
      await view.screenshot('changes-pending');
      view.host.updateOutcome({ changesId: 'c1', outcome: 'committed' });
      await view.page.locator('.changes-bar.committed').waitFor();
      await view.screenshot('changes-committed');
      const note = 'The connection was lost while the changes were being committed.';
      view.host.updateOutcome({ changesId: 'c1', outcome: 'unknown', note });
      await view.page.locator('.changes-bar.unknown').waitFor();
      await view.screenshot('changes-unknown');
      view.host.show({ ...pending, changesId: 'c2', statements: [update, index, update] });
      await view.page.locator('.effects').waitFor();
      await view.page.locator('.slick-cell.changed').first().waitFor();
      await view.screenshot('changes-several');
    });
  }
});
