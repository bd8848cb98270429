/** When a failed request is tried again, and after how long. */
import assert from 'node:assert/strict';
import { TransientModelError } from '../../../src/models/modelFault.ts';
import { defaultRetryPolicy, pauseBefore, withRetries } from '../../../src/models/retry.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const policy = { retries: 2, baseMs: 400, capMs: 20_000 };
const passing = new TransientModelError('model-failed', 'busy');
const quiet = new AbortController().signal;

function asking(retryAfterMs: number): KhipuError {
  return new TransientModelError('model-rate-limited', 'wait', { retryAfterMs });
}

describe('retry', () => {
  it('doubles the pause, spread over its upper half, up to the cap', () => {
    assert.equal(pauseBefore(1, passing, policy, 0), 200);
    assert.equal(pauseBefore(1, passing, policy, 1), 400);
    assert.equal(pauseBefore(2, passing, policy, 1), 800);
    assert.equal(pauseBefore(9, passing, { ...policy, retries: 99 }, 1), 20_000);
  });

  it('waits as long as the server asks, and gives up when that is too long', () => {
    assert.equal(pauseBefore(1, asking(7000), policy, 0.5), 7000);
    assert.equal(pauseBefore(1, asking(20_000), policy, 0.5), 20_000);
    assert.equal(pauseBefore(1, asking(20_001), policy, 0.5), undefined);
  });

  it('tries twice more and no oftener, and only what may pass', () => {
    assert.equal(pauseBefore(3, passing, policy, 0), undefined);
    assert.equal(pauseBefore(1, new KhipuError('model-failed', 'x'), policy, 0), undefined);
    assert.equal(pauseBefore(1, new Error('x'), policy, 0), undefined);
    assert.equal(defaultRetryPolicy.retries, 2);
  });

  it('returns the first success', async () => {
    const outcomes = [passing, passing, 'done'];
    const attempt = (): Promise<string> => {
      const next = outcomes.shift();
      return typeof next === 'string' ? Promise.resolve(next) : Promise.reject(next!);
    };
    assert.equal(await withRetries(attempt, { ...policy, baseMs: 1 }, quiet), 'done');
    assert.equal(outcomes.length, 0);
  });

  it('ends a pause at once when it is cancelled', async () => {
    const controller = new AbortController();
    let attempts = 0;
    const attempt = (): Promise<never> => {
      attempts++;
      queueMicrotask(() => controller.abort());
      return Promise.reject(asking(20_000));
    };
    await assert.rejects(withRetries(attempt, policy, controller.signal), { kind: 'cancelled' });
    assert.equal(attempts, 1);
  });
});
