/** The grid in a real Chromium under its real content security policy, with the real host side. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ResultRow } from '../../../src/shared/resultsProtocol.ts';
import { generatedCell, generatedSource, generatedState, type GeneratedSource } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';

const million = 1_000_000;

function cellAt(page: Page, row: number, column: number) {
  return page.locator(`.slick-row[aria-rowindex="${row + 2}"] > [aria-colindex="${column + 2}"]`);
}

/** Scrolls as the scroll bar does: to a fraction of the way (above 16 million pixels SlickGrid maps pixels to rows). */
async function scrollTo(page: Page, fraction: number): Promise<void> {
  await page.locator('.slick-viewport-top.slick-viewport-right').evaluate((node: unknown, part) => {
    const viewport = node as { scrollTop: number; scrollHeight: number; clientHeight: number };
    viewport.scrollTop = part * (viewport.scrollHeight - viewport.clientHeight);
  }, fraction);
}

/** Every cell on screen, by its place, once none is loading. */
async function visibleCells(page: Page): Promise<{ row: number; column: number; text: string }[]> {
  await page.waitForFunction(() => {
    const { document } = globalThis as unknown as { document: { querySelector(selector: string): unknown } };
    return document.querySelector('.slick-row') !== null && document.querySelector('.skeleton') === null;
  });
  return page.locator('.slick-cell:not(.row-number):not(.null):not(.empty)').evaluateAll((nodes) =>
    (
      nodes as unknown as {
        textContent: string;
        ariaColIndex: string;
        parentElement: { ariaRowIndex: string };
      }[]
    ).map((node) => ({
      row: Number(node.parentElement.ariaRowIndex) - 2,
      column: Number(node.ariaColIndex) - 2,
      text: node.textContent,
    })),
  );
}

