/** How long a shared store may take: its client would try for minutes before it said that nobody answers. */
import { KhipuError } from '../shared/errors.ts';
import type { IndexPlace } from '../shared/ragProtocol.ts';

export interface StoreTimeouts {
  /** To open an index, in milliseconds. */
  readonly openMs: number;
  /** For one step of an update, in milliseconds. */
  readonly stepMs: number;
}

export const defaultStoreTimeouts: StoreTimeouts = { openMs: 20_000, stepMs: 90_000 };

/**
 * Does work within a time if the place is a shared store; the signal that the work is given fires when the time is over.
 * @throws KhipuError `index-unavailable` when it is, and what the work throws
 */
export async function withinTime<T>(
  place: IndexPlace,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  if (place.shared === undefined) return await work(signal);
  const deadline = new AbortController();
  const late = new KhipuError(
    'index-unavailable',
    `The shared index at ${place.uri} is not to be had: it did not answer within ${ms / 1000} s.`,
    { subject: place.uri },
  );
  const timer = setTimeout(() => deadline.abort(late), ms);
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}
