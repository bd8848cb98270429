/** Selecting cells in a real Chromium, and the figures of what is selected. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useGridPage } from './gridPage.ts';

describe('results view: selection', function () {
  this.timeout(30_000);
  const view = useGridPage();
  const { cell } = view;

  const numberAt = (row: number): Locator =>
    view.page.locator(`.slick-row[aria-rowindex="${row + 2}"] > .row-number`);
  const selected = async () => {
    const found = await view.host.selection(new AbortController().signal);
    return found?.selection;
  };
  const figure = (text: string): Promise<void> =>
    view.page.locator('.status .figure').getByText(text, { exact: true }).first().waitFor();
  const says = (words: string): Promise<void> =>
    view.page.getByRole('status').getByText(words).waitFor({ state: 'attached' });

  it('takes columns and rows by keys, and grows by Shift with Page Down, Home and End', async () => {
    await view.show(1000);
    const { keyboard } = view.page;
    await cell(2, 1).click();
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('Control+Space');
    assert.deepEqual(await selected(), { top: 0, bottom: 999, columns: [1, 2] });
    await cell(2, 1).click();
    await keyboard.press('Shift+ArrowDown');
    await keyboard.press('Shift+Space');
    assert.deepEqual(await selected(), { top: 2, bottom: 3, columns: [0, 1, 2, 3, 4] });
    await cell(2, 1).click();
    await keyboard.press('Shift+End');
    await keyboard.press('Shift+PageDown');
    const { top, bottom, columns } = (await selected())!;
    assert.ok(top === 2 && bottom > 10, String(bottom));
    assert.deepEqual(columns, [1, 2, 3, 4]);
    await keyboard.press('Control+Shift+Home');
    assert.deepEqual(await selected(), { top: 0, bottom: 2, columns: [0, 1] });
    assert.equal(await cell(0, 0).getAttribute('aria-selected'), 'true');
  });

  it('takes rows by their numbers: one, as far as Shift is pressed, dragged over, and more with Ctrl', async () => {
    await view.show(1000);
    const all = [0, 1, 2, 3, 4];
    await numberAt(3).click();
    assert.deepEqual(await selected(), { top: 3, bottom: 3, columns: all });
    await numberAt(6).click({ modifiers: ['Shift'] });
    assert.deepEqual(await selected(), { top: 3, bottom: 6, columns: all });
    await numberAt(9).click({ modifiers: ['Control'] });
    assert.deepEqual(await selected(), {
      top: 3,
      bottom: 6,
      columns: all,
      further: [{ top: 9, bottom: 9 }],
    });
    await numberAt(1).hover();
    await view.page.mouse.down();
    await numberAt(2).hover();
    await numberAt(4).hover();
    await view.page.mouse.up();
    assert.deepEqual(await selected(), { top: 1, bottom: 4, columns: all });
  });

  it('takes several ranges with Ctrl, copies those of the same columns and says why not others', async () => {
    const source = await view.show(1000);
    await cell(0, 0).click();
    await cell(1, 1).click({ modifiers: ['Shift'] });
    await cell(4, 0).hover();
    await view.page.keyboard.down('Control');
    await view.page.mouse.down();
    await cell(5, 0).hover();
    await cell(5, 1).hover();
    await view.page.mouse.up();
    await view.page.keyboard.up('Control');
    await view.page.keyboard.press('Control+c');
    await says('Copied 8 cells.');
    const lines = (source.copied[0]?.text ?? '').split('\n');
    assert.deepEqual(
      lines.map((line) => line.split('\t')[0]),
      ['1', '2', '5', '6'],
    );
    await cell(8, 2).click({ modifiers: ['Control'] });
    assert.equal(await view.page.locator('.slick-cell.selected').count(), 9);
    await view.page.keyboard.press('Control+c');
    await view.page
      .getByRole('alert')
      .getByText('Not copied: these ranges have different columns.')
      .waitFor();
    assert.equal(source.copied.length, 1);
  });

  it('scrolls on while the mouse is dragged beyond the edge', async () => {
    await view.show(1000);
    await cell(1, 1).hover();
    await view.page.mouse.down();
    const box = (await view.page.locator('.grid').boundingBox())!;
    await view.page.mouse.move(box.x + 300, box.y + box.height - 30);
    await view.page.mouse.move(box.x + 300, box.y + box.height + 12);
    await view.page.locator('.slick-row[aria-rowindex="40"] > .slick-cell.selected').first().waitFor();
    await view.page.mouse.up();
    assert.ok((await selected())!.bottom >= 38);
  });

  it('shows count, sum, average, least and greatest over rows that were never shown, and copies each exactly', async () => {
    const source = await view.show(100_000);
    await cell(0, 0).click();
    await view.page.keyboard.press('Control+Space');
    await figure('5,000,050,000');
    await figure('50,000.5');
    await says(
      '100,000 cells selected: Count 100,000, Sum 5,000,050,000, Average 50,000.5, Min 1, Max 100,000.',
    );
    await view.page.getByRole('button', { name: 'Sum' }).click();
    await says('Copied: Sum.');
    assert.deepEqual(source.copiedTexts, ['5000050000']);
    await cell(0, 4).click();
    await view.page.keyboard.press('Shift+ArrowDown');
    await figure('note 1');
    assert.deepEqual(await view.page.locator('.figure').allTextContents(), [
      'Count 1',
      'NULL 1',
      'Min note 1',
      'Max note 1',
    ]);
    await cell(0, 0).click();
    await view.page.locator('.figure').first().waitFor({ state: 'detached' });
  });

  it('adds up more than two million cells only when it is told to, and can be cancelled', async () => {
    const source = await view.show(1_000_000);
    const asked = Promise.withResolvers<AbortSignal>();
    let first = true;
    Object.assign(source.cells, {
      figures: (_selections: unknown, wanted: AbortSignal) => {
        if (!first) return Promise.resolve({ cells: 5_000_000, nulls: 200_000, leftOut: 0 });
        first = false;
        asked.resolve(wanted);
        return new Promise((_resolve, reject) =>
          wanted.addEventListener('abort', () => reject(wanted.reason as Error)),
        );
      },
    });
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+a');
    await view.page.getByText('5,000,000 cells selected').first().waitFor();
    await view.page.getByRole('button', { name: 'Add up' }).click();
    const signal = await asked.promise;
    await view.page.locator('.selection').getByRole('button', { name: 'Cancel' }).click();
    await view.page.getByRole('button', { name: 'Add up' }).click();
    assert.ok(signal.aborted);
    await figure('4,800,000');
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await view.show(1000, theme);
      await cell(1, 2).click();
      await cell(4, 2).click({ modifiers: ['Shift'] });
      await cell(7, 2).click({ modifiers: ['Control'] });
      await cell(9, 2).click({ modifiers: ['Control'] });
      await view.page.locator('.figure').first().waitFor();
      await view.screenshot('selection');
    });
  }
});
