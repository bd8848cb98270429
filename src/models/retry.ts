/** The one retry layer of this room: the SDKs' own retries are off. */
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../shared/errors.ts';
import { TransientModelError } from './modelFault.ts';

export interface RetryPolicy {
  /** How often after the first attempt. */
  readonly retries: number;
  /** The first pause, in milliseconds; each further one is twice as long. */
  readonly baseMs: number;
  /** The longest pause, in milliseconds; a server that asks for a longer one is not asked again. */
  readonly capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 2, baseMs: 400, capMs: 20_000 };

/**
 * How long to wait before the attempt after `failed` failed ones, in milliseconds; undefined when there should be none.
 * @param chance between 0 and 1: spreads the pauses of many clients over the upper half of each
 */
export function pauseBefore(
  failed: number,
  error: unknown,
  policy: RetryPolicy,
  chance: number,
): number | undefined {
  if (!(error instanceof TransientModelError) || failed > policy.retries) return undefined;
  const asked = error.detail.retryAfterMs;
  if (asked !== undefined) return asked <= policy.capMs ? asked : undefined;
  return Math.min(policy.capMs, policy.baseMs * 2 ** (failed - 1) * (0.5 + chance / 2));
}

/**
 * Tries until it succeeds, fails for good, or has tried often enough. Only TransientModelError is tried again, and that is
 * thrown before any text came, so that no text is ever streamed twice.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (thrown) {
      const pause = pauseBefore(failed, thrown, policy, Math.random());
      if (pause === undefined) throw thrown;
      // An aborted pause ends early; the line below then says why.
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      throwIfAborted(signal);
    }
  }
}
