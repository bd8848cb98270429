/** Pulling models through the real SDK from a server that speaks Ollama's protocol, faults included. */
import assert from 'node:assert/strict';
import { listOllamaModels } from '../../../src/models/ollamaModels.ts';
import { pullOllamaModel, type PullProgress } from '../../../src/models/ollamaPull.ts';
import { problemOf } from '../../../src/shared/messages.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import type { PullScript } from '../../servers/ollamaPullReply.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { neverAborted } from './chatRequests.ts';

const name = 'qwen3:8b';

describe('ollamaPull', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(script: PullScript): Promise<ModelServer> {
    const server = await startOllamaServer({ reply: () => '', models: [], pull: () => script });
    servers.push(server);
    return server;
  }
  async function faultOf(script: PullScript): Promise<KhipuError> {
    const server = await serve(script);
    return pullOllamaModel({ name, baseUrl: server.url }, () => undefined, neverAborted()).then(
      () => assert.fail('the pull succeeded'),
      (thrown: unknown) => {
        assert.ok(thrown instanceof KhipuError, String(thrown));
        return thrown;
      },
    );
  }

  it('tells bytes over all layers that are known, and what the server does; then the model is there', async () => {
    const server = await serve({ layers: [4000, 1000], steps: 2 });
    const told: PullProgress[] = [];
    await pullOllamaModel({ name, baseUrl: server.url }, (state) => told.push(state), neverAborted());
    assert.deepEqual(
      told.map(({ step, completed, total }) => `${step} ${completed}/${total}`),
      [
        'pulling manifest 0/0',
        'pulling 0/4000',
        'pulling 2000/4000',
        'pulling 4000/4000',
        'pulling 4000/5000',
        'pulling 4500/5000',
        'pulling 5000/5000',
        'verifying sha256 digest 5000/5000',
        'writing manifest 5000/5000',
        'success 5000/5000',
      ],
    );
    assert.deepEqual(server.requests[0]?.body, { name, stream: true });
    const models = await listOllamaModels(server.url, neverAborted());
    assert.deepEqual(
      models.map((model) => model.name),
      [name],
    );
  });

  it('a name that the registry does not have: not found, with how names are written', async () => {
    const error = await faultOf({ fault: 'unknown' });
    assert.equal(error.kind, 'model-not-found');
    assert.match(problemOf(error).next, /ollama\.com\/library/);
    assert.deepEqual(
      problemOf(error).actions.map(({ id }) => id),
      ['choose-model'],
    );
  });

  for (const [fault, words] of [
    ['full', /The disk of 127\.0\.0\.1:\d+ is full/],
    ['cut', /was not pulled: .*the connection was cut\.$/],
    ['garbage', /was not pulled: .*not what Ollama sends\.$/],
    ['early', /was not pulled: .*success response/],
    ['offline', /was not pulled: pull model manifest.*no such host\.$/],
  ] as const) {
    it(`${fault}: said, with a button that pulls it again`, async () => {
      const error = await faultOf({ fault });
      assert.equal(error.kind, 'model-pull-failed');
      assert.match(error.message, words);
      const { next, actions } = problemOf(error);
      assert.match(next, /what has come is kept/);
      assert.deepEqual(actions[0], { id: 'pull-model', label: `Pull ${name}`, value: name });
    });
  }

  it('no server: unreachable', async () => {
    const server = await startOllamaServer({ reply: () => '', models: [] });
    await server.close();
    await assert.rejects(
      pullOllamaModel({ name, baseUrl: server.url }, () => undefined, neverAborted()),
      {
        kind: 'model-unreachable',
      },
    );
  });

  it('silence: timeout', async () => {
    const held = Promise.withResolvers<undefined>();
    const server = await serve({ gate: (line) => (line === 3 ? held.promise : Promise.resolve()) });
    const pulling = pullOllamaModel({ name, baseUrl: server.url }, () => undefined, neverAborted(), {
      timeouts: { firstTextMs: 50 },
    });
    await assert.rejects(pulling, { kind: 'timeout' });
    assert.equal(await server.requests[0]?.ended, 'closed-by-client');
    held.resolve(undefined);
  });

  it('cancel in the middle: the server sees the connection closed, and downloads no more', async () => {
    const held = Promise.withResolvers<undefined>();
    const server = await serve({ gate: (line) => (line === 3 ? held.promise : Promise.resolve()) });
    const controller = new AbortController();
    const pulling = pullOllamaModel(
      { name, baseUrl: server.url },
      ({ completed }) => {
        if (completed > 0) controller.abort();
      },
      controller.signal,
    );
    await assert.rejects(pulling, { kind: 'cancelled' });
    assert.equal(await server.requests[0]?.ended, 'closed-by-client');
    held.resolve(undefined);
    assert.deepEqual(await listOllamaModels(server.url, neverAborted()), []);
  });

  it('takes more than 16 MB of progress: a big model tells of itself for hours', async () => {
    const server = await serve({ layers: [1e9], steps: 120_000 });
    let lines = 0;
    await pullOllamaModel({ name, baseUrl: server.url }, () => (lines += 1), neverAborted());
    assert.equal(lines, 120_005);
  });
});
