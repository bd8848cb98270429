/** How the state of an index is told: beside its connection in the tree, in tooltips, and once in a message. Pure. */
import type { IndexState } from '../rag/indexState.ts';

export interface IndexLook {
  /** A few words for the row of the connection; undefined while everything is as it should be. */
  readonly short: string | undefined;
  /** A line for a tooltip. */
  readonly long: string;
}

export function indexLook(state: IndexState): IndexLook {
  switch (state.phase) {
    case 'indexing': {
      const { done, total } = state;
      return {
        short: `indexing ${tenths(done, total)} %`,
        long: `Indexing: ${count(done)} of ${count(total)}. Questions are answered meanwhile.`,
      };
    }
    case 'ready':
      return {
        short: degradedWords(state),
        long: [readyLine(state), state.notice].filter(Boolean).join('\n'),
      };
    case 'failed':
      return state.error.kind === 'cancelled'
        ? {
            short: 'index incomplete',
            long: 'The index is not complete. Run "Khipu: Rebuild Index" to complete it.',
          }
        : { short: 'index failed', long: `The index could not be made: ${state.error.message}` };
  }
}

/** In tens, so that the row is not drawn anew for each item. */
function tenths(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((done / total) * 10) * 10;
}

function degradedWords({ engine, failure }: IndexState & { phase: 'ready' }): string | undefined {
  if (engine === 'memory') return 'index in memory';
  return failure === undefined ? undefined : 'built-in index';
}

function readyLine({ items, passages, engine, embedder, store }: IndexState & { phase: 'ready' }): string {
  const by = embedder === 'builtin' ? 'the built-in embedder' : embedder;
  const where = engine === 'memory' ? 'in memory' : `by ${by}${store === undefined ? '' : `, in ${store}`}`;
  if (store !== undefined) return `Index of ${count(items)} tables, ${where}.`; // nothing else is shared
  const documents =
    passages === 0 ? '' : ` and ${count(passages)} ${passages === 1 ? 'passage' : 'passages'} of documents`;
  return `Index of ${count(items - passages)} tables and verified questions${documents}, ${where}.`;
}

/** Without Intl, which takes a while to load. */
function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
