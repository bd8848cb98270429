/** The sidebar: from the welcome to the columns of the sample, by clicking. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { freshFolder } from '../host/folders.ts';
import { openViewContainer, quickInput, screenshot, treeRow } from '../host/workbenchPage.ts';
import { describedRow, description, pressInline, toggle, tooltip } from './gestures.ts';
import { useWorkbench } from './session.ts';

describe('the tree', () => {
  const window = useWorkbench(async () => ({ workspace: await freshFolder('empty') }));

  /** The labels of the rows in sight, from top to bottom. */
  const labels = (): Promise<string[]> =>
    window.page.locator('.sidebar .monaco-list-row .label-name').allInnerTexts();
  const sidebarButton = (name: string): Locator =>
    window.page.locator('.sidebar').getByRole('button', { name });

  it('welcomes who has no connection, with the sample and a connection to choose from', async () => {
    const { page } = window;
    // Rows that are not in sight are not in the page: the sample's tree stands in it as a whole.
    await page.setViewportSize({ width: 1280, height: 1000 });
    await openViewContainer(page, 'Khipu');
    await sidebarButton('Open Sample Database').waitFor();
    assert.equal(await sidebarButton('Add Connection').last().isVisible(), true);
    await screenshot(page, 'tree-welcome-dark');
  });

  it('opens the sample down to the contents of its schemas', async function () {
    this.timeout(90_000);
    await sidebarButton('Open Sample Database').click();
    await treeRow(window.page, 'lifetime_value').waitFor({ timeout: 60_000 });
    const shown = await labels();
    assert.equal(shown[0], 'Sample shop');
    const [hr, shop] = [shown.indexOf('hr'), shown.indexOf('shop')];
    assert.deepEqual(shown.slice(hr + 1, shop), [
      'absences',
      'addresses',
      'departments',
      'employees',
      'Types',
    ]);
    assert.deepEqual(shown.slice(shop + 1).slice(-4), [
      'order_totals',
      'monthly_sales',
      'lifetime_value',
      'Types',
    ]);
    assert.ok(shown.includes('order_lines'));
  });

  it('says what each relation is', async () => {
    const said = (label: string): Promise<string> => description(treeRow(window.page, label));
    assert.equal(await said('order_totals'), 'view');
    assert.equal(await said('monthly_sales'), 'materialised view');
    assert.equal(await said('lifetime_value'), '(customer integer)');
    assert.match(await said('customers'), /^≈ 2,400 rows$/);
    assert.equal(await treeRow(window.page, 'events').locator('.codicon-layers').count(), 1);
    assert.equal(await description(treeRow(window.page, 'Sample shop')), 'connected');
  });

  it('shows columns with type, nullability and keys', async () => {
    const { page } = window;
    await toggle(treeRow(page, 'customers'));
    await treeRow(page, 'country_code').waitFor();
    const id = treeRow(page, 'id');
    assert.equal(await description(id), 'integer');
    assert.equal(await id.locator('.codicon-key').count(), 1);
    assert.equal(await description(treeRow(page, 'country_code')), 'char(2) → shop.countries');
    assert.equal(await description(treeRow(page, 'phone')), 'text?');
    await screenshot(page, 'tree-columns-dark');
    await toggle(treeRow(page, 'customers'));
    await treeRow(page, 'country_code').waitFor({ state: 'hidden' });
  });

  it('puts partitions under the table that they are a part of', async () => {
    const { page } = window;
    assert.equal(await treeRow(page, 'events_2025_q1').count(), 0);
    await toggle(treeRow(page, 'events'));
    await toggle(treeRow(page, 'Partitions'));
    await treeRow(page, 'events_2025_q1').waitFor();
    await toggle(treeRow(page, 'events'));
    await treeRow(page, 'events_2025_q1').waitFor({ state: 'hidden' });
  });

  it('tells the comment of a table in its tooltip', async () => {
    const told = await tooltip(window.page, treeRow(window.page, 'suppliers'));
    assert.match(told, /^shop\.suppliers: table\n+[A-Z].+\n+≈ 24 rows, ≈ 8 kB and 32 kB of indexes$/s);
  });

  it('asks from its title bar', async () => {
    const { page } = window;
    await sidebarButton('Ask Database').first().click();
    await quickInput(page).getByText('How many orders per country?').waitFor();
    await page.keyboard.press('Escape');
    await quickInput(page).waitFor({ state: 'hidden' });
  });

  it('disconnects, stays so, and connects again by its inline buttons', async () => {
    const { page } = window;
    await pressInline(treeRow(page, 'Sample shop'), 'Disconnect');
    await treeRow(page, 'shop').waitFor({ state: 'hidden' });
    const disconnected = describedRow(page, 'Sample shop', 'embedded in Khipu');
    await disconnected.waitFor();
    assert.equal(await disconnected.getAttribute('aria-expanded'), 'false');
    await pressInline(disconnected, 'Connect');
    await treeRow(page, 'shop').waitFor();
    await describedRow(page, 'Sample shop', 'connected').waitFor();
  });

  it('reads the schema again by the inline button, and what is open stays open', async () => {
    const { page } = window;
    await toggle(treeRow(page, 'shop'));
    await treeRow(page, 'order_totals').waitFor();
    await pressInline(treeRow(page, 'Sample shop'), 'Refresh Schema');
    await page.locator('.sidebar .monaco-progress-container.active').first().waitFor({ state: 'hidden' });
    await treeRow(page, 'order_totals').waitFor();
  });

  it('tells a screen reader names, not only tooltips', async () => {
    const table = treeRow(window.page, 'suppliers');
    assert.equal(await table.getAttribute('aria-label'), 'suppliers, ≈ 24 rows');
  });
});
