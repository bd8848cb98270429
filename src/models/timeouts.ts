/** How long a model may stay silent, and the watch that ends a request that stays silent longer. */
import { cancelled, KhipuError } from '../shared/errors.ts';
import type { Locality } from './locality.ts';

/** All in milliseconds. */
export interface ModelTimeouts {
  /** From sending the request to the head of the response. */
  readonly firstByteMs: number;
  /** Silence between the head of the response and the first text: the model reads the prompt or reasons. */
  readonly firstTextMs: number;
  /** Silence between two pieces of text. */
  readonly idleMs: number;
  /** The whole request, retries included. */
  readonly totalMs: number;
}

/** A local server loads the model and reads the whole prompt before it sends even the head of its response. */
export function defaultTimeouts(locality: Locality): ModelTimeouts {
  const firstByteMs = locality === 'local' ? 120_000 : 30_000;
  return { firstByteMs, firstTextMs: 120_000, idleMs: 30_000, totalMs: 300_000 };
}

export interface Watch {
  /** Fires when the caller cancels, when a limit is passed, and at `end`; its reason is a KhipuError. */
  readonly signal: AbortSignal;
  /** A request was sent. */
  sent(): void;
  /** Something came: the head of the response, or any bytes of it. */
  heard(): void;
  /** Text of the reply came. */
  wrote(): void;
  /** The request is over: nothing of it stays open. */
  end(): void;
}

/**
 * Starts to watch one request.
 * @param who the server, for the message
 */
export function startWatch(timeouts: ModelTimeouts, who: string, signal: AbortSignal): Watch {
  const controller = new AbortController();
  let writing = false;
  let silence: NodeJS.Timeout | undefined;
  const give = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => {
      const message = `${who} ${what} within ${ms / 1000} s.`;
      controller.abort(new KhipuError('timeout', message, { subject: who }));
    }, ms);
  const allow = (ms: number, what: string): void => {
    clearTimeout(silence);
    if (!controller.signal.aborted) silence = give(ms, what);
  };
  const total = give(timeouts.totalMs, 'did not finish its reply');
  const onAbort = (): void => {
    controller.abort(signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });

  const heard = (): void => {
    if (writing) allow(timeouts.idleMs, 'stopped in the middle of its reply and sent nothing more');
    else allow(timeouts.firstTextMs, 'accepted the request but wrote nothing');
  };
  return {
    signal: controller.signal,
    sent: () => allow(timeouts.firstByteMs, 'did not answer'),
    heard,
    wrote() {
      writing = true;
      heard();
    },
    end() {
      clearTimeout(total);
      clearTimeout(silence);
      signal.removeEventListener('abort', onAbort);
      controller.abort(cancelled()); // closes a connection whose response was not read to its end
    },
  };
}
