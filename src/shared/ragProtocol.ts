/** What the extension host and the index process say to each other. */
import * as z from 'zod/mini';
import { requestType } from './rpc.ts';

const kind = z.enum(['table', 'verified', 'history', 'document']);
const mark = z.object({ kind, id: z.string(), hash: z.string() });
const item = z.object({
  kind,
  id: z.string(),
  hash: z.string(),
  text: z.string(),
  detail: z.optional(z.string()),
});

const reasons = z.object({
  parts: z.object({
    table: z.number(),
    name: z.number(),
    around: z.number(),
    schema: z.number(),
    bestOfSchema: z.number(),
    vector: z.number(),
  }),
  matched: z.array(z.object({ asked: z.string(), found: z.string(), similarity: z.number() })),
  columns: z.array(z.object({ name: z.string(), similarity: z.number() })),
});

const hit = z.object({
  id: z.string(),
  score: z.number(),
  ranks: z.object({ text: z.optional(z.number()), vector: z.optional(z.number()) }),
  /** Of a passage. */
  nearness: z.optional(z.number()),
  /** Of a table: why it was found. */
  why: z.optional(reasons),
});
export type SentHit = z.infer<typeof hit>;

/** How LanceDB reaches a store that others share; it may hold secrets, and goes from process to process only. */
const storeConnection = z.object({
  /** Of an object store, by LanceDB's names. */
  storageOptions: z.record(z.string(), z.string()),
  /** Of LanceDB's own service. */
  apiKey: z.optional(z.string()),
  region: z.optional(z.string()),
  hostOverride: z.optional(z.string()),
});
export type StoreConnection = z.infer<typeof storeConnection>;

/** Where an index lies, and with which embedder it is made. */
export const indexPlace = z.object({
  /** Names the index between the two processes; another embedder or another place is another key. */
  key: z.string(),
  /** What LanceDB connects to: the absolute path of a directory, or the address of a store that is shared. */
  uri: z.string(),
  /** Set for a store that others use, too: it is added to, but nothing in it is thrown away unasked. */
  shared: z.optional(
    z.extend(storeConnection, {
      /** Before the names of tables, where all of them lie side by side. */
      prefix: z.string(),
    }),
  ),
  /** The name of an embedder that the extension host speaks for; the process has the built-in one itself. */
  embedder: z.optional(z.string()),
});
export type IndexPlace = z.infer<typeof indexPlace>;

/** Every request about an index names it: the process keeps nothing that its successor would miss. */
const place = { key: z.string() };

/** Opens the index of one database, or makes it. Answered `index-unavailable` where LanceDB does not run. */
export const openIndex = requestType(
  'rag/open',
  z.object({ place: indexPlace, vectorsPath: z.string() }),
  z.object({
    /** The embedder that the index is made with. */
    embedder: z.string(),
    dimension: z.number(),
    /** What lay there could not be read; the index is empty now. */
    rebuilt: z.boolean(),
  }),
);

/** Takes away what is not among the marks and of none of the kinds to keep; answers which of them are missing, as positions in the list. */
export const reconcileIndex = requestType(
  'rag/reconcile',
  z.object({ ...place, marks: z.array(mark), keep: z.array(kind) }),
  z.object({ missing: z.array(z.number()), removed: z.number(), rebuilt: z.boolean() }),
);

export const putItems = requestType('rag/put', z.object({ ...place, items: z.array(item) }), z.object({}));

/** Makes what was put quick to find. */
export const finishIndex = requestType('rag/finish', z.object(place), z.object({}));

/** Merges the small files of many updates and forgets old versions; for idle times. */
export const compactIndex = requestType('rag/compact', z.object(place), z.object({}));

/** Makes an index empty, whatever is in it. */
export const clearIndex = requestType('rag/clear', z.object(place), z.object({}));

/** Asked by the index process: vectors of an embedder that only the extension host can speak to. */
export const embedTexts = requestType(
  'rag/embed',
  z.object({
    ...place,
    texts: z.array(z.string()),
    /** One question that someone waits for, and no texts of an index. */
    question: z.boolean(),
  }),
  z.object({ dimension: z.number(), numbers: z.string() }),
);

/** Which of these names mean nearly what another one says, best first; no index is needed for that. */
export const nearNamesRequest = requestType(
  'rag/nearNames',
  z.object({ vectorsPath: z.string(), wanted: z.string(), names: z.array(z.string()) }),
  z.object({ names: z.array(z.string()) }),
);

export const searchIndex = requestType(
  'rag/search',
  z.object({ ...place, question: z.string(), kind, limit: z.number() }),
  z.object({
    hits: z.array(hit),
  }),
);
