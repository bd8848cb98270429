import assert from 'node:assert/strict';
import type { Arrangement } from '../../../src/shared/arrangement.ts';
import { ResultsHost, type RowSource } from '../../../src/editor/resultsHost.ts';
import { postMessageTransport } from '../../../src/shared/postMessageTransport.ts';
import {
  actionNotification,
  arrangeRequest,
  copyRequest,
  headerNotification,
  moreRequest,
  openCellRequest,
  readyRequest,
  rowsRequest,
  selectionRequest,
  stateNotification,
  totalNotification,
  type CellOrder,
  type CopyOrder,
  type ResultsState,
} from '../../../src/shared/resultsProtocol.ts';
import { createPeer, type Peer } from '../../../src/shared/rpc.ts';
import { portPair } from '../shared/postMessagePorts.ts';

const never = new AbortController().signal;

function rowsState(resultId: string): ResultsState {
  return {
    status: 'rows',
    resultId,
    header: {
      sql: 'SELECT 1',
      tables: [],
      source: 'typed',
      assumptions: [],
      notices: [],
      connection: 'here',
    },
    columns: [{ name: '?column?', type: 'integer', align: 'right' }],
    firstRows: [['1']],
    total: { rows: 1, complete: true },
    ms: 1,
  };
}

class CountedSource implements RowSource {
  readonly resultId: string;
  closed = 0;
  readonly signals: AbortSignal[] = [];
  readonly started = Promise.withResolvers<undefined>();
  readonly #waits: boolean;

  constructor(resultId: string, waits = false) {
    this.resultId = resultId;
    this.#waits = waits;
  }

