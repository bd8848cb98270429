/** A million rows of 50 columns in the results view, from a real server through the host, against AG Grid Community over the same rows. */
import { chromium, type Browser } from 'playwright-core';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import { openResult } from '../../../src/database/execute.ts';
import type { RowSource } from '../../../src/editor/resultsHost.ts';
import { assertNoFaults, startWorkbench } from '../../integration/webview/resultsPage.ts';
import { generatedState } from '../../integration/webview/generatedRows.ts';
import { quantile, type Measurement, type Tell } from '../measurement.ts';
import { rowCount, withMillionRows } from '../millionRows.ts';
import { openAgGrid } from './agGridPage.ts';
import { firstPaint, watchFirstPaint } from './firstPaint.ts';
import { frameTimes, jumpTo, type GridMarks } from './scrolling.ts';
import type { Page } from 'playwright-core';

const columnCount = 50;
const frames = 240;
const jumps = 30;

/** The ten columns of the table, and forty more that are stored as well. */
const makeWide = `CREATE TABLE wide AS SELECT big.*, ${Array.from({ length: columnCount - 10 }, (_, at) =>
  at % 2 === 0 ? `id + ${at} AS number_${at}` : `token || ${at} AS text_${at}`,
).join(', ')} FROM big`;
const sql = 'SELECT * FROM wide';

const ours: GridMarks = {
  scroller: '.slick-viewport-top.slick-viewport-right',
  cells: '.slick-row [aria-colindex="2"]',
  rowNumber: { attribute: 'aria-rowindex', first: 2 },
  rowHeight: 22,
};
const agGrid: GridMarks = {
  scroller: '.ag-grid-viewport',
  cells: '.ag-row [col-id="c0"]',
  rowNumber: { attribute: 'row-index', first: 0 },
  rowHeight: 22,
};

interface Figures {
  /** From the first rows' arrival in the page. */
  readonly firstPaintMs: number;
  readonly frameP95Ms: number;
  /** The middle one. */
  readonly jumpMs: number;
}

/**
 * Ours is the 95th of 100 frames while scrolling; `extra` has the other figures of both.
 * @throws when a row never comes, the page has a fault, or it is interrupted
 */
export function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  return withMillionRows(signal, async ({ server, database, guarded }) => {
    await server.run(makeWide);
    await server.run('VACUUM ANALYZE wide');
    const pages = await openResult(database, guarded(sql), signal);
    await pages.count(() => undefined, signal);
    try {
      const khipu = await measureOurs(pages, signal);
      tell(`Khipu: ${words(khipu)}`);
      const reference = await measureAgGrid(pages, signal);
      tell(`AG Grid: ${words(reference)}`);
      const pageMs = await pageTime(pages, signal);
      tell(`the host's share of a jump: ${pageMs.toFixed()} ms for a page from the server`);
      return {
        ours: khipu.frameP95Ms,
        reference: reference.frameP95Ms,
        unit: 'ms, 95th of 100 frames while scrolling',
        extra: {
          ...khipu,
          pageMs,
          referenceFirstPaintMs: reference.firstPaintMs,
          referenceFrameP95Ms: reference.frameP95Ms,
          referenceJumpMs: reference.jumpMs,
        },
      };
    } finally {
      await pages.close();
    }
  });
}

async function measureOurs(pages: ResultPages, signal: AbortSignal): Promise<Figures> {
  const workbench = await startWorkbench();
  try {
    const view = await workbench.open();
    view.host.setRowSource(sourceOf(pages));
    const { columns, firstRows, total } = pages;
    const state = generatedState('grid', rowCount, columnCount, {
      columns: [...columns],
      firstRows: [...firstRows],
      total,
    });
    await view.page.evaluate(watchFirstPaint, ours.cells);
    view.host.show(state);
    const firstPaintMs = await view.page.evaluate(firstPaint);
    const figures = await measureScrolling(view.page, ours, signal);
    assertNoFaults(view);
    await view.close();
    return { firstPaintMs, ...figures };
  } finally {
    await workbench.close();
  }
}

async function measureAgGrid(pages: ResultPages, signal: AbortSignal): Promise<Figures> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env['KHIPU_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const { page, firstPaintMs } = await openAgGrid(browser, pages, rowCount, (start, count) =>
      pages.page(start, count, signal),
    );
    return { firstPaintMs, ...(await measureScrolling(page, agGrid, signal)) };
  } finally {
    await browser.close();
  }
}

async function measureScrolling(
  page: Page,
  marks: GridMarks,
  signal: AbortSignal,
): Promise<Omit<Figures, 'firstPaintMs'>> {
  const times = await frameTimes(page, marks, frames);
  const took: number[] = [];
  for (const share of randomPlaces()) {
    signal.throwIfAborted();
    took.push(await jumpTo(page, marks, share, rowCount));
  }
  return { frameP95Ms: quantile(times, 0.95), jumpMs: quantile(took, 0.5) };
}

/** What a page at the same places takes without any grid: the middle one, in milliseconds. */
async function pageTime(pages: ResultPages, signal: AbortSignal): Promise<number> {
  const took: number[] = [];
  for (const share of randomPlaces()) {
    const started = performance.now();
    await pages.page(Math.floor(share * (rowCount - 100)), 100, signal);
    took.push(performance.now() - started);
  }
  return quantile(took, 0.5);
}

/** What the results view asks the host for. */
function sourceOf(pages: ResultPages): RowSource {
  return {
    resultId: 'grid',
    rows: async (start, count, signal) => ({
      rows: await pages.page(start, count, signal),
      total: pages.total,
    }),
    more: () => Promise.resolve(pages.total),
    arrange: () => Promise.reject(new Error('Nothing is sorted here.')),
    copy: () => Promise.resolve({ cells: 0, tooLarge: false }),
    openCell: () => Promise.resolve(false),
    cells: {
      figures: () => Promise.resolve({ cells: 0, nulls: 0, leftOut: 0 }),
      inspect: () => Promise.resolve({ text: null, cut: false }),
      copyText: () => Promise.resolve(true),
    },
    close: () => Promise.resolve(),
  };
}

/** The same places in every run: a multiplicative generator (Park and Miller). */
function randomPlaces(): number[] {
  let state = 20_260_101;
  return Array.from({ length: jumps }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
}

function words({ firstPaintMs, frameP95Ms, jumpMs }: Figures): string {
  return `first paint ${firstPaintMs.toFixed()} ms, frame p95 ${frameP95Ms.toFixed(1)} ms, jump ${jumpMs.toFixed()} ms`;
}
