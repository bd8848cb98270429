import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { KhipuError } from '../../../src/shared/errors.ts';
import { createPeer, notificationType, requestType, type Peer } from '../../../src/shared/rpc.ts';

const never = new AbortController().signal;
const double = requestType('double', z.object({ n: z.number() }), z.object({ n: z.number() }));
const hang = requestType('hang', z.object({}), z.object({}));
const fail = requestType('fail', z.object({}), z.object({}));
const note = notificationType('note', z.object({ text: z.string() }));

/** Two peers over real byte streams, and what each was told of faults. */
function peerPair(): { near: Peer; far: Peer; faults: Error[]; toFar: PassThrough; toNear: PassThrough } {
  const [toFar, toNear] = [new PassThrough(), new PassThrough()];
  const faults: Error[] = [];
  const onFault = (error: Error): void => void faults.push(error);
  const near = createPeer(new StreamMessageReader(toNear), new StreamMessageWriter(toFar), onFault);
  const far = createPeer(new StreamMessageReader(toFar), new StreamMessageWriter(toNear), onFault);
  return { near, far, faults, toFar, toNear };
}

function raw(message: object): string {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

describe('rpc', () => {
  let pair: ReturnType<typeof peerPair>;
  beforeEach(() => {
    pair = peerPair();
  });
  afterEach(() => {
    pair.near.dispose();
    pair.far.dispose();
  });

  it('answers calls, both ways and many at once, each with its own answer', async () => {
    pair.far.onCall(double, async ({ n }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return { n: n * 2 };
    });
    pair.near.onCall(double, ({ n }) => ({ n: n * 3 }));
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    const answers = await Promise.all(numbers.map((n) => pair.near.call(double, { n }, never)));
    assert.deepEqual(
      answers.map(({ n }) => n),
      numbers.map((n) => n * 2),
    );
    assert.deepEqual(await pair.far.call(double, { n: 5 }, never), { n: 15 });
  });

  it('carries a KhipuError across with kind and detail, and anything else as internal', async () => {
    const thrown: unknown[] = [
      new KhipuError('timeout', 'Late.', { subject: 'x' }),
      new TypeError('oops'),
      'text',
    ];
    pair.far.onCall(fail, () => {
      throw thrown.shift();
    });
    await assert.rejects(pair.near.call(fail, {}, never), {
      name: 'KhipuError',
      kind: 'timeout',
      message: 'Late.',
      detail: { subject: 'x' },
    });
    await assert.rejects(pair.near.call(fail, {}, never), { kind: 'internal', message: 'oops' });
    await assert.rejects(pair.near.call(fail, {}, never), { kind: 'internal', message: 'text' });
  });

  it('refuses parameters, results and notifications of the wrong shape, and goes on', async () => {
    const looseDouble = requestType('double', z.unknown(), z.object({ n: z.number() }));
    pair.far.onCall(double, ({ n }) => (n === 0 ? ({ n: 'none' } as unknown as { n: number }) : { n }));
    await assert.rejects(
      pair.near.call(looseDouble, { n: 'x' }, never),
      (error: KhipuError) => error.kind === 'protocol' && /double/.test(error.message),
    );
    await assert.rejects(pair.near.call(double, { n: 0 }, never), { kind: 'protocol' });
    assert.deepEqual(await pair.near.call(double, { n: 1 }, never), { n: 1 });
    const heard: string[] = [];
    pair.far.onNotify(note, ({ text }) => heard.push(text));
    pair.near.notify(notificationType('note', z.unknown()), { text: 7 });
    pair.near.notify(note, { text: 'hello' });
    await pair.near.call(double, { n: 1 }, never); // in order behind them
    assert.deepEqual(heard, ['hello']);
    assert.deepEqual(
      pair.faults.map((error) => (error as KhipuError).kind),
      ['protocol'],
    );
  });

  it('tells of a handler of notifications that throws, and goes on', async () => {
    pair.far.onNotify(note, () => {
      throw new Error('bad handler');
    });
    pair.far.onCall(double, (p) => p);
    pair.near.notify(note, { text: 'x' });
    await pair.near.call(double, { n: 1 }, never);
    assert.deepEqual(
      pair.faults.map(({ message }) => message),
      ['bad handler'],
    );
  });

  it('ends a call that nobody handles', async () => {
    await assert.rejects(
      pair.near.call(hang, {}, never),
      (error: KhipuError) => error.kind === 'protocol' && /hang/.test(error.message),
    );
  });

  it('cancels: the caller is let go at once, and the handler is told', async () => {
    const told = Promise.withResolvers<unknown>();
    pair.far.onCall(
      hang,
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told.resolve(signal.reason);
            reject(new Error('stopped'));
          });
        }),
    );
    const reached = Promise.withResolvers<undefined>();
    pair.far.onCall(double, (p) => {
      reached.resolve(undefined);
      return p;
    });
    const controller = new AbortController();
    const call = pair.near.call(hang, {}, controller.signal);
    await Promise.all([pair.near.call(double, { n: 1 }, never), reached.promise]);
    controller.abort();
    await assert.rejects(call, { kind: 'cancelled' });
    assert.equal(((await told.promise) as KhipuError).kind, 'cancelled');
    // The connection outlives it.
    assert.deepEqual(await pair.near.call(double, { n: 2 }, never), { n: 2 });
  });

  it("rejects with the signal's own KhipuError, and sends nothing when it has fired before", async () => {
    const reason = new KhipuError('timeout', 'Too late.');
    let called = false;
    pair.far.onCall(double, (p) => {
      called = true;
      return p;
    });
    await assert.rejects(pair.near.call(double, { n: 1 }, AbortSignal.abort(reason)), reason);
    await pair.far.call(double, { n: 1 }, never).catch(() => undefined); // a round trip
    assert.equal(called, false);
  });

  it('ends what is pending when the other side goes, and everything after', async () => {
    pair.far.onCall(hang, () => new Promise(() => undefined));
    const pending = [1, 2, 3].map(() =>
      assert.rejects(
        pair.near.call(hang, {}, never),
        (error: KhipuError) => error.kind === 'process-died' && /hang/.test(error.message),
      ),
    );
    pair.toNear.end();
    await Promise.all(pending);
    await pair.near.closed;
    await assert.rejects(pair.near.call(hang, {}, never), { kind: 'process-died' });
    pair.near.notify(note, { text: 'into the void' });
  });

  it('ends what is pending when it is disposed itself, once and for all', async () => {
    pair.far.onCall(hang, () => new Promise(() => undefined));
    const pending = assert.rejects(pair.near.call(hang, {}, never), { kind: 'process-died' });
    pair.near.dispose();
    pair.near.dispose();
    await pending;
    await pair.near.closed;
  });

  it('takes an answer that is not of the protocol for a fault of the protocol', async () => {
    const call = pair.near.call(double, { n: 1 }, never);
    pair.toNear.write(raw({ id: 0, error: { code: -32000, message: 'odd', data: { kind: 'nonsense' } } }));
    await assert.rejects(call, (error: KhipuError) => error.kind === 'protocol' && /odd/.test(error.message));
  });

  it('leaves no listener on a signal that lives long', async () => {
    pair.far.onCall(double, (p) => p);
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    for (let n = 0; n < 20; n++) await pair.near.call(double, { n }, signal);
    assert.equal(listeners, 0);
  });
});
