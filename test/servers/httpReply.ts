/** What a scripted model server answers: text, or one of the faults that real servers show. */

/** A reply as a model would give it. */
export interface TextReply {
  readonly text: string;
  /** The pieces in which the text is streamed, which need not end; by default words. */
  readonly pieces?: Iterable<string>;
  /** Milliseconds between two pieces. */
  readonly delayMs?: number;
  /** After so many pieces nothing more is sent, and the connection stays open. */
  readonly silentAfter?: number;
  /** After so many bytes of the body the connection is destroyed. */
  readonly cutAfter?: number;
  /** `length`: the model ran out of tokens. */
  readonly finish?: 'stop' | 'length';
  readonly usage?: { readonly input: number; readonly output: number };
}

/** An answer of a status of its own, with a body in the protocol's form of an error or as given. */
export interface StatusReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The sentence in the error. */
  readonly message?: string;
  /** The whole body instead. */
  readonly body?: string;
}

export type ScriptedReply =
  | string
  | TextReply
  | StatusReply
  /** A body that is not of the protocol, with status 200. */
  | { readonly garbage: string }
  /** The request is accepted and never answered. */
  | { readonly silence: true }
  /** The connection is closed before anything is answered. */
  | { readonly hangUp: true };

export function toTextReply(reply: string | TextReply): TextReply {
  return typeof reply === 'string' ? { text: reply } : reply;
}

export function piecesOf(reply: TextReply): Iterable<string> {
  return reply.pieces ?? reply.text.match(/\s*\S+\s*$|\s*\S+/g) ?? [];
}

/** A server's guess of tokens: about what a tokenizer makes of SQL-like text. */
export function guessTokens(text: string): number {
  return Math.ceil(text.length / 3.3);
}

/** Pieces without end, for any number of replies. */
export function endless(piece: string): Iterable<string> {
  return { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: piece }) }) };
}
