/** What can be done with cells, in a real Chromium: the context menu, copies, cells whole, more rows. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ResultRow, RowTotal } from '../../../src/shared/resultsProtocol.ts';
import { generatedCell, generatedSource, generatedState, type GeneratedSource } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const million = 1_000_000;

function cellAt(page: Page, row: number, column: number) {
  return page.locator(`.slick-row[aria-rowindex="${row + 2}"] > [aria-colindex="${column + 2}"]`);
}

describe('results view: cells', function () {
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

  async function show(
    rows: number,
    changes: Parameters<typeof generatedState>[3] = {},
    theme?: ThemeName,
  ): Promise<GeneratedSource> {
    view = await workbench.open(theme);
    const source = generatedSource('c1', rows, 5);
    view.host.setRowSource(source);
    view.host.show(generatedState('c1', rows, 5, changes));
    await cellAt(view.page, 0, 0).waitFor();
    return source;
  }

  const said = (words: string): Promise<void> =>
    view.page.getByText(words).first().waitFor({ state: 'attached' });
  const items = (): Promise<string[]> => view.page.getByRole('menuitem').allTextContents();

  it('opens a menu over the cell under the mouse, and copies as chosen', async () => {
    const source = await show(1000);
    await cellAt(view.page, 3, 1).click({ button: 'right' });
    assert.deepEqual(await items(), [
      'Inspect CellCtrl+I',
      'Open CellEnter',
      'CopyCtrl+C',
      'Copy with Headers',
      'Copy as CSV',
      'Copy as JSON',
      'Copy as Markdown',
      'Copy as IN List',
      'Select AllCtrl+A',
      'Export Result…',
    ]);
    await view.page.getByRole('menuitem', { name: 'Copy as IN List' }).click();
    await said('Copied 1 cell.');
    assert.equal(source.copied[0]?.text, `('${generatedCell(3, 1)!}')`);
    assert.equal(await view.page.getByRole('menu').count(), 0);
    assert.equal(await view.page.locator(':focus').getAttribute('aria-colindex'), '3');
  });

  it('keeps what is selected when the menu is opened over it, and takes the cell under the mouse otherwise', async () => {
    const source = await show(1000);
    await cellAt(view.page, 1, 0).click();
    await cellAt(view.page, 2, 1).click({ modifiers: ['Shift'] });
    await cellAt(view.page, 2, 0).click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'Copy as JSON' }).click();
    await said('Copied 4 cells.');
    assert.deepEqual(source.copied[0]?.order.selection, { top: 1, bottom: 2, columns: [0, 1] });
    await view.page.locator('.slick-row[aria-rowindex="9"] .row-number').click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'Copy with Headers' }).click();
    await said('Copied 5 cells.');
    assert.deepEqual(source.copied[1]?.order.selection, { top: 7, bottom: 7, columns: [0, 1, 2, 3, 4] });
    assert.match(source.copied[1].text ?? '', /^id\tcustomer\t/);
  });

  it('is walked through by keys alone, and gives the focus back', async () => {
    const source = await show(1000);
    const { keyboard } = view.page;
    await view.page.locator('.grid').focus();
    await keyboard.press('ArrowDown');
    const focus = (): Promise<string | null> => view.page.locator(':focus').textContent();
    const cell = await focus();
    for (const opening of ['Shift+F10', 'ContextMenu']) {
      await keyboard.press(opening);
      assert.equal(await focus(), 'Inspect CellCtrl+I');
      await keyboard.press('Escape');
      assert.equal(await view.page.getByRole('menu').count(), 0);
      assert.equal(await focus(), cell);
    }
    await keyboard.press('Shift+F10');
    await keyboard.press('ArrowUp');
    assert.equal(await focus(), 'Export Result…');
    await keyboard.press('ArrowDown');
    assert.equal(await focus(), 'Inspect CellCtrl+I');
    await keyboard.press('End');
    await keyboard.press('Home');
    await keyboard.press('s');
    assert.equal(await focus(), 'Select AllCtrl+A');
    await keyboard.press('Enter');
    assert.equal(await view.page.locator('.status .selection').textContent(), '5,000 cells selected');
    await keyboard.press('Shift+F10');
    for (const letter of 'ccc') await keyboard.press(letter);
    assert.equal(await focus(), 'Copy as CSV');
    await keyboard.press(' ');
    await said('Copied 5,000 cells.');
    assert.equal(source.copied[0]?.text?.split('\n').length, 1001);
    assert.equal(await view.page.locator('.grid :focus').count(), 1);
  });

  it('has the roles of a menu, and closes when something else is pressed', async () => {
    await show(1000);
    await cellAt(view.page, 0, 4).click({ button: 'right' }); // NULL
    const menu = view.page.getByRole('menu', { name: 'Cells' });
    await menu.waitFor();
    const first = view.page.getByRole('menuitem', { name: 'Open Cell' });
    assert.equal(await first.getAttribute('aria-disabled'), 'true');
    assert.equal(await first.getAttribute('aria-keyshortcuts'), 'Enter');
    assert.equal(await menu.getByRole('separator').count(), 3);
    await cellAt(view.page, 5, 0).click();
    assert.equal(await menu.count(), 0);
    await cellAt(view.page, 5, 0).click({ button: 'right' });
    await view.page.locator('.row-count').click();
    assert.equal(await menu.count(), 0);
  });

  it('stays within the window', async () => {
    await show(1000);
    const last = view.page.locator('.slick-row').last().locator('.slick-cell').first();
    for (const cell of [cellAt(view.page, 2, 4), last]) {
      await cell.click({ button: 'right' });
      const box = await view.page.getByRole('menu').boundingBox();
      assert.ok(box !== null && box.x >= 0 && box.y >= 0);
      assert.ok(box.x + box.width <= 1100 && box.y + box.height <= 720);
      await view.page.keyboard.press('Escape');
    }
  });

  it('says what is too much for the clipboard, and leads to the export', async () => {
    await show(million);
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+a');
    await view.page.keyboard.press('Control+c');
    await view.page.getByText('Not copied: more than 5 MB is too much for the clipboard.').waitFor();
    const action = view.nextAction();
    await view.page.getByRole('button', { name: 'Export the Result…' }).click();
    assert.deepEqual(await action, { id: 'export', value: undefined });
  });

  it('can be cancelled while it is under way', async () => {
    const source = await show(1000);
    const asked = Promise.withResolvers<AbortSignal>();
    source.copy = (_order, signal) => {
      asked.resolve(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+a');
    await view.page.keyboard.press('Control+c');
    const signal = await asked.promise;
    const heard = new Promise((resolve) => signal.addEventListener('abort', resolve));
    await view.page.locator('.status .busy').getByText('Copying…').waitFor();
    await view.page.locator('.status').getByRole('button', { name: 'Cancel' }).click();
    await heard;
    await view.page.locator('.status .busy').getByText('Copying…').waitFor({ state: 'detached' });
    await said('Cancelled.');
  });

  it('opens long cells whole by Enter and by a double click, and those that can be read only by the menu', async () => {
    const rows: ResultRow[] = [
      ['x'.repeat(301), 'short'],
      ['two\nlines', null],
    ];
    const columns = [
      { name: 'long', type: 'text', align: 'left' as const },
      { name: 'short', type: 'text', align: 'left' as const },
    ];
    const source = await show(2, { firstRows: rows, columns, total: { rows: 2, complete: true } });
    await cellAt(view.page, 0, 0).click();
    assert.match((await cellAt(view.page, 0, 0).getAttribute('title')) ?? '', /opens the whole cell\.$/);
    await view.page.keyboard.press('Enter');
    await said('The cell is open in an editor.');
    await cellAt(view.page, 1, 0).dblclick();
    await cellAt(view.page, 0, 1).dblclick();
    await said('The whole cell is shown. Its menu opens it in an editor.');
    await cellAt(view.page, 1, 1).dblclick(); // NULL
    await cellAt(view.page, 0, 1).click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'Open Cell' }).click();
    await said('The cell is open in an editor.');
    assert.deepEqual(
      source.opened.map(({ row, column, unchanged }) => [row, column, unchanged]),
      [
        [0, 0, false],
        [1, 0, false],
        [0, 1, false],
      ],
    );
  });

  it('opens JSON laid out or as it is stored', async () => {
    const columns = [{ name: 'doc', type: 'jsonb', align: 'left' as const }];
    const source = await show(1, { firstRows: [['{}']], columns, total: { rows: 1, complete: true } });
    await cellAt(view.page, 0, 0).dblclick();
    await said('The cell is open in an editor.');
    await cellAt(view.page, 0, 0).click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'Open Cell as Stored' }).click();
    while (source.opened.length < 2) await view.page.evaluate(() => undefined);
    assert.deepEqual(
      source.opened.map(({ unchanged }) => unchanged),
      [false, true],
    );
  });

  it('loads more rows beyond the cap, and says what went wrong', async () => {
    const source = await show(300, { total: { rows: 200, complete: false, atCap: true } });
    const more = view.page.getByRole('button', { name: 'Load more' });
    await view.page.locator('.row-count').getByText('200+ rows', { exact: true }).waitFor();
    const answers: (() => Promise<RowTotal>)[] = [
      () => Promise.reject(new Error('The statement gives other rows now.')),
      () => Promise.resolve({ rows: 300, complete: true }),
    ];
    source.more = () => answers.shift()!();
    await more.click();
    await view.page.getByRole('alert').getByText('The statement gives other rows now.').waitFor();
    await more.click();
    await view.page.locator('.row-count').getByText('300 rows', { exact: true }).waitFor();
    assert.equal(await more.isVisible(), false);
    assert.equal(await view.page.getByRole('grid').getAttribute('aria-rowcount'), '301');
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+End');
    await cellAt(view.page, 299, 0).getByText(generatedCell(299, 0)!, { exact: true }).waitFor();
  });

  it('offers no more rows while they are still counted', async () => {
    await show(300, { total: { rows: 200, complete: false } });
    assert.equal(await view.page.getByRole('button', { name: 'Load more' }).isVisible(), false);
  });

  it('tells the host what is selected', async () => {
    const source = await show(1000);
    const never = new AbortController().signal;
    assert.equal(await view.host.selection(never), undefined);
    await cellAt(view.page, 1, 3).click();
    await cellAt(view.page, 4, 2).click({ modifiers: ['Shift'] });
    assert.deepEqual(await view.host.selection(never), {
      rows: source,
      selection: { top: 1, bottom: 4, columns: [2, 3] },
    });
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await show(150_000, { total: { rows: 100_000, complete: false, atCap: true } }, theme);
      await cellAt(view.page, 1, 1).click();
      await cellAt(view.page, 3, 3).click({ modifiers: ['Shift'] });
      await cellAt(view.page, 2, 2).click({ button: 'right' });
      await view.page.getByRole('menuitem', { name: 'Copy as CSV' }).hover();
      await view.screenshot('cell-menu');
    });
  }
});
