/** Scrolls a grid in its page as a person does, and times its frames; the functions go into the page as text. */
import type { Page } from 'playwright-core';

/** How to find one's way in a grid whose first column holds the number of each row, from 1. */
export interface GridMarks {
  /** The element that scrolls up and down. */
  readonly scroller: string;
  /** The first cell of each row that is drawn. */
  readonly cells: string;
  /** The attribute of a row that numbers it, and the number that the first row has. */
  readonly rowNumber: { readonly attribute: string; readonly first: number };
  /** In pixels. */
  readonly rowHeight: number;
}

/** @returns the times between frames while the grid is scrolled by 13 rows a frame, in milliseconds */
export function frameTimes(page: Page, marks: GridMarks, frames: number): Promise<number[]> {
  const { scroller, rowHeight } = marks;
  return page.evaluate(scroll, { scroller, rowHeight, frames });
}

/**
 * Jumps to a place among all rows.
 * @param share of the rows that lie before it, from 0 to 1
 * @returns how long it takes until all rows that are drawn there have their values, in milliseconds
 */
export function jumpTo(
  page: Page,
  { scroller, cells, rowNumber }: GridMarks,
  share: number,
  rows: number,
): Promise<number> {
  return page.evaluate(jump, { scroller, cells, ...rowNumber, share, rows });
}

interface InPage {
  readonly document: {
    querySelector(selector: string): Element | null;
    querySelectorAll(selector: string): Iterable<Element>;
  };
  readonly requestAnimationFrame: (then: () => void) => void;
}
interface Element {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly textContent: string;
  closest(selector: string): { getAttribute(name: string): string | null } | null;
}

function scroll({
  scroller,
  rowHeight,
  frames,
}: Pick<GridMarks, 'scroller' | 'rowHeight'> & { frames: number }): Promise<number[]> {
  const { document, requestAnimationFrame } = globalThis as unknown as InPage;
  const element = document.querySelector(scroller);
  if (element === null) throw new Error(`There is no ${scroller}.`);
  const times: number[] = [];
  let last = performance.now();
  return new Promise((resolve) => {
    const frame = (): void => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (times.length > frames) resolve(times.slice(1));
      else {
        element.scrollTop += 13 * rowHeight;
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  });
}

function jump({
  scroller,
  cells,
  attribute,
  first,
  share,
  rows,
}: {
  scroller: string;
  cells: string;
  attribute: string;
  first: number;
  share: number;
  rows: number;
}): Promise<number> {
  const { document, requestAnimationFrame } = globalThis as unknown as InPage;
  const element = document.querySelector(scroller);
  if (element === null) throw new Error(`There is no ${scroller}.`);
  const started = performance.now();
  // A browser's elements are not as high as a million rows: grids stretch what they have, and none does it alike.
  element.scrollTop = (element.scrollHeight - element.clientHeight) * share;
  const isThere = (): boolean => {
    const drawn = [...document.querySelectorAll(cells)];
    return (
      drawn.length > 5 &&
      drawn.every((cell) => {
        const row = Number(cell.closest('[role="row"]')?.getAttribute(attribute)) - first;
        return Math.abs(row / rows - share) < 0.02 && cell.textContent === String(row + 1);
      })
    );
  };
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (isThere()) requestAnimationFrame(() => resolve(performance.now() - started));
      else if (performance.now() - started > 10_000) reject(new Error(`Nothing came at ${share}.`));
      else requestAnimationFrame(look);
    };
    look();
  });
}
