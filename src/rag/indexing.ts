/** How an index is brought up to date: marks first, then only what is missing, in batches. */
import type { IndexReport, ItemKind, ItemMark, KnowledgeItem, UpdateOptions } from './knowledgeStore.ts';
import { batches } from './slices.ts';

/** What an index found when it compared itself with what it should hold. */
export interface Difference {
  /** Positions in the list of marks whose items have to be put. */
  readonly missing: readonly number[];
  /** Items that were taken away because nothing wants them any more. */
  readonly removed: number;
  readonly rebuilt: boolean;
}

/**
 * The steps of an update. Each leaves an index that opens and answers, so that an update may end anywhere and the
 * next one goes on from there.
 */
export interface IndexSteps {
  /** Takes away what is not among the marks, these kinds aside, and says what is missing or changed. */
  reconcile(marks: readonly ItemMark[], keep: readonly ItemKind[], signal: AbortSignal): Promise<Difference>;
  /** Adds items, in place of those of the same kind and id. */
  put(items: readonly KnowledgeItem[], signal: AbortSignal): Promise<void>;
  /** Items that are put at once; what was put is kept, whatever becomes of the next. */
  readonly batchSize?: number | undefined;
  /** Makes what was put quick to find. */
  finish(signal: AbortSignal): Promise<void>;
}

/** Small enough that writing one batch to another process does not hold the event loop (about 0.5 MB). */
const usualBatch = 500;

/**
 * Brings an index to exactly these items through its steps.
 * @throws what the steps throw
 */
export async function indexThrough(
  steps: IndexSteps,
  items: readonly KnowledgeItem[],
  { onProgress = () => undefined, keep = [] }: UpdateOptions,
  signal: AbortSignal,
): Promise<IndexReport> {
  const started = performance.now();
  const marks = items.map(({ kind, id, hash }) => ({ kind, id, hash }));
  const { missing, removed, rebuilt } = await steps.reconcile(marks, keep, signal);
  const wanted = missing.flatMap((index) => items[index] ?? []);
  const kept = items.length - wanted.length;
  let done = kept;
  for (const batch of batches(wanted, steps.batchSize ?? usualBatch)) {
    onProgress(done, items.length);
    await steps.put(batch, signal);
    done += batch.length;
  }
  onProgress(done, items.length);
  // Also when nothing changed: the update before may have ended before this step.
  await steps.finish(signal);
  return { added: wanted.length, removed, kept, rebuilt, ms: performance.now() - started };
}