  rows(start: number, count: number, signal: AbortSignal) {
    this.signals.push(signal);
    this.started.resolve(undefined);
    const answer = { rows: [[String(start), String(count)]], total: { rows: 5, complete: true } };
    if (!this.#waits) return Promise.resolve(answer);
    return new Promise<typeof answer>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  }

  readonly orders: (CopyOrder | CellOrder)[] = [];

  more() {
    return Promise.resolve({ rows: 9, complete: false, atCap: true });
  }

  arrange(arrangement: Arrangement) {
    if (arrangement.sort.some(({ column }) => column > 1))
      return Promise.reject(new Error('There is no such column.'));
    const arranged = { arrangement, by: 'database' as const };
    return Promise.resolve({ arranged, firstRows: [['9']], total: { rows: 1, complete: true }, ms: 3 });
  }

  copy(order: CopyOrder) {
    this.orders.push(order);
    return Promise.resolve({ cells: 4, tooLarge: false });
  }

  readonly cells: RowSource['cells'] = {
    figures: (selections) => Promise.resolve({ cells: selections.length, nulls: 0, leftOut: 0 }),
    inspect: ({ row, column }) => Promise.resolve({ text: `${row}/${column}`, cut: false }),
    copyText: () => Promise.resolve(true),
  };

  openCell(order: CellOrder) {
    this.orders.push(order);
    return Promise.resolve(true);
  }

  close() {
    this.closed++;
    return this.closed > 1 ? Promise.reject(new Error('closed twice')) : Promise.resolve();
  }
}

describe('ResultsHost', () => {
  let host: ResultsHost;
  let page: Peer;
  let warnings: string[];
  let actions: unknown[][];

  function attachPage(): Peer {
    const [hostPort, pagePort] = portPair();
    host.attach(hostPort);
    const { reader, writer } = postMessageTransport(pagePort);
    return createPeer(reader, writer, (error) => warnings.push(error.message));
  }

  beforeEach(() => {
    warnings = [];
    actions = [];
    host = new ResultsHost(
      (message) => warnings.push(message),
      (...action) => actions.push(action),
    );
    page = attachPage();
  });
  afterEach(() => {
    page.dispose();
    host.dispose();
    assert.deepEqual(warnings, []);
  });

  it('gives the state to a page that is ready, again to one that is loaded anew, and sends changes', async () => {
    assert.deepEqual(await page.call(readyRequest, {}, never), { status: 'empty' });
    const next = new Promise<ResultsState>((resolve) => page.onNotify(stateNotification, resolve));
    host.show(rowsState('a'));
    assert.deepEqual(await next, rowsState('a'));
    page.dispose();
    page = attachPage();
    assert.deepEqual(await page.call(readyRequest, {}, never), rowsState('a'));
  });

  it('answers windows of rows from its source', async () => {
    host.setRowSource(new CountedSource('a'));
    const answer = await page.call(rowsRequest, { resultId: 'a', start: 3, count: 2 }, never);
    assert.deepEqual(answer, { rows: [['3', '2']], total: { rows: 5, complete: true } });
  });

  it('sorts and filters what it shows, keeps that for a page that is loaded anew, and leaves it when that fails', async () => {
    const source = new CountedSource('a');
    host.setRowSource(source);
    host.show(rowsState('a'));
    const arrangement: Arrangement = { sort: [{ column: 0, descending: true }], filters: [] };
    const arranged = { arrangement, by: 'database' };
    const rows = { arranged, firstRows: [['9']], total: { rows: 1, complete: true }, ms: 3 };
    assert.deepEqual(await page.call(arrangeRequest, { resultId: 'a', arrangement }, never), rows);
    const failing: Arrangement = { sort: [{ column: 7, descending: true }], filters: [] };
    await assert.rejects(page.call(arrangeRequest, { resultId: 'a', arrangement: failing }, never), {
      message: 'There is no such column.',
    });
    await assert.rejects(page.call(arrangeRequest, { resultId: 'b', arrangement }, never), {
      kind: 'invalid-input',
    });
    page.dispose();
    page = attachPage();
    assert.deepEqual(await page.call(readyRequest, {}, never), { ...rowsState('a'), ...rows });
    assert.equal(source.closed, 0);
  });

  it('refuses rows that are gone, and windows that cannot be', async () => {
    const gone = { kind: 'invalid-input', message: 'These rows are gone; run the statement again.' };
    await assert.rejects(page.call(rowsRequest, { resultId: 'a', start: 0, count: 1 }, never), gone);
    host.setRowSource(new CountedSource('b'));
    await assert.rejects(page.call(rowsRequest, { resultId: 'a', start: 0, count: 1 }, never), gone);
    for (const [start, count] of [
      [-1, 10],
      [0, 0],
      [0.5, 10],
      [0, 1001],
      [Number.MAX_VALUE, 10],
    ] as const) {
      await assert.rejects(page.call(rowsRequest, { resultId: 'b', start, count }, never), {
        kind: 'invalid-input',
      });
    }
  });

  it('closes a source once when another replaces it, and ends what it was asked', async () => {
    const first = new CountedSource('a', true);
    host.setRowSource(first);
    const pending = page.call(rowsRequest, { resultId: 'a', start: 0, count: 1 }, never);
    await first.started.promise;
    const second = new CountedSource('b');
    host.setRowSource(second);
    await assert.rejects(pending, { kind: 'invalid-input' });
    assert.deepEqual([first.closed, second.closed], [1, 0]);
    host.show(rowsState('b'));
    assert.equal(second.closed, 0);
    host.show({ status: 'working', step: 'Asking…' });
    assert.equal(second.closed, 1);
    host.dispose();
    assert.deepEqual([first.closed, second.closed], [1, 1]);
  });

  it('passes a cancellation on to the source', async () => {
    const source = new CountedSource('a', true);
    host.setRowSource(source);
    const controller = new AbortController();
    const pending = page.call(rowsRequest, { resultId: 'a', start: 0, count: 1 }, controller.signal);
    await source.started.promise;
    const [signal] = source.signals;
    const heard = new Promise((resolve) => signal!.addEventListener('abort', resolve));
    controller.abort();
    await assert.rejects(pending, { kind: 'cancelled' });
    await heard;
  });

  it('keeps a better count of the rows that are shown, and of no others', async () => {
    host.show(rowsState('a'));
    await page.call(readyRequest, {}, never);
    const heard = new Promise((resolve) => page.onNotify(totalNotification, resolve));
    host.updateTotal('other', { rows: 7, complete: true });
    host.updateTotal('a', { rows: 9, complete: true });
    assert.deepEqual(await heard, { resultId: 'a', total: { rows: 9, complete: true } });
    const state = await page.call(readyRequest, {}, never);
    assert.equal(state.status === 'rows' && state.total.rows, 9);
  });

  it('keeps what more is known of the answer, and tells the page', async () => {
    host.show(rowsState('a'));
    const before = await page.call(readyRequest, {}, never);
    assert.ok(before.status === 'rows');
    const heard = new Promise((resolve) => page.onNotify(headerNotification, resolve));
    const header = { ...before.header, verified: true };
    host.updateHeader('other', header);
    host.updateHeader('a', header);
    assert.deepEqual(await heard, { resultId: 'a', header });
    const state = await page.call(readyRequest, {}, never);
    assert.equal(state.status === 'rows' && state.header.verified, true);
  });

  it('passes actions on', async () => {
    page.notify(actionNotification, { id: 'choose-candidate', value: 'country' });
    page.notify(actionNotification, { id: 'cancel' });
    await page.call(readyRequest, {}, never);
    assert.deepEqual(actions, [
      ['choose-candidate', 'country'],
      ['cancel', undefined],
    ]);
  });

  it('passes on what is asked of the rows that are here: more of them, copies, whole cells', async () => {
    const source = new CountedSource('a');
    host.setRowSource(source);
    host.show(rowsState('a'));
    const more = await page.call(moreRequest, { resultId: 'a' }, never);
    assert.deepEqual(more, { rows: 9, complete: false, atCap: true });
    const state = await page.call(readyRequest, {}, never);
    assert.deepEqual(state.status === 'rows' && state.total, more);
    const copy = { resultId: 'a', selection: { top: 0, bottom: 1, columns: [1, 0] }, format: 'csv' as const };
    assert.deepEqual(await page.call(copyRequest, { ...copy, header: true }, never), {
      cells: 4,
      tooLarge: false,
    });
    const cell = { resultId: 'a', row: 3, column: 1, unchanged: false };
    assert.equal(await page.call(openCellRequest, cell, never), true);
    assert.deepEqual(source.orders, [{ ...copy, header: true }, cell]);
    for (const gone of [
      page.call(moreRequest, { resultId: 'b' }, never),
      page.call(copyRequest, { ...copy, resultId: 'b', header: true }, never),
      page.call(openCellRequest, { ...cell, resultId: 'b' }, never),
    ])
      await assert.rejects(gone, { kind: 'invalid-input' });
  });

  it('asks the page for its selection, and takes none of rows that are gone', async () => {
    const selection = { top: 2, bottom: 5, columns: [0] };
    let selected: { resultId: string; selection: typeof selection } | null = null;
    page.onCall(selectionRequest, () => selected);
    assert.equal(await host.selection(never), undefined);
    selected = { resultId: 'a', selection };
    assert.equal(await host.selection(never), undefined);
    const source = new CountedSource('a');
    host.setRowSource(source);
    assert.deepEqual(await host.selection(never), { rows: source, selection });
  });
});
