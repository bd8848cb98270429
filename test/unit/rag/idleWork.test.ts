import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { IdleWork } from '../../../src/rag/idleWork.ts';

const idleMs = 1000;

describe('IdleWork', () => {
  let runs: AbortSignal[];
  /** Ends the run that goes on. */
  let end: () => void;
  let idle: IdleWork;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    runs = [];
    idle = new IdleWork(idleMs, (signal) => {
      runs.push(signal);
      return new Promise((resolve) => {
        end = resolve;
        signal.addEventListener('abort', () => resolve());
      });
    });
  });
  afterEach(() => {
    idle.dispose();
    mock.timers.reset();
  });

  /** Lets what has been resolved go on. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };

  it('begins when it is wanted and nothing goes on, and not again until it is wanted again', async () => {
    await idle.during(() => Promise.resolve());
    mock.timers.tick(10 * idleMs);
    assert.equal(runs.length, 0);
    idle.want();
    mock.timers.tick(idleMs - 1);
    assert.equal(runs.length, 0);
    mock.timers.tick(1);
    assert.equal(runs.length, 1);
    end();
    await settle();
    await idle.during(() => Promise.resolve());
    mock.timers.tick(10 * idleMs);
    assert.equal(runs.length, 1);
  });

  it('waits for what goes on, is cancelled by what begins, and begins again afterwards', async () => {
    await idle.during(() => {
      idle.want();
      mock.timers.tick(10 * idleMs);
      assert.equal(runs.length, 0);
      return Promise.resolve();
    });
    mock.timers.tick(idleMs);
    assert.equal(runs.length, 1);
    await idle.during(() => {
      assert.equal(runs[0]?.aborted, true);
      return Promise.resolve();
    });
    await settle();
    mock.timers.tick(idleMs);
    assert.deepEqual(
      runs.map(({ aborted }) => aborted),
      [true, false],
    );
  });

  it('does nothing more after it was disposed', () => {
    idle.want();
    idle.dispose();
    idle.want();
    mock.timers.tick(10 * idleMs);
    assert.equal(runs.length, 0);
  });
});
