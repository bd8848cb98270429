import assert from 'node:assert/strict';
import {
  cancelled,
  errorKinds,
  fromWire,
  KhipuError,
  throwIfAborted,
  toKhipuError,
  toWire,
  wireError,
} from '../../../src/shared/errors.ts';

const detail = {
  sql: 'SELECT 1',
  position: 7,
  hint: 'Try.',
  subject: 'x',
  sqlState: '42601',
  candidates: ['a'],
  retryAfterMs: 5,
};

describe('errors', () => {
  it('cross a process boundary whole, without their cause', () => {
    for (const kind of errorKinds) {
      const error = new KhipuError(kind, 'What happened.', detail, { cause: new Error('secret') });
      const wire: unknown = JSON.parse(JSON.stringify(toWire(error)));
      assert.doesNotMatch(JSON.stringify(wire), /secret/);
      const back = fromWire(wireError.parse(wire));
      assert.ok(back instanceof KhipuError && back instanceof Error);
      assert.deepEqual(
        [back.kind, back.message, back.detail, back.name],
        [kind, 'What happened.', detail, 'KhipuError'],
      );
    }
  });

  it('are refused at the border when they are of no known kind or shape', () => {
    const wrong = [
      { kind: 'unheard-of', message: '', detail: {} },
      { kind: 'internal', message: 1, detail: {} },
      { kind: 'internal', message: '' },
      null,
    ];
    for (const value of wrong) assert.equal(wireError.safeParse(value).success, false);
  });

  it('are made of anything that was thrown', () => {
    const own = new KhipuError('timeout', 'Late.');
    assert.equal(toKhipuError(own), own);
    const type = new TypeError('x is not a function');
    assert.deepEqual(
      [toKhipuError(type).kind, toKhipuError(type).message, toKhipuError(type).cause],
      ['internal', type.message, type],
    );
    for (const thrown of ['text', 7, null, undefined]) {
      const made = toKhipuError(thrown);
      assert.deepEqual([made.kind, made.message], ['internal', String(thrown)]);
    }
    assert.equal(toKhipuError(AbortSignal.abort().reason).kind, 'cancelled');
  });

  it('say cancelled when a signal has fired, and keep its own reason', () => {
    throwIfAborted(new AbortController().signal);
    assert.throws(() => throwIfAborted(AbortSignal.abort()), { kind: 'cancelled' });
    const reason = new KhipuError('cancelled', 'Disconnected.');
    assert.throws(() => throwIfAborted(AbortSignal.abort(reason)), reason);
    const cause = new Error('why');
    assert.equal(cancelled(cause).cause, cause);
  });
});
