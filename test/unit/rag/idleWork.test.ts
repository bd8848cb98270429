import assert from 'node:assert/strict';
import { IdleWork } from '../../../src/rag/idleWork.ts';

describe('IdleWork', () => {
  it('begins when it is wanted and nothing goes on, and not again until it is wanted again', async () => {
    let runs = 0;
    const begun = Promise.withResolvers<undefined>();
    const idle = new IdleWork(1, () => {
      runs++;
      begun.resolve(undefined);
      return Promise.resolve();
    });
    await idle.during(() => Promise.resolve());
    assert.equal(runs, 0);
    idle.want();
    await begun.promise;
    await idle.during(() => Promise.resolve());
    assert.equal(runs, 1);
    idle.dispose();
  });

  it('waits for what goes on, is cancelled by what begins, and begins again afterwards', async () => {
    const runs: AbortSignal[] = [];
    const begun = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const idle = new IdleWork(1, async (signal) => {
      runs.push(signal);
      begun[runs.length - 1]?.resolve(undefined);
      if (runs.length === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await idle.during(async () => {
      idle.want();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(runs.length, 0);
    });
    await begun[0]!.promise;
    await idle.during(() => {
      assert.equal(runs[0]?.aborted, true);
      return Promise.resolve();
    });
    await begun[1]!.promise;
    assert.equal(runs[1]?.aborted, false);
    idle.dispose();
  });

  it('does nothing more after it was disposed', async () => {
    let runs = 0;
    const idle = new IdleWork(1, () => {
      runs++;
      return Promise.resolve();
    });
    idle.want();
    idle.dispose();
    idle.want();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(runs, 0);
  });
});
