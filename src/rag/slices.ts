/** Long loops in short slices, so that the event loop of the extension host is never held. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../shared/errors.ts';

/** Well under the 50 ms that the host may be held, for one step of the work may overrun. */
const sliceMs = 10;

/**
 * Does `work` for each item, and lets other work run every 10 ms.
 * @throws KhipuError `cancelled`, and whatever `work` throws
 */
export async function inSlices<T>(
  items: Iterable<T>,
  work: (item: T) => void,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal);
  let started = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - started < sliceMs) continue;
    await nextTurn();
    throwIfAborted(signal);
    started = performance.now();
  }
}

/** Equal parts of a list, the last one shorter. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
