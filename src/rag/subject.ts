/** What there is to know about one database, and how an index of it was brought up to date. */
import type { Catalog } from '../database/catalog.ts';
import type { Glossary } from './glossary.ts';
import type { KhipuError } from '../shared/errors.ts';
import type { DocumentSet } from './documentSet.ts';
import type { IndexReport, OwnKind } from './knowledgeStore.ts';
import type { Retrieval, VerifiedQuestion } from './retrieval.ts';

export interface Subject {
  /** Names the database for ever: the same key finds the same index after a restart. */
  readonly databaseKey: string;
  /** As models may know it: `ShownCatalogs` makes it. */
  readonly catalog: Catalog;
  readonly verified: readonly VerifiedQuestion[];
  /** Questions whose SQL was accepted once, without being checked for ever. */
  readonly history?: readonly VerifiedQuestion[];
  /** Adds to questions only: what of it changes the index is in the catalog. */
  readonly glossary?: Glossary | undefined;
  /** What the documents of the user say; undefined until they have been read, and an index keeps what it has of them. */
  readonly documents?: DocumentSet | undefined;
  /** Nothing of this database may leave this machine, and no model may read it: the built-in embedder indexes it. */
  readonly confined?: boolean;
  /** Names the database alike for everyone who uses it, in a store that is shared; without it stays on this machine. */
  readonly sharedKey?: string | undefined;
}

/** How an index was brought up to date, and by which engine. */
export interface PrepareReport extends IndexReport {
  readonly engine: Retrieval['engine'];
  /** The name of the embedder that answers; `builtin` for the built-in one. */
  readonly embedder: string;
  /** The address of the shared store that it lies in; undefined for this machine. */
  readonly store?: string | undefined;
  /** Why it is not LanceDB, or not the embedder that was chosen, when it is not. */
  readonly notice: string | undefined;
  /** What kept the chosen one from being used; it may be tried again. */
  readonly failure?: KhipuError | undefined;
}

/** The kinds of items besides tables that an index of it has. */
export function ownKinds({ verified, history = [], documents }: Subject): OwnKind[] {
  return [
    ...(verified.length > 0 ? (['verified'] as const) : []),
    ...(history.length > 0 ? (['history'] as const) : []),
    ...(documents !== undefined && documents.passages.size > 0 ? (['document'] as const) : []),
  ];
}

/** Whether an index of the one is an index of the other. */
export function sameContent(a: Subject, b: Subject): boolean {
  const parts = [
    'catalog',
    'verified',
    'history',
    'documents',
    'confined',
  ] as const satisfies readonly (keyof Subject)[];
  return parts.every((part) => a[part] === b[part]);
}
