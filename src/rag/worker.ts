/** The index process: LanceDB and the embedding live here, where neither a crash nor a long loop harms the editor. */
import { createBuiltinEmbedder } from '../models/builtinEmbedder.ts';
import type { Embedder } from '../models/embedder.ts';
import { serveParent } from '../shared/childProcess.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { finishIndex, openIndex, putItems, reconcileIndex, searchIndex } from '../shared/ragProtocol.ts';
import { missingHere } from './cpu.ts';
import type { LanceStore, openLanceStore } from './lanceStore.ts';

function serve(): void {
  const stores = new Map<string, Promise<LanceStore>>();
  const peer = serveParent(async () => {
    for (const store of await Promise.allSettled(stores.values())) {
      if (store.status === 'fulfilled') store.value.close();
    }
  });
  const storeOf = (directory: string): Promise<LanceStore> => {
    const store = stores.get(directory);
    if (store === undefined)
      throw new KhipuError('internal', 'This index was not opened.', { subject: directory });
    return store;
  };

  peer.onCall(openIndex, async ({ directory, vectorsPath }, signal) => {
    throwIfAborted(signal);
    const embedder = createBuiltinEmbedder(vectorsPath);
    const opening = stores.get(directory) ?? openStore(directory, embedder);
    stores.set(directory, opening);
    try {
      const { rebuilt } = await opening;
      return { embedder: embedder.id, dimension: embedder.dimension, rebuilt };
    } catch (thrown) {
      stores.delete(directory); // so that it can be tried again
      throw thrown;
    }
  });
  peer.onCall(reconcileIndex, async ({ directory, marks }, signal) => {
    const { missing, removed, rebuilt } = await (await storeOf(directory)).reconcile(marks, signal);
    return { missing: [...missing], removed, rebuilt };
  });
  peer.onCall(putItems, async ({ directory, items }, signal) => {
    await (await storeOf(directory)).put(items, signal);
    return {};
  });
  peer.onCall(finishIndex, async ({ directory }, signal) => {
    await (await storeOf(directory)).finish(signal);
    return {};
  });
  peer.onCall(searchIndex, async ({ directory, question, kind, limit }, signal) => {
    const hits = await (await storeOf(directory)).search(question, { kind, limit }, signal);
    return { hits: hits.map(({ id, score, ranks }) => ({ id, score, ranks: { ...ranks } })) };
  });
}

async function openStore(directory: string, embedder: Embedder): Promise<LanceStore> {
  const missing = await missingHere();
  if (missing.length > 0) {
    throw unavailable(`LanceDB needs a processor with ${missing.join(' and ')}, which this one has not.`);
  }
  const open = await loadLance();
  return await open(directory, embedder);
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
