import assert from 'node:assert/strict';
import 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { KhipuError } from '../../../src/shared/errors.ts';
import { postMessageTransport, type PostMessagePort } from '../../../src/shared/postMessageTransport.ts';
import { createPeer, notificationType, requestType, type Peer } from '../../../src/shared/rpc.ts';
import { portPair } from './postMessagePorts.ts';

const double = requestType('double', z.number(), z.number());
const hello = notificationType('hello', z.string());
const never = new AbortController().signal;

describe('postMessageTransport', () => {
  let faults: string[];
  let peers: Peer[];

  function peerOn(port: PostMessagePort): Peer {
    const { reader, writer } = postMessageTransport(port);
    const peer = createPeer(reader, writer, (error) => faults.push(error.message));
    peers.push(peer);
    return peer;
  }

  beforeEach(() => {
    faults = [];
    peers = [];
  });
  afterEach(() => {
    for (const peer of peers) peer.dispose();
  });

  it('carries requests both ways at once', async () => {
    const [left, right] = portPair().map(peerOn) as [Peer, Peer];
    left.onCall(double, (value) => value * 2);
    right.onCall(double, (value) => value + value);
    assert.deepEqual(await Promise.all([left.call(double, 4, never), right.call(double, 5, never)]), [8, 10]);
  });

  it('carries errors with their kind and detail', async () => {
    const [left, right] = portPair().map(peerOn) as [Peer, Peer];
    right.onCall(double, () => {
      throw new KhipuError('sql-failed', 'No.', { position: 7 });
    });
    await assert.rejects(left.call(double, 1, never), {
      kind: 'sql-failed',
      message: 'No.',
      detail: { position: 7 },
    });
  });

  it('carries cancellation to the handler', async () => {
    const [left, right] = portPair().map(peerOn) as [Peer, Peer];
    const started = Promise.withResolvers<AbortSignal>();
    right.onCall(double, (_value, signal) => {
      started.resolve(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    });
    const controller = new AbortController();
    const call = left.call(double, 1, controller.signal);
    const signal = await started.promise;
    const heard = new Promise((resolve) => signal.addEventListener('abort', resolve));
    controller.abort();
    await assert.rejects(call, { kind: 'cancelled' });
    await heard;
  });

  it('keeps the order of notifications', async () => {
    const [left, right] = portPair().map(peerOn) as [Peer, Peer];
    const heard: string[] = [];
    const all = Promise.withResolvers<undefined>();
    right.onNotify(hello, (word) => {
      if (heard.push(word) === 3) all.resolve(undefined);
    });
    for (const word of ['one', 'two', 'three']) left.notify(hello, word);
    await all.promise;
    assert.deepEqual(heard, ['one', 'two', 'three']);
  });

  it('overhears messages that are not its own', async () => {
    const [leftPort, rightPort] = portPair();
    const [left, right] = [peerOn(leftPort), peerOn(rightPort)];
    right.onCall(double, (value) => value * 2);
    for (const foreign of ['text', 5, null, { source: 'devtools' }, { jsonrpc: '1.0', method: 'double' }])
      leftPort.post(foreign);
    assert.equal(await left.call(double, 2, never), 4);
    assert.deepEqual(faults, []);
  });

  it('ends a request whose message cannot be posted, at once or later', async () => {
    const failure = (): never => {
      throw new Error('The webview is disposed.');
    };
    const deaf = { onMessage: () => ({ dispose: () => undefined }) };
    await assert.rejects(peerOn({ ...deaf, post: failure }).call(double, 1, never), KhipuError);
    const later = peerOn({ ...deaf, post: () => Promise.reject(new Error('gone')) });
    await assert.rejects(later.call(double, 1, never), { kind: 'process-died' });
    await later.closed;
  });
});
