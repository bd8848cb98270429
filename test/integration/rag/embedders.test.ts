/** Indexes by embedding models of servers: how they are made, switched to, kept, and done without. */
import assert from 'node:assert/strict';
import { createOllamaEmbedder } from '../../../src/models/ollamaEmbedder.ts';
import { createOpenAiEmbedder } from '../../../src/models/openaiEmbedder.ts';
import type { Embedder } from '../../../src/models/embedder.ts';
import { createKnowledge, type Knowledge, type KnowledgeOptions } from '../../../src/rag/knowledge.ts';
import type { Subject } from '../../../src/rag/subject.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { bagOfWords, type EmbedScript, type ScriptedEmbeddings } from '../../servers/embeddingReply.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { catalogOf, never } from '../../unit/rag/schema.ts';
import { buildVectors, processLog, temporaryDirectory, vectorsPath, workerEntry } from './indexProcess.ts';

const words = ['amber', 'basalt', 'cedar', 'dune', 'ember', 'fjord', 'glacier', 'harbor', 'island', 'jungle'];

/** 200 tables: more than a prompt holds, and more than three batches. */
const large = catalogOf(
  Array.from({ length: 200 }, (_, index) => {
    const [first, second, third] = Array.from(String(index).padStart(3, '0')).map(
      (digit) => words[Number(digit)]!,
    );
    return `${first}_${second}_${third}(id, ${first}, ${second}, ${third})`;
  }),
);
const subject: Subject = { databaseKey: 'large', catalog: large, verified: [] };
const secret = 'sk-secret-embedding-key';
const noReply = (): never => assert.fail('no chat was asked for');

