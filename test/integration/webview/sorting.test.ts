/** Sorting by the header in a real Chromium: clicks, keys, the menu, the chips, and what screen readers are told. */
import assert from 'node:assert/strict';
import type { SortKey } from '../../../src/shared/arrangement.ts';
import { generatedCell, type GeneratedSource } from './generatedRows.ts';
import { useGridPage } from './gridPage.ts';

describe('results view: sorting', function () {
  this.timeout(30_000);
  const view = useGridPage();
  const { cell, header, said } = view;
  const sorts = (source: GeneratedSource): SortKey[][] => source.arrangements.map(({ sort }) => sort);
  const key = (column: number, descending = false): SortKey => ({ column, descending });

  it('goes from ascending to descending to none by clicks, and Shift adds a column', async () => {
    const source = await view.show(5000);
    await header('amount').click();
    await said('Sorted by amount, ascending. 5,000 rows.');
    await cell(0, 0).getByText(generatedCell(4999, 0)!, { exact: true }).waitFor();
    assert.equal(await header('amount').getAttribute('aria-sort'), 'ascending');
    await header('amount').click();
    await said('Sorted by amount, descending. 5,000 rows.');
    await header('customer').click({ modifiers: ['Shift'] });
    await said('Sorted by amount, descending, then by customer, ascending. 5,000 rows.');
    assert.equal(await header('amount').locator('.column-sort').textContent(), '↓1');
    assert.equal(await header('customer').locator('.column-sort').textContent(), '↑2');
    await header('customer').click({ modifiers: ['Shift'] });
    await said('Sorted by amount, descending, then by customer, descending. 5,000 rows.');
    await header('customer').click({ modifiers: ['Shift'] });
    await said('Sorted by amount, descending. 5,000 rows.');
    await header('amount').click();
    await said('Neither sorted nor filtered. 5,000 rows.');
    await cell(0, 0).getByText(generatedCell(0, 0)!, { exact: true }).waitFor();
    assert.deepEqual(sorts(source), [
      [key(2)],
      [key(2, true)],
      [key(2, true), key(1)],
      [key(2, true), key(1, true)],
      [key(2, true)],
      [],
    ]);
    assert.equal(await header('amount').getAttribute('aria-sort'), 'none');
    assert.equal(await view.page.locator('.arrangement').isVisible(), false);
  });

  it('says who sorted, how long it took, and takes each away by its chip', async () => {
    const source = await view.show(5000);
    await header('amount').click();
    await header('note').click({ modifiers: ['Shift'] });
    await view.page.getByText('Sorted by the database in 812 ms:').waitFor();
    const group = view.page.getByRole('group', { name: 'Sort and filters' });
    assert.deepEqual(await group.locator('.chip').allTextContents(), ['amount ↑', 'note ↑']);
    await group.getByRole('button', { name: 'Remove amount ↑' }).click();
    await said('Sorted by note, ascending. 5,000 rows.');
    await header('amount').click({ modifiers: ['Shift'] });
    await said('Sorted by note, ascending, then by amount, ascending. 5,000 rows.');
    await group.getByRole('button', { name: 'Clear All' }).click();
    await said('Neither sorted nor filtered.');
    assert.deepEqual(source.arrangements.at(-1), { sort: [], filters: [] });
  });

  it('makes room for values that are longer than the first ones were', async () => {
    await view.show(120_000);
    const width = async (): Promise<number> => (await header('note').boundingBox())?.width ?? 0;
    const before = await width();
    await header('id').click();
    await cell(0, 0).getByText(generatedCell(119_999, 0)!, { exact: true }).waitFor();
    const grown = await width();
    assert.ok(grown > before, `${before} and ${grown} pixels`);
    await header('id').click();
    await header('id').click();
    await said('Neither sorted nor filtered.');
    assert.equal(await width(), grown);
    assert.equal(await header('id').getAttribute('aria-sort'), 'none');
  });

  it('goes back to the first row, and reads pages of the new order', async () => {
    const source = await view.show(5000);
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+End');
    await cell(4999, 0).getByText(generatedCell(4999, 0)!, { exact: true }).waitFor();
    await header('amount').click();
    await cell(0, 0).getByText(generatedCell(4999, 0)!, { exact: true }).waitFor();
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+End');
    await cell(4999, 0).getByText(generatedCell(0, 0)!, { exact: true }).waitFor();
    assert.equal(source.closed, false);
  });

  it('is done by keys alone: up into the header, along it, and down again', async () => {
    const source = await view.show(5000);
    const { keyboard } = view.page;
    await view.page.locator('.grid').focus();
    await keyboard.press('ArrowUp');
    const focus = view.page.locator(':focus');
    assert.equal(await focus.getAttribute('role'), 'columnheader');
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await said('Sorted by customer, ascending.');
    assert.equal(await focus.getAttribute('aria-sort'), 'ascending');
    await keyboard.press('End');
    await keyboard.press('Shift+Enter');
    await said('Sorted by customer, ascending, then by note, ascending.');
    for (const opening of ['Shift+F10', 'Alt+ArrowDown']) {
      await keyboard.press(opening);
      await view.page.getByRole('menu', { name: 'Column note' }).waitFor();
      await keyboard.press('Escape');
      assert.equal(await focus.getAttribute('role'), 'columnheader');
    }
    await keyboard.press('Shift+F10');
    await keyboard.press('c');
    assert.equal(await focus.textContent(), 'Clear Sort');
    await keyboard.press('Enter');
    await said('Sorted by customer, ascending. 5,000 rows.');
    assert.deepEqual(source.arrangements.at(-1)?.sort, [key(1)]);
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    assert.equal(await focus.textContent(), generatedCell(4999, 0));
  });

  it('keeps the rows and their order when sorting fails or is cancelled', async () => {
    const source = await view.show(5000);
    await header('amount').click();
    await said('Sorted by amount, ascending.');
    source.arrange = () => Promise.reject(new Error('could not identify an ordering operator'));
    await header('note').click();
    await view.page.getByRole('alert').getByText('could not identify an ordering operator').waitFor();
    assert.equal(await header('note').getAttribute('aria-sort'), 'none');
    assert.equal(await header('amount').getAttribute('aria-sort'), 'ascending');
    const asked = Promise.withResolvers<AbortSignal>();
    source.arrange = (_arrangement, signal) => {
      asked.resolve(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    await header('note').click();
    const signal = await asked.promise;
    const heard = new Promise((resolve) => signal.addEventListener('abort', resolve));
    await view.page.locator('.status .busy').getByText('Sorting and filtering…').waitFor();
    await view.page.locator('.status').getByRole('button', { name: 'Cancel' }).click();
    await heard;
    await said('Cancelled.');
    assert.equal(await header('note').getAttribute('aria-sort'), 'none');
    assert.deepEqual(await view.page.locator('.arrangement .chip').allTextContents(), ['amount ↑']);
    assert.equal(await cell(0, 0).textContent(), generatedCell(4999, 0));
  });

  it('shows how rows are sorted to a page that is loaded anew', async () => {
    await view.show(5000);
    await header('amount').click();
    await said('Sorted by amount, ascending.');
    await view.page.reload();
    await view.page.locator('.arrangement .chip').getByText('amount ↑').waitFor();
    assert.equal(await header('amount').getAttribute('aria-sort'), 'ascending');
    assert.equal(await cell(0, 0).textContent(), generatedCell(4999, 0));
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await view.show(5000, theme);
      await header('amount').click();
      await header('amount').click();
      await header('customer').click({ modifiers: ['Shift'] });
      await said('then by customer');
      await header('ordered_at').hover();
      await header('ordered_at').locator('.column-menu').click();
      await view.page.getByRole('menu').waitFor();
      await view.screenshot('sorted');
    });
  }
});
