/** What the rows say, above them in a real Chromium: one line that opens, and that comes after the rows. */
import assert from 'node:assert/strict';
import { useGridPage } from './gridPage.ts';

const insight = {
  sentences: [
    '27 rows.',
    'revenue sums to 1,234.50; the largest is Peru with 420.00 (34 %), the smallest Malta with 1.20.',
    'NULL: note in 3 of 27.',
  ],
  chartWords: 'bars of revenue by country',
};

describe('results view: insight', function () {
  this.timeout(30_000);
  const view = useGridPage();

  it('comes without moving the rows, opens to a list by the keyboard, and is said', async () => {
    const { resultId } = await view.show(27);
    const grid = view.page.locator('.rows');
    const before = await grid.boundingBox();
    view.host.updateInsight(resultId, insight);
    const summary = view.page.locator('.insight summary');
    await summary.getByText('27 rows. revenue sums to 1,234.50;').waitFor();
    assert.deepEqual(await grid.boundingBox(), before);
    await view.page.getByRole('status').getByText('revenue sums to').waitFor({ state: 'attached' });
    await summary.focus();
    await view.page.keyboard.press('Enter');
    const list = view.page.locator('.insight-list');
    assert.deepEqual(await list.getByRole('listitem').allInnerTexts(), [
      ...insight.sentences,
      'Would show well as bars of revenue by country.',
    ]);
  });

  it('is not shown of rows that are gone', async () => {
    const { resultId } = await view.show(27);
    view.host.updateInsight('another', insight);
    view.host.updateInsight(resultId, { sentences: ['No rows.'] });
    await view.page.locator('.insight').getByText('No rows.').first().waitFor();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const)
    it(`is readable in ${theme}`, async () => {
      const { resultId } = await view.show(27, theme);
      view.host.updateInsight(resultId, insight);
      await view.page.locator('.insight summary').click();
      await view.page.locator('.insight-chart').waitFor();
      await view.screenshot(`insight-${theme}`);
    });
});
