/** Columns in a real Chromium: hidden, moved, frozen, resized, and found again when the same statement is shown. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useGridPage } from './gridPage.ts';

describe('results view: columns', function () {
  this.timeout(30_000);
  const view = useGridPage();
  const { header, said } = view;
  const titles = (): Promise<string[]> => view.page.locator('.column-title').allTextContents();
  async function choose(name: string, item: string): Promise<void> {
    await header(name).click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: item }).click();
  }
  async function width(name: string): Promise<number> {
    return (await header(name).boundingBox())?.width ?? 0;
  }

  it('hides columns, lists them, and shows them again', async () => {
    await view.show(5000);
    await choose('amount', 'Hide Column');
    await said('amount is hidden.');
    assert.deepEqual(await titles(), ['id', 'customer', 'ordered_at', 'note']);
    assert.equal(await view.page.getByRole('grid').getAttribute('aria-colcount'), '5');
    await choose('note', 'Columns…');
    const entry = (name: string): Locator => view.page.getByRole('menuitemcheckbox', { name });
    assert.equal(await entry('amount').getAttribute('aria-checked'), 'false');
    await entry('id').click();
    await entry('amount').click();
    await view.page.keyboard.press('Escape');
    assert.deepEqual(await titles(), ['customer', 'amount', 'ordered_at', 'note']);
    await view.page.locator('.slick-header-column.row-number').click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'Reset Columns' }).click();
    assert.deepEqual(await titles(), ['id', 'customer', 'amount', 'ordered_at', 'note']);
  });

  it('moves columns by the mouse, by keys and by the menu; copies and sorts go with them', async () => {
    const source = await view.show(5000);
    await header('note').dragTo(header('customer'), { targetPosition: { x: 10, y: 10 } });
    await said('note is column 2 of 5.');
    assert.deepEqual(await titles(), ['id', 'note', 'customer', 'amount', 'ordered_at']);
    assert.deepEqual(source.arrangements, [], 'a drag is no click');
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('ArrowUp');
    await view.page.keyboard.press('Alt+ArrowRight');
    await view.page.keyboard.press('Alt+ArrowRight');
    await said('id is column 3 of 5.');
    assert.deepEqual(await titles(), ['note', 'customer', 'id', 'amount', 'ordered_at']);
    await choose('amount', 'Move Left');
    assert.deepEqual(await titles(), ['note', 'customer', 'amount', 'id', 'ordered_at']);
    await header('id').click();
    await said('Sorted by id, ascending.');
    assert.deepEqual(source.arrangements, [{ sort: [{ column: 0, descending: false }], filters: [] }]);
    await view.page.locator('.slick-row[aria-rowindex="2"] > [aria-colindex="4"]').click();
    await view.page
      .locator('.slick-row[aria-rowindex="2"] > [aria-colindex="5"]')
      .click({ modifiers: ['Shift'] });
    await view.page.keyboard.press('Control+c');
    await said('Copied 2 cells.');
    assert.deepEqual(source.copied[0]?.order.selection.columns, [2, 0]);
  });

  it('freezes the first columns, and no more than fit', async () => {
    await view.show(5000);
    await choose('customer', 'Freeze up to This Column');
    const frozen = view.page.locator('.slick-header-columns-left .column-title');
    assert.deepEqual(await frozen.allTextContents(), ['id', 'customer']);
    await choose('customer', 'Unfreeze Columns');
    assert.deepEqual(await frozen.allTextContents(), []);
    await view.page.setViewportSize({ width: 420, height: 700 });
    await choose('note', 'Freeze up to This Column');
    await said('So many columns are wider than the view');
    assert.deepEqual(await frozen.allTextContents(), []);
  });

  it('resizes by keys, by the mouse and to what is in view', async () => {
    await view.show(5000);
    const before = await width('note');
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('ArrowUp');
    await view.page.keyboard.press('End');
    await view.page.keyboard.press('Shift+ArrowRight');
    assert.equal(await width('note'), before + 16);
    await view.page.keyboard.press('Shift+ArrowLeft');
    assert.equal(await width('note'), before);
    const handle = header('note').locator('.slick-resizable-handle');
    const box = (await handle.boundingBox({ timeout: 4000 }))!;
    await view.page.mouse.move(box.x + 2, box.y + 5);
    await view.page.mouse.down();
    await view.page.mouse.move(box.x + 102, box.y + 5, { steps: 4 });
    await view.page.mouse.up();
    assert.equal(await width('note'), before + 100);
    await handle.dblclick({ timeout: 4000 });
    assert.ok(Math.abs((await width('note')) - before) < 10);
  });

  it('keeps them for the same statement while the view lives', async () => {
    await view.show(5000);
    await choose('amount', 'Hide Column');
    await choose('note', 'Move Left');
    view.host.show({ status: 'working', step: 'Running the statement' });
    await view.page.locator('.slick-row').first().waitFor({ state: 'detached' });
    await view.showAnother('k2', 5000);
    assert.deepEqual(await titles(), ['id', 'customer', 'note', 'ordered_at']);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await view.show(5000, theme);
      await choose('customer', 'Freeze up to This Column');
      await choose('amount', 'Hide Column');
      await choose('note', 'Columns…');
      await view.screenshot('columns');
    });
  }
});
