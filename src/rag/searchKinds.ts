/** One question put to an index for every kind of item that may help to answer it. */
import type { KnowledgeHit, KnowledgeStore, OwnKind } from './knowledgeStore.ts';

/** Hits asked of each kind of the user's own. */
export const ownLimits: Readonly<Record<OwnKind, number>> = { verified: 5, history: 5, document: 20 };

export interface FoundKinds {
  readonly tables: readonly KnowledgeHit[];
  /** Nearest first; nothing where the kind was not searched. */
  readonly own: Readonly<Record<OwnKind, readonly KnowledgeHit[]>>;
}

/** Where each is searched: a shared store has no items of the user's own. */
export interface SearchedStores {
  readonly tables: KnowledgeStore;
  readonly own: KnowledgeStore;
}

/**
 * The nearest tables, and the nearest items of each of these kinds.
 * @param kinds those that the database has items of: the others are not asked for
 * @throws what the stores throw
 */
export async function searchKinds(
  stores: SearchedStores,
  question: string,
  kinds: readonly OwnKind[],
  tableLimit: number,
  signal: AbortSignal,
): Promise<FoundKinds> {
  const search = async (kind: OwnKind): Promise<readonly KnowledgeHit[]> =>
    kinds.includes(kind) ? await stores.own.search(question, { kind, limit: ownLimits[kind] }, signal) : [];
  const [tables, verified, history, document] = await Promise.all([
    stores.tables.search(question, { kind: 'table', limit: tableLimit }, signal),
    search('verified'),
    search('history'),
    search('document'),
  ]);
  return { tables, own: { verified, history, document } };
}
