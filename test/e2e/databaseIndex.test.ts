/** The index in the editor: made anew on demand, by the embedder of the settings, and by the built-in one where it must. */
import assert from 'node:assert/strict';
import { settings } from '../../src/editor/contributions.ts';
import { bagOfWords } from '../servers/embeddingReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { configure, forgetModels } from './configuration.ts';
import { ask, rebuildIndex } from './khipu.ts';
import { openZoo, profileOf, type Zoo } from './zoo.ts';

describe('The index', () => {
  let zoo: Zoo;
  let server: ModelServer;
  const embedded = (): string[] =>
    server.requests
      .filter(({ path }) => path === '/v1/embeddings')
      .flatMap(({ body }) => (body as { input: string[] }).input);

  before(async () => {
    zoo = await openZoo('index');
    server = await startOpenAiServer({
      reply: () => '{"sql": "SELECT 1 AS one"}',
      embed: (texts) => bagOfWords(texts),
    });
  });

  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });

  it('is made anew, by the built-in embedder', async () => {
    const report = await rebuildIndex(zoo.id);
    assert.deepEqual([report.engine, report.embedder, report.kept], ['lancedb', 'builtin', 0]);
    assert.ok(report.added > 0);
  });

  it('is made by the model of the settings as soon as they name one, and each question is embedded by it', async () => {
    await configure({
      [settings.modelProvider]: 'openai',
      [settings.modelName]: 'test-model',
      [settings.modelBaseUrl]: server.url,
      [settings.ragEmbedder]: 'openai:test-embed',
    });
    // The change of the setting has begun an update: this one follows it.
    const report = await rebuildIndex(zoo.id);
    assert.match(report.embedder, /^openai:test-embed@127\.0\.0\.1:/);
    assert.ok(
      embedded().some((text) => /animal/.test(text)),
      embedded().join(' | '),
    );
    const question = 'Which animals are old?';
    await ask(question, zoo.id);
    assert.ok(embedded().includes(question));
  });

  it('leaves the machine for no connection whose AI policy is off', async () => {
    const hidden = { ...profileOf(zoo.server, 'hidden'), aiPolicy: 'off' };
    await configure({ [settings.connections]: [profileOf(zoo.server, zoo.id), hidden] });
    const before = embedded().length;
    assert.equal((await rebuildIndex('hidden')).embedder, 'builtin');
    const { error } = await ask('Which animals are old?', 'hidden');
    assert.match(error ?? '', /AI|policy/i);
    assert.equal(embedded().length, before);
  });
});
