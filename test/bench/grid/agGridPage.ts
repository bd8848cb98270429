/** AG Grid Community in the same Chromium over the same rows: what the results view is held against. */
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import type { ResultRow } from '../../../src/shared/resultsProtocol.ts';

/** The build for pages without a bundler, which the package does not export. */
const script = resolve('node_modules/ag-grid-community/dist/ag-grid-community.min.js');

/** Rows `start` to `start + count - 1`. */
type ReadRows = (start: number, count: number) => Promise<readonly ResultRow[]>;

/** What runs in the page; it goes there as text, so it must stand alone. */
function makeGrid({
  columns,
  firstRows,
  total,
}: {
  columns: readonly { name: string }[];
  firstRows: (string | null)[][];
  total: number;
}): Promise<number> {
  interface GetRows {
    readonly startRow: number;
    readonly endRow: number;
    readonly successCallback: (rows: object[], last: number) => void;
  }
  const page = globalThis as unknown as {
    document: { body: object };
    agGrid: {
      ModuleRegistry: { registerModules(modules: object[]): void };
      AllCommunityModule: object;
      createGrid(parent: object, options: object): unknown;
    };
    khipuRows(start: number, count: number): Promise<(string | null)[][]>;
    requestAnimationFrame(then: () => void): void;
  };
  const { agGrid } = page;
  agGrid.ModuleRegistry.registerModules([agGrid.AllCommunityModule]);
  const started = performance.now();
  return new Promise((resolve) => {
    agGrid.createGrid(page.document.body, {
      columnDefs: columns.map(({ name }, at) => ({ headerName: name, field: `c${at}`, width: 120 })),
      rowModelType: 'infinite',
      cacheBlockSize: 100,
      maxBlocksInCache: 20,
      infiniteInitialRowCount: total,
      rowHeight: 22,
      headerHeight: 26,
      animateRows: false,
      datasource: {
        async getRows({ startRow, endRow, successCallback }: GetRows) {
          const rows = startRow === 0 ? firstRows : await page.khipuRows(startRow, endRow - startRow);
          successCallback(
            rows.map((row) => Object.fromEntries(row.map((value, at) => [`c${at}`, value]))),
            total,
          );
          page.requestAnimationFrame(() =>
            page.requestAnimationFrame(() => resolve(performance.now() - started)),
          );
        },
      },
    });
  });
}

/** @returns the page, and how long its first paint took, in milliseconds */
export async function openAgGrid(
  browser: Browser,
  { columns, firstRows }: Pick<ResultPages, 'columns' | 'firstRows'>,
  total: number,
  read: ReadRows,
): Promise<{ readonly page: Page; readonly firstPaintMs: number }> {
  const page = await (await browser.newContext({ viewport: { width: 1100, height: 720 } })).newPage();
  await page.setContent('<!doctype html><style>html, body { height: 100%; margin: 0 }</style><body></body>');
  await page.exposeFunction('khipuRows', read);
  await page.addScriptTag({ path: script });
  const firstPaintMs = await page.evaluate(makeGrid, {
    columns: columns.map(({ name }) => ({ name })),
    firstRows: [...firstRows],
    total,
  });
  return { page, firstPaintMs };
}
