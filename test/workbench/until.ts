/** Waiting for what sends no event: looks again and again until it is so. */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves with the first value that is found.
 * @param what is waited for, for the error
 * @param limitMs after which it is given up
 * @throws Error that says what did not come
 */
export async function until<T>(
  what: string,
  find: () => T | undefined | Promise<T | undefined>,
  limitMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`In ${limitMs / 1000} s there was no ${what}.`);
    await delay(50);
  }
}
