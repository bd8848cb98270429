/** What there is to tell of a database's index while it is made and afterwards. */
import type { KhipuError } from '../shared/errors.ts';
import type { Retrieval } from './retrieval.ts';

export type IndexState =
  | {
      readonly phase: 'indexing';
      /** Items that are in it, of those that it shall hold. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly phase: 'ready';
      readonly items: number;
      /** Passages of documents among them. */
      readonly passages: number;
      readonly engine: Retrieval['engine'];
      /** The embedder's name. */
      readonly embedder: string;
      /** The address of the shared store that it lies in; undefined for this machine. */
      readonly store: string | undefined;
      /** What lay on the disk could not be read and was made anew: told to the user once. */
      readonly rebuilt: boolean;
      /** Why it is not the engine or the embedder that was asked for, when it is not. */
      readonly notice: string | undefined;
      /** What kept the other one from being used. */
      readonly failure: KhipuError | undefined;
    }
  | { readonly phase: 'failed'; readonly error: KhipuError };