describe('an index by an embedding model of a server', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const servers: ModelServer[] = [];
  const opened: Knowledge[] = [];
  const lines: string[] = [];
  let embedder: Embedder | undefined;

  before(buildVectors);
  beforeEach(() => {
    directory = temporaryDirectory();
    embedder = undefined;
    lines.length = 0;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
    directory.remove();
  });

  const open = (over: Partial<KnowledgeOptions> = {}): Knowledge => {
    const log = processLog();
    const knowledge = createKnowledge({
      workerEntry,
      vectorsPath,
      storageDirectory: directory.path,
      log: (line) => {
        lines.push(line);
        log.log(line);
      },
      setup: () => ({ embedder }),
      ...over,
    });
    opened.push(knowledge);
    return knowledge;
  };
  /** A server of an embedding model, and how many texts it was asked for in each request. */
  const serve = async (embed: EmbedScript, name = 'm'): Promise<{ embedder: Embedder; sizes: number[] }> => {
    const sizes: number[] = [];
    const counted: EmbedScript = (texts, number) => {
      sizes.push(texts.length);
      return embed(texts, number);
    };
    const server = await startOpenAiServer({ reply: noReply, embed: counted, apiKey: secret });
    servers.push(server);
    const retry = { patient: { retry: { retries: 0 } }, quick: { retry: { retries: 0 } } };
    const made = createOpenAiEmbedder({ name, baseUrl: server.url, apiKey: secret, ...retry });
    return { embedder: made, sizes };
  };
  const asks = (question: string) => ({ ...subject, question, budgetTokens: 400 });
  const asked = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

  it('is made in the background while the built-in one answers, and answers when it is complete', async () => {
    const gate = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const model = await serve(async (texts, number) => {
      if (number === 2) {
        begun.resolve(undefined);
        await gate.promise;
      }
      return bagOfWords(texts);
    });
    ({ embedder } = model);
    const knowledge = open();
    const preparing = knowledge.prepare(subject, never);
    await begun.promise;
    const early = await knowledge.retrieve(asks('ember fjord'), never);
    assert.deepEqual([early.engine, early.notice], ['lancedb', undefined]);
    assert.ok(early.tables.length > 0);
    assert.equal(model.sizes.length, 3); // no question was sent yet
    gate.resolve(undefined);
    const report = await preparing;
    assert.deepEqual(
      [report.engine, report.embedder, report.added, report.notice],
      ['lancedb', embedder.id, 200, undefined],
    );
    const before = model.sizes.length;
    const late = await knowledge.retrieve(asks('ember fjord'), never);
    assert.deepEqual([late.engine, late.notice], ['lancedb', undefined]);
    assert.deepEqual(model.sizes.slice(before), [1]); // the question, once
    assert.ok(!lines.join('\n').includes(secret));
  });

  it('is there after a restart, and the model is asked for nothing again', async () => {
    const model = await serve((texts) => bagOfWords(texts));
    ({ embedder } = model);
    const first = open();
    await first.prepare(subject, never);
    await first.dispose();
    const before = model.sizes.length;
    const report = await open().prepare(subject, never);
    assert.deepEqual([report.kept, report.embedder, model.sizes.length], [200, embedder.id, before]);
  });

  it('keeps what is embedded when the server fails half-way, and goes on from there', async () => {
    let failing = true;
    const model = await serve((texts, number) =>
      failing && number >= 3 ? { status: 500, message: 'out of memory' } : bagOfWords(texts),
    );
    ({ embedder } = model);
    const knowledge = open();
    const report = await knowledge.prepare(subject, never);
    assert.equal(report.embedder, 'builtin');
    assert.match(
      report.notice ?? '',
      /failed \(500\): out of memory\..*index of the built-in embedder answers/,
    );
    const answer = await knowledge.retrieve(asks('ember fjord'), never);
    assert.deepEqual([answer.engine, answer.tables.length > 0], ['lancedb', true]);
    failing = false;
    const before = model.sizes.length;
    const second = await knowledge.prepare(subject, never);
    assert.deepEqual([second.embedder, second.kept, second.added], [embedder.id, 128, 72]);
    assert.equal(asked(model.sizes.slice(before)), 72);
  });

  it('tries again by itself what may pass', async () => {
    const model = await serve((texts, number) =>
      number === 0 ? { status: 429, headers: { 'retry-after': '0' } } : bagOfWords(texts),
    );
    ({ embedder } = model);
    const complete = Promise.withResolvers<undefined>();
    const knowledge = open({
      retryMs: 1,
      onState: (_, state) => {
        if (state.phase === 'ready' && state.embedder !== 'builtin') complete.resolve(undefined);
      },
    });
    assert.match((await knowledge.prepare(subject, never)).notice ?? '', /no more requests for now/);
    await complete.promise;
  });

  it('goes without vectors that cannot be used', async () => {
    const cases: readonly [RegExp, (texts: readonly string[], number: number) => ScriptedEmbeddings][] = [
      [/16 numbers where the others have 8/, (texts, number) => bagOfWords(texts, number === 0 ? 8 : 16)],
      [/not a number/, (texts) => bagOfWords(texts).map((vector) => [...vector.slice(1), Number.NaN])],
      [/holds 0 vectors/, () => ({ garbage: '{"object":"list"}' })],
      [/cannot be used|malformed/, () => ({ garbage: 'NaN' })],
    ];
    for (const [index, [message, embed]] of cases.entries()) {
      ({ embedder } = await serve(embed, `m${index}`));
      const knowledge = open();
      const report = await knowledge.prepare(subject, never);
      assert.equal(report.embedder, 'builtin');
      assert.match(report.notice ?? '', message);
      assert.equal((await knowledge.retrieve(asks('ember fjord'), never)).engine, 'lancedb');
      await knowledge.dispose();
    }
  });

  it('notices a model that was changed behind its name, and is made anew on demand', async () => {
    let dimension = 8;
    const started = await startOllamaServer({
      reply: noReply,
      embed: (texts) => bagOfWords(texts, dimension),
      models: ['m'],
    });
    servers.push(started);
    const fresh = (): Embedder => createOllamaEmbedder({ name: 'm', baseUrl: started.url });
    embedder = fresh();
    const knowledge = open();
    await knowledge.prepare(subject, never);
    dimension = 16;
    embedder = fresh();
    knowledge.setupChanged();
    const more: Subject = {
      ...subject,
      catalog: catalogOf([...large.relations, 'quartz(id)']),
    };
    const report = await knowledge.prepare(more, never);
    assert.match(report.notice ?? '', /makes vectors of 16 numbers, and the index holds such of 8/);
    const again = await knowledge.rebuild(more, never);
    assert.deepEqual([again.embedder, again.added], [embedder.id, 201]);
  });

  it('is changed for another one and back, each model with an index of its own', async () => {
    const [one, two] = [
      await serve((texts) => bagOfWords(texts)),
      await serve((texts) => bagOfWords(texts, 32)),
    ];
    const knowledge = open();
    const change = async (to: Embedder | undefined): Promise<string> => {
      embedder = to;
      knowledge.setupChanged();
      return (await knowledge.prepare(subject, never)).embedder;
    };
    assert.equal(await change(undefined), 'builtin');
    assert.equal(await change(one.embedder), one.embedder.id);
    assert.equal(await change(two.embedder), two.embedder.id);
    const seen = [...one.sizes];
    assert.equal(await change(one.embedder), one.embedder.id);
    assert.deepEqual(one.sizes, seen);
    assert.equal(await change(undefined), 'builtin');
    await knowledge.retrieve(asks('ember fjord'), never);
    assert.deepEqual(one.sizes, seen); // not even the question
  });

  it('begins anew when the setting changes while it is made', async () => {
    const begun = Promise.withResolvers<undefined>();
    const silent = await serve((_, number) => {
      if (number === 0) begun.resolve(undefined);
      return { silence: true };
    });
    const model = await serve((texts) => bagOfWords(texts));
    embedder = silent.embedder;
    const knowledge = open();
    const first = knowledge.prepare(subject, never);
    await begun.promise;
    embedder = model.embedder;
    knowledge.setupChanged();
    const second = await knowledge.prepare(subject, never);
    assert.equal(second.embedder, model.embedder.id);
    assert.equal(await first, second);
  });

  it('is let go of while its model is silent, and made by the next who asks', async () => {
    let silent = true;
    const reached = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const model = await serve((texts, number) => {
      reached[number]?.resolve(undefined);
      return silent ? { silence: true } : bagOfWords(texts);
    });
    ({ embedder } = model);
    const knowledge = open();
    // While it is opened: the model is asked how long its vectors are.
    const first = new AbortController();
    const opening = assert.rejects(knowledge.prepare(subject, first.signal), { kind: 'cancelled' });
    await reached[0]!.promise;
    first.abort();
    await opening;
    // While it is emptied.
    const second = new AbortController();
    const clearing = assert.rejects(knowledge.rebuild(subject, second.signal), { kind: 'cancelled' });
    await reached[1]!.promise;
    second.abort();
    await clearing;
    silent = false;
    const report = await knowledge.rebuild(subject, never);
    assert.deepEqual([report.embedder, report.added], [embedder.id, 200]);
  });

  it('is never made of a database that must not leave this machine', async () => {
    const model = await serve((texts) => bagOfWords(texts));
    ({ embedder } = model);
    const knowledge = open();
    const confined = { ...subject, confined: true };
    assert.equal((await knowledge.prepare(confined, never)).embedder, 'builtin');
    await knowledge.retrieve({ ...asks('ember fjord'), confined: true }, never);
    assert.equal(model.sizes.length, 0);
    // Nor when it was allowed before.
    await knowledge.prepare(subject, never);
    const before = model.sizes.length;
    await knowledge.retrieve({ ...asks('ember fjord'), confined: true }, never);
    await knowledge.prepare(confined, never);
    await knowledge.retrieve({ ...asks('ember fjord'), confined: true }, never);
    assert.equal(model.sizes.length, before);
  });

  it('is done without when its model does not answer a question, which is said', async () => {
    let answers = true;
    const model = await serve((texts) => (answers ? bagOfWords(texts) : { hangUp: true }));
    ({ embedder } = model);
    const knowledge = open();
    await knowledge.prepare(subject, never);
    answers = false;
    const answer = await knowledge.retrieve(asks('ember fjord'), never);
    assert.equal(answer.engine, 'lancedb');
    assert.ok(answer.tables.length > 0);
    assert.match(answer.notice ?? '', /closed the connection.*index of the built-in embedder answers/);
    const before = model.sizes.length;
    await knowledge.retrieve(asks('glacier harbor'), never);
    assert.equal(model.sizes.length, before); // it is left in peace for a while
  });

  it('lets a question go that is cancelled while its model is asked', async () => {
    let silent = false;
    const reached = Promise.withResolvers<undefined>();
    const model = await serve((texts) => {
      if (!silent) return bagOfWords(texts);
      reached.resolve(undefined);
      return { silence: true };
    });
    ({ embedder } = model);
    const knowledge = open();
    await knowledge.prepare(subject, never);
    silent = true;
    const controller = new AbortController();
    const left = assert.rejects(knowledge.retrieve(asks('ember fjord'), controller.signal), {
      kind: 'cancelled',
    });
    await reached.promise;
    controller.abort();
    await left;
    assert.equal(await servers[0]!.requests.at(-1)!.ended, 'closed-by-client');
  });

  it('asks for little again when its process is killed while it is made', async () => {
    const knowledgeRef: { current?: Knowledge } = {};
    const model = await serve((texts, number) => {
      if (number === 2) process.kill(knowledgeRef.current!.processId!, 'SIGKILL');
      return bagOfWords(texts);
    });
    ({ embedder } = model);
    const knowledge = (knowledgeRef.current = open());
    const report = await knowledge.prepare(subject, never);
    assert.equal(report.embedder, embedder.id);
    assert.equal((await knowledge.prepare(subject, never)).kept, 200);
    const once = 1 + 200; // a first text to see how long its vectors are
    assert.ok(asked(model.sizes) <= once + 64, `${asked(model.sizes)} texts`);
  });

  it('is done without, and why is said, when the setting is not valid', async () => {
    const knowledge = open({
      setup: () => {
        throw new KhipuError('invalid-settings', '"cohere" does not name a model.');
      },
    });
    const report = await knowledge.prepare(subject, never);
    assert.deepEqual([report.engine, report.embedder], ['lancedb', 'builtin']);
    assert.match(report.notice ?? '', /"cohere" does not name a model/);
  });
});
