import assert from 'node:assert/strict';
import type { ResultRow, RowTotal } from '../../../src/shared/resultsProtocol.ts';
import { pageSize, RowPages, type RowPagesOptions } from '../../../webview-ui/rowPages.ts';

interface Ask {
  readonly start: number;
  readonly count: number;
  readonly signal: AbortSignal;
  answer(rows: ResultRow[], total: RowTotal): Promise<void>;
  fail(error: Error): Promise<void>;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function numbered(start: number, count: number): ResultRow[] {
  return Array.from({ length: count }, (_, index) => [String(start + index)]);
}

describe('RowPages', () => {
  let asks: Ask[];
  let arrived: [number, number][];
  let faults: unknown[];
  let totals: RowTotal[];

  function pagesOf(total: RowTotal, options: Partial<RowPagesOptions> = {}): RowPages {
    asks = [];
    arrived = [];
    faults = [];
    totals = [];
    return new RowPages({
      columnCount: 1,
      firstRows: [],
      total,
      fetch: (start, count, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<{ rows: ResultRow[]; total: RowTotal }>();
        const answer = (rows: ResultRow[], known: RowTotal): Promise<void> => {
          resolve({ rows, total: known });
          return settled();
        };
        const fail = (error: Error): Promise<void> => {
          reject(error);
          return settled();
        };
        asks.push({ start, count, signal, answer, fail });
        return promise;
      },
      onRows: (from, to) => arrived.push([from, to]),
      onTotal: (known) => totals.push(known),
      onFault: (error) => faults.push(error),
      ...options,
    });
  }

  const thousand = { rows: 1000, complete: true };

  it('asks for the pages in view, once', async () => {
    const pages = pagesOf(thousand);
    pages.want(190, 210);
    pages.want(191, 211);
    assert.deepEqual(
      asks.map(({ start, count }) => [start, count]),
      [
        [0, pageSize],
        [200, pageSize],
      ],
    );
    await asks[0]!.answer(numbered(0, 200), thousand);
    assert.deepEqual(pages.row(199), ['199']);
    assert.equal(pages.row(200), undefined);
    assert.deepEqual(arrived, [[0, 200]]);
  });

  it('asks for nothing that came with the state', () => {
    const pages = pagesOf(thousand, { firstRows: numbered(0, 50) });
    pages.want(0, 49);
    assert.equal(asks.length, 0);
    pages.want(0, 50);
    assert.equal(asks.length, 1);
  });

  it('lets go of pages that have left the view, and can ask for them again', () => {
    const pages = pagesOf(thousand);
    pages.want(0, 10);
    pages.want(800, 810);
    assert.equal(asks[0]!.signal.aborted, true);
    pages.want(0, 10);
    assert.deepEqual(
      asks.map(({ start }) => start),
      [0, 800, 0],
    );
  });

  it('forgets the least lately used page first', async () => {
    const many = { rows: 1_000_000, complete: true };
    const pages = pagesOf(many, { columnCount: 1600 }); // 8 pages fit
    for (let page = 0; page < 9; page++) {
      pages.want(page * pageSize, page * pageSize);
      await asks[page]!.answer(numbered(page * pageSize, pageSize), many);
      pages.want(0, 0); // the first page is used all the time
    }
    assert.deepEqual(pages.row(0), ['0']);
    assert.equal(pages.row(pageSize), undefined);
    assert.deepEqual(pages.row(2 * pageSize), [String(2 * pageSize)]);
  });

  it('tells of a failure once and asks again only after a retry', async () => {
    const pages = pagesOf(thousand);
    pages.want(0, 10);
    await asks[0]!.fail(new Error('lost'));
    pages.want(0, 10);
    assert.equal(asks.length, 1);
    assert.equal((faults[0] as Error).message, 'lost');
    pages.retry();
    pages.want(0, 10);
    assert.equal(asks.length, 2);
    assert.equal(faults[1], undefined);
  });

  it('asks again for a page that was the last one when the count grows', async () => {
    const pages = pagesOf({ rows: 250, complete: false });
    pages.want(200, 249);
    await asks[0]!.answer(numbered(200, 50), { rows: 250, complete: false });
    pages.setTotal({ rows: 400, complete: true });
    pages.want(200, 260);
    assert.equal(asks.length, 2);
    assert.deepEqual(totals, [{ rows: 400, complete: true }]);
  });

  it('does not wait for ever for rows that the host leaves out', async () => {
    const pages = pagesOf(thousand);
    pages.want(0, 10);
    await asks[0]!.answer(numbered(0, 5), thousand);
    assert.match((faults[0] as Error).message, /Row 6 is missing/);
    pages.want(0, 10);
    assert.equal(asks.length, 1);
  });
});
