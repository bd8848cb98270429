/** One Chromium for the tests of a file, each with a page of its own in which a generated result is shown. */
import type { Locator, Page } from 'playwright-core';
import type { ResultsHost } from '../../../src/editor/resultsHost.ts';
import { generatedSource, generatedState, type GeneratedSource } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

export interface GridPage {
  readonly page: Page;
  readonly host: ResultsHost;
  /** Opens a page, and waits for the rows in it; five columns. */
  show(rows: number, theme?: ThemeName): Promise<GeneratedSource>;
  /** Shows another result in the page that is open. */
  showAnother(resultId: string, rows: number): Promise<GeneratedSource>;
  screenshot(name: string): Promise<void>;
  /** A cell by its place, row and column from 0. */
  readonly cell: (row: number, column: number) => Locator;
  readonly header: (name: string) => Locator;
  /** These words are in the page, also those that only screen readers are told. */
  readonly said: (words: string) => Promise<void>;
}

/** Starts Chromium for the surrounding `describe`; a test's page is closed after it, and fails the test when anything was wrong in it. */
export function useGridPage(): GridPage {
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
  const cell = (row: number, column: number): Locator =>
    view.page.locator(`.slick-row[aria-rowindex="${row + 2}"] > [aria-colindex="${column + 2}"]`);
  async function showAnother(resultId: string, rows: number): Promise<GeneratedSource> {
    const source = generatedSource(resultId, rows, 5);
    view.host.setRowSource(source);
    view.host.show(generatedState(resultId, rows, 5));
    await cell(0, 0).waitFor();
    return source;
  }
  return {
    get page() {
      return view.page;
    },
    get host() {
      return view.host;
    },
    async show(rows, theme) {
      view = await workbench.open(theme);
      return showAnother('r1', rows);
    },
    showAnother,
    screenshot: (name) => view.screenshot(name),
    cell,
    header: (name) => view.page.locator('.slick-header-column', { hasText: name }),
    said: (words) => view.page.getByText(words).first().waitFor({ state: 'attached' }),
  };
}
