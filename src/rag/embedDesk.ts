/** In the extension host, what answers the index process when it wants vectors of an embedder that it has not itself. */
import type { Embedder } from '../models/embedder.ts';
import { KhipuError } from '../shared/errors.ts';
import { embedTexts } from '../shared/ragProtocol.ts';
import type { Peer } from '../shared/rpc.ts';
import { SharedWork } from './sharedWork.ts';
import { packVectors } from './vectorWire.ts';

interface Desk {
  readonly embedder: Embedder;
  /** The last question: several searches are made for each, and it is embedded once. */
  last: { readonly question: string; readonly work: SharedWork<Float32Array> } | undefined;
}

export class EmbedDesk {
  readonly #desks = new Map<string, Desk>();

  /** @param key of the index's place */
  register(key: string, embedder: Embedder): void {
    this.#desks.set(key, { embedder, last: undefined });
  }

  /** Answers one life of the process, until it ends. */
  serve(peer: Peer): void {
    const ended = new AbortController();
    void peer.closed.then(() => ended.abort());
    peer.onCall(embedTexts, async ({ key, texts, question }, signal) => {
      const desk = this.#desks.get(key);
      if (desk === undefined) throw new KhipuError('internal', 'No embedder is known for this index.');
      const either = AbortSignal.any([signal, ended.signal]);
      const [first = ''] = texts;
      if (question) return packVectors([await questionVector(desk, first, either)]);
      return packVectors(await desk.embedder.embed(texts, either));
    });
  }
}

async function questionVector(desk: Desk, question: string, signal: AbortSignal): Promise<Float32Array> {
  const { embedder, last } = desk;
  if (last !== undefined && last.question === question && !last.work.failed)
    return await last.work.join(signal);
  const work = new SharedWork(async (ours) => {
    if (embedder.embedQuestion !== undefined) return await embedder.embedQuestion(question, ours);
    const [vector] = await embedder.embed([question], ours);
    if (vector === undefined) throw new KhipuError('model-failed', `${embedder.id} made no vector.`);
    return vector;
  });
  desk.last = { question, work };
  return await work.join(signal);
}
