/** The chain over real SDKs and servers: a dead OpenAI, an Ollama that steps in, and nothing that leaves this machine unasked. */
import assert from 'node:assert/strict';
import type { ChatModel } from '../../../src/models/chatModel.ts';
import { createFallback, type ModelCandidate } from '../../../src/models/fallback.ts';
import { createOllamaModel } from '../../../src/models/ollamaModel.ts';
import { probeOllama } from '../../../src/models/ollamaModels.ts';
import { createOpenAiModel } from '../../../src/models/openaiModel.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { answerText, neverAborted, quickRetry, request } from './chatRequests.ts';

const ignore = (): void => undefined;

function configured(model: ChatModel, listedByUser = true): ModelCandidate {
  return { locality: model.locality, listedByUser, resolve: () => Promise.resolve(model) };
}

function ollamaAt(baseUrl: string): ModelCandidate {
  return {
    locality: 'local',
    listedByUser: false,
    async resolve(signal) {
      const name = (await probeOllama(baseUrl, signal))?.defaultModel;
      return name === undefined ? undefined : createOllamaModel({ name, baseUrl });
    },
  };
}

describe('fallback over real servers', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function ollama(): Promise<ModelServer> {
    const server = await startOllamaServer({
      reply: () => answerText,
      models: ['nomic-embed-text', 'qwen3:8b'],
    });
    servers.push(server);
    return server;
  }
  async function deadUrl(): Promise<string> {
    const server = await startOpenAiServer({ reply: () => '' });
    await server.close();
    return server.url;
  }

  it('lets a local Ollama answer for a dead OpenAI, and says so', async () => {
    const near = await ollama();
    const dead = createOpenAiModel({
      name: 'gpt-5',
      baseUrl: await deadUrl(),
      apiKey: 'sk-1',
      retry: quickRetry,
    });
    const pieces: string[] = [];
    const reply = await createFallback([configured(dead), ollamaAt(near.url)]).chat(
      request,
      (piece) => pieces.push(piece),
      neverAborted(),
    );
    assert.equal(reply.text, answerText);
    assert.equal(pieces.join(''), answerText);
    assert.equal(reply.answeredBy.name, 'qwen3:8b');
    assert.match(
      reply.notices[0]!,
      /^openai:gpt-5 could not be reached \(.*\); ollama:qwen3:8b on this machine answered instead\.$/,
    );
  });

  it('lets it answer for a refused key too, whose fault the notice tells without the key', async () => {
    const near = await ollama();
    const far = await startOpenAiServer({ reply: () => answerText, apiKey: 'right' });
    servers.push(far);
    const locked = createOpenAiModel({ name: 'gpt-5', baseUrl: far.url, apiKey: 'sk-wrong-key' });
    const reply = await createFallback([configured(locked), ollamaAt(near.url)]).chat(
      request,
      ignore,
      neverAborted(),
    );
    assert.match(reply.notices[0]!, /did not accept the key/);
    assert.ok(!reply.notices[0]!.includes('sk-wrong-key'));
  });

  it('asks no Ollama at all while the first model answers', async () => {
    const near = await ollama();
    const far = await startOpenAiServer({ reply: () => answerText });
    servers.push(far);
    const model = createOpenAiModel({ name: 'gpt-5', baseUrl: far.url, apiKey: undefined });
    const reply = await createFallback([configured(model), ollamaAt(near.url)]).chat(
      request,
      ignore,
      neverAborted(),
    );
    assert.equal(reply.answeredBy, model);
    assert.equal(near.requests.length, 0);
  });

  it('goes from a stopped Ollama to a remote model only when the user listed that', async () => {
    const stopped = await deadUrl();
    const local = createOllamaModel({ name: 'qwen3:8b', baseUrl: stopped });
    // An address that cannot be resolved stands for the world beyond this machine.
    const remote = createOpenAiModel({
      name: 'gpt-5',
      baseUrl: 'http://no-such-host.invalid/v1',
      apiKey: 'k',
      retry: { retries: 0 },
    });
    let asked = 0;
    const counted = (listedByUser: boolean): ModelCandidate => ({
      ...configured(remote, listedByUser),
      resolve() {
        asked++;
        return Promise.resolve(remote);
      },
    });
    const unlisted = createFallback([configured(local), counted(false)]);
    await assert.rejects(unlisted.chat(request, ignore, neverAborted()), { kind: 'model-unreachable' });
    assert.equal(asked, 0);
    const listed = createFallback([configured(local), counted(true)]);
    await assert.rejects(listed.chat(request, ignore, neverAborted()), { kind: 'model-unreachable' });
    assert.equal(asked, 1);
  });

  it('has no model when nothing is set up and no Ollama answers', async () => {
    const chain = createFallback([ollamaAt(await deadUrl())]);
    await assert.rejects(chain.chat(request, ignore, neverAborted()), { kind: 'no-model' });
  });
});
