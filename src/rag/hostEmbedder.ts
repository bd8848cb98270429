/** In the index process, an embedder that the extension host speaks for: keys, proxies and certificates are there. */
import type { Embedder } from '../models/embedder.ts';
import { KhipuError } from '../shared/errors.ts';
import { embedTexts, type IndexPlace } from '../shared/ragProtocol.ts';
import type { Peer } from '../shared/rpc.ts';
import { unpackVectors } from './vectorWire.ts';

/** @param id the embedder's name, as the place says it */
export function createHostEmbedder(peer: Peer, { key }: IndexPlace, id: string): Embedder {
  const ask = async (
    texts: readonly string[],
    question: boolean,
    signal: AbortSignal,
  ): Promise<Float32Array[]> => {
    const packed = await peer.call(embedTexts, { key, texts: [...texts], question }, signal);
    return unpackVectors(packed, texts.length);
  };
  return {
    id,
    dimension: undefined, // asked anew for each index: a model may be changed behind its name
    embed: (texts, signal) => ask(texts, false, signal),
    async embedQuestion(question, signal) {
      const [vector] = await ask([question], true, signal);
      if (vector === undefined) throw new KhipuError('internal', 'No vector came for the question.');
      return vector;
    },
  };
}