describe('results view: rows', function () {
  this.timeout(30_000);
  let workbench: Workbench;
  let view: ResultsPage;

  before(async () => {
    workbench = await startWorkbench();
  });
  after(() => workbench.close());
  beforeEach(async () => {
    view = await workbench.open();
  });
  afterEach(async () => {
    assertNoFaults(view);
    await view.close();
  });

  async function showMillion(): Promise<GeneratedSource> {
    const source = generatedSource('r1', million, 20);
    view.host.setRowSource(source);
    view.host.show(generatedState('r1', million, 20));
    await cellAt(view.page, 0, 0).waitFor();
    return source;
  }

  it('shows the first rows at once, and asks only for what is in view', async () => {
    const source = await showMillion();
    assert.equal(await cellAt(view.page, 0, 1).textContent(), 'Ana Quispe');
    assert.equal(await view.page.locator('.row-count').textContent(), '1,000,000 rows');
    assert.equal(await view.page.locator('.duration').textContent(), '42 ms');
    assert.deepEqual(source.asked, []); // the rows that came with the state were enough
  });

  it('jumps to about row 777,000 and shows its values', async () => {
    const source = await showMillion();
    await scrollTo(view.page, 0.777);
    await view.page.waitForFunction(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(s: string): { ariaRowIndex: string } };
      };
      return Number(document.querySelector('.slick-row').ariaRowIndex) > 700_000;
    });
    const cells = await visibleCells(view.page);
    assert.ok(cells.length > 50, `${cells.length} cells`);
    for (const { row, column, text } of cells) {
      assert.equal(text, generatedCell(row, column), `row ${row}, column ${column}`);
      assert.ok(Math.abs(row - 777_000) < 10_000, `row ${row}`);
    }
    const first = cells[0]!.row;
    const number = view.page.locator(`.slick-row[aria-rowindex="${first + 2}"] .row-number`);
    assert.equal(await number.textContent(), (first + 1).toLocaleString('en-US'));
    assert.ok(source.asked.length <= 2, `${source.asked.length} pages were asked for`);
  });

  it('tells NULL from an empty text and from the words that look like them', async () => {
    const rows: ResultRow[] = [[null], [''], ['NULL'], ["''"]];
    view.host.show(
      generatedState('r2', 4, 1, { firstRows: rows, columns: [{ name: 'v', type: 'text', align: 'left' }] }),
    );
    await cellAt(view.page, 0, 0).waitFor();
    const classes = await Promise.all(rows.map((_, row) => cellAt(view.page, row, 0).getAttribute('class')));
    const special = classes.map((names) => /\b(null|empty)\b/.exec(names ?? '')?.[0]);
    assert.deepEqual(special, ['null', 'empty', undefined, undefined]);
    const style = await cellAt(view.page, 0, 0).evaluate(
      (node: unknown) =>
        (globalThis as unknown as { getComputedStyle(n: unknown): { fontStyle: string } }).getComputedStyle(
          node,
        ).fontStyle,
    );
    assert.equal(style, 'italic');
  });

  it('keeps hostile cells, names and questions inert', async () => {
    const hostile = [
      '<img src=x onerror="alert(1)">',
      '<script>alert(2)</script>',
      '"><svg onload=alert(3)>',
      'javascript:alert(4)',
      'abc\u202egpj.exe\u2066x\u0000\u200b',
      'line one\nline two\ttabbed',
      'x'.repeat(1_000_000),
    ];
    const state = generatedState('r3', 1, hostile.length, {
      firstRows: [hostile],
      columns: hostile.map((name) => ({
        name: name.slice(0, 60),
        type: '<b>text</b>',
        align: 'left' as const,
      })),
    });
    const header = {
      ...state.header,
      question: hostile[0]!,
      tables: [hostile[2]!],
      assumptions: [hostile[1]!],
    };
    view.host.show({ ...state, header: { ...header, sql: `SELECT '${hostile[0]!}' -- \u202e` } });
    await cellAt(view.page, 0, 0).waitFor();
    assert.equal(
      await view.page.locator('#khipu img, #khipu script, #khipu svg[onload], #khipu b').count(),
      0,
    );
    assert.equal(await cellAt(view.page, 0, 0).textContent(), hostile[0]);
    const bidi = await cellAt(view.page, 0, 4).textContent();
    assert.equal(bidi, 'abcU+202Egpj.exeU+2066xU+0000U+200B');
    assert.equal(await cellAt(view.page, 0, 5).textContent(), 'line one↵line two⇥tabbed');
    await view.page.locator('.slick-viewport-top.slick-viewport-right').evaluate((node: unknown) => {
      (node as { scrollLeft: number }).scrollLeft = 100_000;
    });
    await cellAt(view.page, 0, 6).waitFor();
    assert.equal((await cellAt(view.page, 0, 6).textContent())?.length, 301);
    assert.match((await view.page.locator('.sql').textContent()) ?? '', /U\+202E$/);
  });

  it('moves by keyboard, selects with Shift, and copies the raw text', async () => {
    const source = await showMillion();
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowRight');
    const focused = view.page.locator(':focus');
    assert.equal(await focused.getAttribute('aria-colindex'), '3');
    assert.equal(await focused.textContent(), generatedCell(1, 1));
    await view.page.keyboard.press('Shift+ArrowDown');
    await view.page.keyboard.press('Shift+ArrowRight');
    assert.equal(await view.page.locator('.status .selection').textContent(), '4 cells selected');
    await view.page.keyboard.press('Control+c');
    await view.page.getByText('Copied 4 cells.').waitFor({ state: 'attached' });
    const expected = [1, 2]
      .map((row) => [1, 2].map((column) => generatedCell(row, column)).join('\t'))
      .join('\n');
    assert.equal(source.copied.at(-1)?.text, expected);

    await view.page.keyboard.press('Control+End');
    await view.page
      .locator(`.slick-row[aria-rowindex="${million + 1}"] > [aria-colindex="21"]:focus`)
      .waitFor();
    await view.page.keyboard.press('Control+Home');
    await view.page.locator('.slick-row[aria-rowindex="2"] > [aria-colindex="2"]:focus').waitFor();
    await view.page.keyboard.press('PageDown');
    const row = Number(
      await view.page
        .locator(':focus')
        .evaluate(
          (node: unknown) =>
            (node as { parentElement: { dataset: { row: string } } }).parentElement.dataset.row,
        ),
    );
    assert.ok(row > 5, `PageDown went to row ${row}`);
  });

  it('selects by mouse: dragging, Shift and click, a row number', async () => {
    await showMillion();
    const selected = view.page.locator('.status .selection');
    await cellAt(view.page, 1, 1).hover();
    await view.page.mouse.down();
    await cellAt(view.page, 2, 1).hover();
    await cellAt(view.page, 3, 2).hover();
    await view.page.mouse.up();
    await view.page.getByText('6 cells selected').waitFor();
    assert.equal(await view.page.locator('.slick-cell.selected').count(), 6);
    assert.equal(await cellAt(view.page, 3, 2).getAttribute('aria-selected'), 'true');
    await cellAt(view.page, 5, 0).click({ modifiers: ['Shift'] });
    assert.equal(await selected.textContent(), '10 cells selected');
    await view.page.locator('.slick-row[aria-rowindex="8"] .row-number').click();
    assert.equal(await selected.textContent(), '20 cells selected');
    await cellAt(view.page, 0, 0).click();
    assert.equal(await selected.textContent(), '');
  });

  it('copies rows that were never shown', async () => {
    const source = generatedSource('r7', 5000, 3);
    view.host.setRowSource(source);
    view.host.show(generatedState('r7', 5000, 3));
    await cellAt(view.page, 0, 0).waitFor();
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('Control+a');
    await view.page.keyboard.press('Control+c');
    await view.page.getByText('Copied 15,000 cells.').waitFor({ state: 'attached' });
    const lines = source.copied[0]?.text?.split('\n') ?? [];
    assert.equal(lines.length, 5000);
    assert.equal(lines.at(-1), [0, 1, 2].map((column) => generatedCell(4999, column)).join('\t'));
  });

  it('follows the ARIA grid pattern', async () => {
    await showMillion();
    const grid = view.page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-rowcount'), String(million + 1));
    assert.equal(await grid.getAttribute('aria-colcount'), '21');
    assert.ok(await grid.getAttribute('aria-label'));
    assert.equal(await view.page.locator('.grid [tabindex="0"]').count(), 0); // the grid itself is the tab stop
    await grid.focus();
    assert.equal(await view.page.locator('.grid [tabindex="0"]').count(), 1); // now the active cell is
    assert.equal(await grid.getAttribute('tabindex'), '-1');
    const unnamed = await view.page
      .getByRole('columnheader')
      .evaluateAll(
        (nodes) =>
          (nodes as unknown as { textContent: string }[]).filter((node) => node.textContent.trim() === '')
            .length,
      );
    assert.equal(unnamed, 0);
    await view.page.keyboard.press('Tab');
    assert.equal(await view.page.locator('.grid :focus').count(), 0); // Tab leaves the grid
    assert.equal(await view.page.locator('[role="status"]').textContent(), '1,000,000 rows in 42 ms.');
  });

  it('shows a count that is not final as such, and takes the final one', async () => {
    const source = generatedSource('r4', 150_000, 3);
    view.host.setRowSource(source);
    view.host.show(generatedState('r4', 150_000, 3, { total: { rows: 100_000, complete: false } }));
    await view.page.getByText('100,000+ rows').first().waitFor();
    assert.equal(await view.page.getByRole('grid').getAttribute('aria-rowcount'), '-1');
    view.host.updateTotal('r4', { rows: 150_000, complete: true });
    await view.page.getByText('150,000 rows').waitFor();
    assert.equal(await view.page.getByRole('grid').getAttribute('aria-rowcount'), '150001');
  });

  it('says that rows are gone, and goes on when they can be had again', async () => {
    view.host.show(generatedState('r5', 5000, 3)); // no source: as after its cursor was closed
    await cellAt(view.page, 0, 0).waitFor();
    await scrollTo(view.page, 0.6);
    await view.page.getByText('These rows are gone; run the statement again.').waitFor();
    assert.ok((await view.page.locator('.skeleton').count()) > 0);
    view.host.setRowSource(generatedSource('r5', 5000, 3));
    await view.page.getByRole('button', { name: 'Try Again' }).click();
    for (const { row, column, text } of await visibleCells(view.page))
      assert.equal(text, generatedCell(row, column));
  });

  it('shows 200 rows of 1,600 columns, two of them of the same name', async () => {
    const state = generatedState('r6', 200, 1600);
    const columns = state.columns.map((column, index) => (index === 1 ? { ...column, name: 'id' } : column));
    view.host.setRowSource(generatedSource('r6', 200, 1600));
    view.host.show({ ...state, columns });
    await cellAt(view.page, 0, 1).waitFor();
    assert.equal(await view.page.getByRole('columnheader').count(), 1601);
    assert.equal(await cellAt(view.page, 1, 0).textContent(), '2');
    assert.equal(await cellAt(view.page, 1, 1).textContent(), 'Inti Mamani');
    await view.page.locator('.grid').focus();
    await view.page.keyboard.press('End');
    await view.page.locator('.slick-row[aria-rowindex="2"] > [aria-colindex="1601"]:focus').waitFor();
  });

  it('closes the rows of a result that is no longer shown', async () => {
    const source = await showMillion();
    assert.equal(source.closed, false);
    view.host.show({ status: 'working', step: 'Asking the model…' });
    assert.equal(source.closed, true);
  });
});
