/** One request to a model server, whatever its protocol: watched, retried, and failing only by KhipuError. */
import { throwIfAborted } from '../shared/errors.ts';
import type { ModelEndpoint } from './endpoint.ts';
import { toModelFault } from './modelFault.ts';
import { createModelFetch } from './modelFetch.ts';
import { defaultRetryPolicy, withRetries, type RetryPolicy } from './retry.ts';
import { defaultTimeouts, startWatch, type ModelTimeouts, type Watch } from './timeouts.ts';

/** What a caller may set otherwise than usual; tests do. */
export interface AskOptions {
  readonly timeouts?: Partial<ModelTimeouts> | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Where a response is stopped, in bytes; 16 MB when left out. */
  readonly maxReplyBytes?: number | undefined;
}

/**
 * Runs `attempt` until it succeeds or fails for good.
 * @param attempt speaks the protocol through the given fetch, and tells the watch of the text that comes
 * @throws KhipuError `model-*`, `timeout` or `cancelled`
 */
export async function askServer<T>(
  endpoint: ModelEndpoint,
  options: AskOptions,
  attempt: (modelFetch: typeof fetch, watch: Watch) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  throwIfAborted(signal);
  const timeouts = { ...defaultTimeouts(endpoint.locality), ...options.timeouts };
  const watch = startWatch(timeouts, endpoint.baseUrl.host, signal);
  const once = async (): Promise<T> => {
    try {
      return await attempt(createModelFetch(endpoint, watch, options.maxReplyBytes), watch);
    } catch (thrown) {
      throw toModelFault(endpoint, thrown, watch.signal);
    }
  };
  try {
    return await withRetries(once, { ...defaultRetryPolicy, ...options.retry }, watch.signal);
  } finally {
    watch.end();
  }
}
