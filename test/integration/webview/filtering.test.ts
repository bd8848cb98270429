/** Filtering by the header's menu in a real Chromium: the form, the chips, what is told, and how it looks. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useGridPage } from './gridPage.ts';

describe('results view: filters', function () {
  this.timeout(30_000);
  const view = useGridPage();
  const { header, said } = view;
  const form = (name: string): Locator => view.page.getByRole('dialog', { name: `Filter ${name}` });
  async function open(name: string, item = 'Filter…'): Promise<Locator> {
    await header(name).click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: item, exact: true }).click();
    await form(name).waitFor();
    return form(name);
  }

  it('filters text, numbers and times, each by its own tests, all at once', async () => {
    const source = await view.show(5000);
    await open('customer');
    await view.page.keyboard.type("o'; --");
    await view.page.keyboard.press('Enter');
    await said("Filtered: customer contains “o'; --”. 5,000 rows.");
    const amount = await open('amount');
    assert.deepEqual(await amount.locator('option').allTextContents(), [
      'equals',
      'is less than',
      'is greater than',
      'is between',
      'is one of',
      'is NULL',
      'is not NULL',
    ]);
    await amount.getByLabel('Test').selectOption('is between');
    await amount.getByLabel('Value', { exact: true }).fill('10');
    await amount.getByRole('button', { name: 'Apply' }).click();
    await amount.getByRole('alert').getByText('Enter a value.').waitFor();
    await amount.getByLabel('and', { exact: true }).fill('20.5');
    await amount.getByRole('button', { name: 'Apply' }).click();
    await said('amount from 10 to 20.5');
    const id = await open('id');
    await id.getByLabel('Test').selectOption('is one of');
    await id.getByLabel('Values, one a line').fill('1\n2\nNULL\n\n4');
    await view.page.keyboard.press('Control+Enter');
    await said('id is 1, 2, NULL or 1 more');
    assert.deepEqual(source.arrangements.at(-1), {
      sort: [],
      filters: [
        { test: 'contains', column: 1, text: "o'; --" },
        { test: 'between', column: 2, low: '10', high: '20.5' },
        { test: 'values', column: 0, values: ['1', '2', null, '4'] },
      ],
    });
    assert.equal(await header('amount').getByRole('img', { name: 'filtered' }).isVisible(), true);
    assert.equal(await header('note').getByRole('img', { name: 'filtered' }).count(), 0);
  });

  it('changes a filter, and takes it away by the form, the menu or the chip', async () => {
    const source = await view.show(5000);
    const note = await open('note');
    await note.getByLabel('Test').selectOption('is NULL');
    assert.equal(await note.getByLabel('Value', { exact: true }).isVisible(), false);
    await note.getByRole('button', { name: 'Apply' }).click();
    await said('Filtered: note is NULL.');
    const again = await open('note', 'Change Filter…');
    assert.equal(await again.getByLabel('Test').inputValue(), 'null');
    await again.getByRole('button', { name: 'Clear Filter' }).click();
    await said('Neither sorted nor filtered.');
    for (const take of ['menu', 'chip']) {
      const once = await open('note');
      await once.getByLabel('Value', { exact: true }).fill(take);
      await view.page.keyboard.press('Enter');
      await said(`note contains “${take}”`);
      if (take === 'chip')
        await view.page.getByRole('button', { name: 'Remove note contains “chip”' }).click();
      else {
        await header('note').click({ button: 'right' });
        await view.page.getByRole('menuitem', { name: 'Clear Filter' }).click();
      }
      await view.page.locator('.arrangement').waitFor({ state: 'hidden' });
    }
    assert.deepEqual(source.arrangements.at(-1)?.filters, []);
  });

  it('closes by Escape without a word, and gives the focus back to the header', async () => {
    const source = await view.show(5000);
    await open('note');
    await view.page.keyboard.type('abc');
    await view.page.keyboard.press('Escape');
    assert.equal(await form('note').count(), 0);
    assert.match((await view.page.locator(':focus').textContent()) ?? '', /^note/);
    await open('note');
    await view.page.locator('.row-count').click();
    assert.equal(await form('note').count(), 0);
    assert.deepEqual(source.arrangements, []);
  });

  it('says when no row passes', async () => {
    const source = await view.show(5000);
    source.arrange = (arrangement) =>
      Promise.resolve({
        arranged: { arrangement, by: 'here' },
        firstRows: [],
        total: { rows: 0, complete: true },
        ms: 1,
      });
    await open('note');
    await view.page.keyboard.type('nothing');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('No row passes the filters.').waitFor();
    await view.page.getByText('Filtered here in 1 ms:').waitFor();
    assert.equal(await view.page.locator('.row-count').textContent(), '0 rows');
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await view.show(5000, theme);
      await open('customer');
      await view.page.keyboard.type('quispe');
      await view.page.keyboard.press('Enter');
      await said('customer contains “quispe”');
      const amount = await open('amount');
      await amount.getByLabel('Test').selectOption('is between');
      await amount.getByLabel('Value', { exact: true }).fill('10');
      await view.screenshot('filter-form');
    });
  }
});
