/** What the settings say of where indexes are kept and which embedder makes them. */
import type { Embedder } from '../models/embedder.ts';

export interface IndexSetup {
  /** Makes the vectors; the built-in one when there is none. */
  readonly embedder: Embedder | undefined;
}

/** What everyone has who sets nothing. */
export const plainSetup: IndexSetup = { embedder: undefined };
