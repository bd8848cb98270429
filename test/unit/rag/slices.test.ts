import assert from 'node:assert/strict';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { createMemoryStore } from '../../../src/rag/memoryStore.ts';
import { inSlices } from '../../../src/rag/slices.ts';
import { SharedWork, waitFor } from '../../../src/rag/sharedWork.ts';
import { catalogOf, never } from './schema.ts';

/**
 * Measures the processor time that this thread spends within one turn of the event loop, for on a busy machine the
 * time on the clock says nothing. The answer is the longest turn since, in milliseconds.
 */
function watchTurns(): () => number {
  let longest = 0;
  let watching = true;
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const turn = (before: number): void => {
    const now = spent();
    longest = Math.max(longest, now - before);
    if (watching) setImmediate(turn, now);
  };
  setImmediate(turn, spent());
  return () => {
    watching = false;
    return longest;
  };
}

describe('10,000 tables', () => {
  it('are made into cards and searched without holding the event loop', async () => {
    const relations = Array.from(
      { length: 10_000 },
      (_, n) =>
        `sales_${n % 50}.order_item_${n}(id, customer_id -> order_item_${(n * 7) % 10_000}, unit_price, placed_at)`,
    );
    const catalog = catalogOf(relations);
    const longestTurn = watchTurns();
    const cards = await makeCatalogCards(catalog, never);
    const store = createMemoryStore({});
    await store.index(cards.items, never);
    const [hit] = await store.search('sales 17 order item 4217', { kind: 'table', limit: 3 }, never);
    const longest = longestTurn();
    assert.equal(hit?.id, 'sales_17.order_item_4217');
    assert.ok(longest < 50, `held for ${longest.toFixed(0)} ms`);
  });
});

describe('slices', () => {
  it('end between two of them when cancelled', async () => {
    const controller = new AbortController();
    let done = 0;
    const work = inSlices(
      Array(1000).keys(),
      () => {
        const until = performance.now() + 1;
        while (performance.now() < until);
        if (++done === 5) setImmediate(() => controller.abort());
      },
      controller.signal,
    );
    await assert.rejects(work, { kind: 'cancelled' });
    assert.ok(done < 100, `${done} done`);
  });
});

describe('shared work', () => {
  it('goes on while anybody waits, and is cancelled when the last one leaves', async () => {
    const result = Promise.withResolvers<string>();
    let inner: AbortSignal | undefined;
    const work = new SharedWork((signal) => {
      inner = signal;
      return result.promise;
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const joined = [work.join(first.signal), work.join(second.signal)];
    first.abort();
    await assert.rejects(joined[0]!, { kind: 'cancelled' });
    assert.deepEqual([inner?.aborted, work.running], [false, true]);
    second.abort();
    await assert.rejects(joined[1]!, { kind: 'cancelled' });
    assert.deepEqual([inner?.aborted, work.running, work.failed], [true, false, true]);
  });

  it('gives everyone the result, also late', async () => {
    const work = new SharedWork(() => Promise.resolve(7));
    assert.deepEqual(await Promise.all([work.join(never), work.join(never)]), [7, 7]);
    assert.equal(await work.join(never), 7);
    assert.deepEqual([work.running, work.failed], [false, false]);
  });

  it('tells everyone of a failure', async () => {
    const work = new SharedWork(() => Promise.reject(new Error('no')));
    await assert.rejects(work.join(never), /no/);
    await assert.rejects(waitFor(Promise.reject(new Error('nor')), never), /nor/);
    assert.equal(work.failed, true);
  });
});
