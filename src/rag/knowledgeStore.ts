/** The one interface behind which every index of tables, questions and documents stands. */
import type { HitReasons } from './retrieval.ts';

/**
 * `verified` and `history` are questions with their SQL: the one checked by a person, the other only accepted; `document` is
 * a passage of one.
 */
export const itemKinds = ['table', 'verified', 'history', 'document'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** All but tables are the user's own: they are indexed on this machine, and go to no store that others share. */
export type OwnKind = Exclude<ItemKind, 'table'>;

/** What an index knows one thing by, and whether it has changed. */
export interface ItemMark {
  readonly kind: ItemKind;
  /** Names the item among those of its kind: `schema.name` of a table. */
  readonly id: string;
  /** Changes exactly when the content does. */
  readonly hash: string;
}

export interface KnowledgeItem extends ItemMark {
  /** Words as `words()` splits them, parted by blanks: the full-text tokenizer does not split compounds. */
  readonly text: string;
  /** Of a table: what `encodeDetail` makes of it, to rank it by. Of a passage: its prose, which models of sentences embed. */
  readonly detail?: string | undefined;
}

/** What an update of the index did, in items. */
export interface IndexReport {
  readonly added: number;
  readonly removed: number;
  readonly kept: number;
  /** The stored index could not be read and was made anew. */
  readonly rebuilt: boolean;
  readonly ms: number;
}

/** The rankings that are fused; each hit says at which place each of them had it. */
export const searchMethods = ['text', 'vector'] as const;
export type SearchMethod = (typeof searchMethods)[number];
export type Ranks = Readonly<Partial<Record<SearchMethod, number>>>;

export interface KnowledgeHit {
  readonly id: string;
  /** Fused score: comparable within one search only. */
  readonly score: number;
  /** Place in each ranking that found it, from 1. */
  readonly ranks: Ranks;
  /** Of a passage: how much of the question it speaks of, from 0 to 1, comparable between searches. */
  readonly nearness?: number | undefined;
  /** Of a table. */
  readonly why?: HitReasons | undefined;
}

export interface SearchOptions {
  readonly kind: ItemKind;
  /** At most so many hits. */
  readonly limit: number;
}

export interface KnowledgeStore {
  /**
   * Makes the index hold exactly these items; what is there unchanged is not touched.
   * @throws KhipuError `index-unavailable` or `cancelled`
   */
  index(items: readonly KnowledgeItem[], signal: AbortSignal): Promise<IndexReport>;
  /**
   * The items nearest to a question, best first.
   * @throws KhipuError `index-unavailable` or `cancelled`
   */
  search(question: string, options: SearchOptions, signal: AbortSignal): Promise<KnowledgeHit[]>;
  close(): Promise<void>;
}

/** Told of how far an update is, in items. */
export type OnProgress = (done: number, total: number) => void;

export interface UpdateOptions {
  readonly onProgress?: OnProgress | undefined;
  /** Kinds that the items say nothing of yet: what the index has of them stays. */
  readonly keep?: readonly ItemKind[] | undefined;
}

/** An index that outlives its process. */
export interface DurableStore extends KnowledgeStore {
  /**
   * `index`, telling how far it is, and leaving some kinds as they are.
   * @throws KhipuError as `index` does, and what the embedder throws
   */
  indexTelling(
    items: readonly KnowledgeItem[],
    options: UpdateOptions,
    signal: AbortSignal,
  ): Promise<IndexReport>;
  /**
   * Merges what many updates have left in small files; for idle times.
   * @throws KhipuError `index-unavailable` or `cancelled`
   */
  compact(signal: AbortSignal): Promise<void>;
  /**
   * Makes the index empty, whatever is in it.
   * @throws KhipuError `index-unavailable` or `cancelled`
   */
  clear(signal: AbortSignal): Promise<void>;
}
