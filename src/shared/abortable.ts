/** Lets a caller go as soon as its signal fires, whatever it waits for. */
import { abortionOf, throwIfAborted } from './errors.ts';

/**
 * Waits for work that knows nothing of this signal; the work itself goes on.
 * @throws what the work throws, or KhipuError `cancelled`, or the signal's own reason when that is a KhipuError
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(abortionOf(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    throwIfAborted(signal);
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.promise.catch(() => undefined);
    work.catch(() => undefined); // nobody may wait for it any more
  }
}
