/** The index process: LanceDB and the embedding live here, where neither a crash nor a long loop harms the editor. */
import { createBuiltinEmbedder } from '../models/builtinEmbedder.ts';
import { loadWordSense, type WordSense } from '../models/wordSense.ts';
import { serveParent } from '../shared/childProcess.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import {
  clearIndex,
  compactIndex,
  finishIndex,
  nearNamesRequest,
  openIndex,
  putItems,
  reconcileIndex,
  searchIndex,
  type IndexPlace,
  type SentHit,
} from '../shared/ragProtocol.ts';
import type { Peer } from '../shared/rpc.ts';
import { missingHere } from './cpu.ts';
import { createHostEmbedder } from './hostEmbedder.ts';
import { nearInMeaning } from './nearInMeaning.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import type { LanceStore, openLanceStore } from './lanceStore.ts';

/** LanceDB's own log repeats whole replies of servers; what goes wrong is told by its errors. Read when it is loaded. */
const quiet = { LANCEDB_LOG: 'error' };

function serve(): void {
  Object.assign(process.env, { ...quiet, ...process.env });
  const stores = new Map<string, Promise<LanceStore>>();
  const senses = new Map<string, WordSense>();
  const senseOf = (vectorsPath: string): WordSense => {
    const sense = senses.get(vectorsPath) ?? loadWordSense(vectorsPath, new AbortController().signal);
    senses.set(vectorsPath, sense);
    return sense;
  };
  const peer = serveParent(async () => {
    for (const store of await Promise.allSettled(stores.values())) {
      if (store.status === 'fulfilled') store.value.close();
    }
  });
  const storeOf = (key: string): Promise<LanceStore> => {
    const store = stores.get(key);
    if (store === undefined) throw new KhipuError('internal', 'This index was not opened.', { subject: key });
    return store;
  };

  const opened = async (place: IndexPlace, vectorsPath: string, signal: AbortSignal): Promise<LanceStore> => {
    for (;;) {
      throwIfAborted(signal);
      const known = stores.get(place.key);
      const opening = known ?? openStore(place, peer, vectorsPath, () => senseOf(vectorsPath), signal);
      stores.set(place.key, opening);
      try {
        return await opening;
      } catch (thrown) {
        if (stores.get(place.key) === opening) stores.delete(place.key); // so that it can be tried again
        // Who had begun to open it has left; this caller has not.
        if (known === undefined || toKhipuError(thrown).kind !== 'cancelled') throw thrown;
      }
    }
  };

  peer.onCall(openIndex, async ({ place, vectorsPath }, signal) => {
    const { rebuilt, dimension, embedder } = await opened(place, vectorsPath, signal);
    return { embedder, dimension, rebuilt };
  });
  peer.onCall(reconcileIndex, async ({ key, marks, keep }, signal) => {
    const { missing, removed, rebuilt } = await (await storeOf(key)).reconcile(marks, keep, signal);
    return { missing: [...missing], removed, rebuilt };
  });
  peer.onCall(putItems, async ({ key, items }, signal) => {
    await (await storeOf(key)).put(items, signal);
    return {};
  });
  peer.onCall(finishIndex, async ({ key }, signal) => {
    await (await storeOf(key)).finish(signal);
    return {};
  });
  peer.onCall(compactIndex, async ({ key }, signal) => {
    await (await storeOf(key)).compact(signal);
    return {};
  });
  peer.onCall(clearIndex, async ({ key }, signal) => {
    await (await storeOf(key)).clear(signal);
    return {};
  });
  peer.onCall(nearNamesRequest, ({ vectorsPath, wanted, names }) => ({
    names: nearInMeaning(wanted, names, senseOf(vectorsPath)),
  }));
  peer.onCall(searchIndex, async ({ key, question, kind, limit }, signal) => {
    const hits = await (await storeOf(key)).search(question, { kind, limit }, signal);
    return { hits: hits.map(sentHit) };
  });
}

/** A hit as the message type has it: lists that may be changed. */
function sentHit({ id, score, ranks, nearness, why }: KnowledgeHit): SentHit {
  const sent = { id, score, ranks: { ...ranks }, nearness };
  if (why === undefined) return sent;
  return { ...sent, why: { parts: why.parts, matched: [...why.matched], columns: [...why.columns] } };
}

async function openStore(
  place: IndexPlace,
  peer: Peer,
  vectorsPath: string,
  sense: () => WordSense,
  signal: AbortSignal,
): Promise<LanceStore> {
  const missing = await missingHere();
  if (missing.length > 0) {
    throw unavailable(`LanceDB needs a processor with ${missing.join(' and ')}, which this one has not.`);
  }
  const open = await loadLance();
  const embedder =
    place.embedder === undefined
      ? createBuiltinEmbedder(vectorsPath)
      : createHostEmbedder(peer, place, place.embedder);
  return await open(place, embedder, sense, signal);
}

/** Only here is the binary loaded: after the check, and as a failure that can be told. */
async function loadLance(): Promise<typeof openLanceStore> {
  try {
    return (await import('./lanceStore.ts')).openLanceStore;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw unavailable(`LanceDB could not be loaded on ${process.platform}-${process.arch}: ${why}`, thrown);
  }
}

function unavailable(message: string, cause?: unknown): KhipuError {
  return new KhipuError('index-unavailable', message, {}, { cause });
}

serve();
