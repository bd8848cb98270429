/** What the settings say of where indexes are kept and which embedder makes them. */
import type { Embedder } from '../models/embedder.ts';
import type { SharedStore } from './sharedStore.ts';

export interface IndexSetup {
  /** Makes the vectors; the built-in one when there is none. */
  readonly embedder: Embedder | undefined;
  /** Where they are kept for everyone; on this machine when there is none. */
  readonly store?: SharedStore | undefined;
}

/** What everyone has who sets nothing. */
export const plainSetup: IndexSetup = { embedder: undefined };
