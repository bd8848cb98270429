/** What a scripted server answers to a request for embeddings: vectors, or one of the faults that real servers show. */
import type { StatusReply } from './httpReply.ts';
import { hangUp, sendJson, sendParts, type Exchange } from './httpServer.ts';

export type ScriptedEmbeddings =
  /** One vector for each text; what is not a number goes out as it is. */
  | readonly (readonly unknown[])[]
  | StatusReply
  /** After so many bytes of the body the connection is destroyed. */
  | { readonly vectors: readonly (readonly unknown[])[]; readonly cutAfter: number }
  | { readonly garbage: string }
  | { readonly silence: true }
  | { readonly hangUp: true };

export type EmbedScript = (
  texts: readonly string[],
  /** How many such requests came before. */
  number: number,
) => ScriptedEmbeddings | Promise<ScriptedEmbeddings>;

/** Vectors in which texts that share words are near each other: each word adds to one of the numbers. */
export function bagOfWords(texts: readonly string[], dimension = 64): number[][] {
  return texts.map((text) => {
    const vector = new Array<number>(dimension).fill(0);
    for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
      let hash = 7;
      for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003;
      vector[hash % dimension]! += 1;
    }
    return vector;
  });
}

/**
 * Plays a reply.
 * @param wrap puts vectors into the protocol's form
 * @param sendError puts a failure into it
 */
export async function playEmbeddings(
  exchange: Exchange,
  reply: ScriptedEmbeddings,
  wrap: (vectors: readonly (readonly unknown[])[]) => unknown,
  sendError: (reply: StatusReply) => void,
): Promise<void> {
  if ('status' in reply) {
    sendError(reply);
    return;
  }
  if ('silence' in reply) return;
  if ('hangUp' in reply) {
    hangUp(exchange.response);
    return;
  }
  if ('garbage' in reply) return sendParts(exchange, 'application/json', [reply.garbage], { text: '' });
  if ('vectors' in reply) {
    const body = JSON.stringify(wrap(reply.vectors));
    return sendParts(exchange, 'application/json', [body], { text: '', cutAfter: reply.cutAfter });
  }
  sendJson(exchange.response, 200, wrap(reply));
}
