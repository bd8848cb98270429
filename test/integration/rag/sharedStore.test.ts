/** One index for a team, in a store that speaks S3: shared, kept from harm, and done without when it does not answer. */
import assert from 'node:assert/strict';
import { createKnowledge, type Knowledge, type KnowledgeOptions } from '../../../src/rag/knowledge.ts';
import type { IndexSetup } from '../../../src/rag/indexSetup.ts';
import { parseStoreAddress, sharedStore, type StoreSecrets } from '../../../src/rag/sharedStore.ts';
import { passageOf } from '../../../src/rag/documentSet.ts';
import type { Subject } from '../../../src/rag/subject.ts';
import { createOpenAiEmbedder } from '../../../src/models/openaiEmbedder.ts';
import { bagOfWords } from '../../servers/embeddingReply.ts';
import { startHttpServer } from '../../servers/httpServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { startS3Server, type S3Server } from '../../servers/s3Server.ts';
import { catalogOf, never, shop } from '../../unit/rag/schema.ts';
import { buildVectors, temporaryDirectory, vectorsPath, verified, workerEntry } from './indexProcess.ts';

const subject: Subject = { databaseKey: 'mine', sharedKey: 'db:5432/shop', catalog: shop, verified };
const tight = { budgetTokens: 150 };

describe('a shared index', function () {
  this.timeout(120_000);
  let s3: S3Server;
  const directories: ReturnType<typeof temporaryDirectory>[] = [];
  const opened: Knowledge[] = [];
  const lines: string[] = [];

  before(buildVectors);
  beforeEach(async () => {
    s3 = await startS3Server('team');
    lines.length = 0;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    await s3.close();
    for (const directory of directories.splice(0)) directory.remove();
  });

  const keys = (): StoreSecrets => ({
    aws_access_key_id: s3.accessKeyId,
    aws_secret_access_key: s3.secretAccessKey,
  });
  const store = (secrets: StoreSecrets | undefined = keys(), endpoint = s3.url): IndexSetup['store'] =>
    sharedStore(
      parseStoreAddress('s3://team/khipu', { endpoint, allow_http: 'true', region: 'us-east-1' })!,
      secrets,
    );
  /** Someone on a machine of their own. */
  const member = (
    setup: Partial<IndexSetup> = { store: store() },
    more: Partial<KnowledgeOptions> = {},
  ): Knowledge => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const knowledge = createKnowledge({
      workerEntry,
      vectorsPath,
      storageDirectory: directory.path,
      log: (line) => lines.push(line),
      setup: () => ({ embedder: undefined, ...setup }),
      ...more,
    });
    opened.push(knowledge);
    return knowledge;
  };

  it('is made by one and found by the next, verified questions aside', async () => {
    const [one, two] = [member(), member()];
    const first = await one.prepare(subject, never);
    assert.deepEqual(
      [first.engine, first.store, first.added, first.notice],
      ['lancedb', 's3://team/khipu', 10, undefined],
    );
    const second = await two.prepare({ ...subject, databaseKey: 'theirs' }, never);
    assert.deepEqual([second.store, second.added, second.kept], ['s3://team/khipu', 0, 10]);
    for (const each of [one, two]) {
      const databaseKey = each === one ? 'mine' : 'theirs';
      const question = 'orders of each country in 2024';
      const found = await each.retrieve({ ...subject, ...tight, databaseKey, question }, never);
      assert.deepEqual([found.engine, found.notice], ['lancedb', undefined]);
      assert.ok(found.tables.some(({ name }) => name === 'orders'));
      assert.equal(found.examples[0]?.question, 'How many orders per country?');
    }
    const objects = await s3.keys('team');
    assert.ok(objects.length > 0 && objects.every((key) => key.startsWith('khipu/')), objects.join());
    assert.ok(!lines.join('\n').includes(s3.secretAccessKey));
  });

  it('holds no passage of a document: those are found on this machine', async () => {
    const file = { path: '/docs/vip.md', name: 'docs/vip.md', size: 1, mtimeMs: 1 };
    const vip = passageOf(file, { heading: [], text: 'Quixotic customers are VIP.', from: 1, to: 1 });
    const documents = { passages: new Map([[vip.id, vip]]), files: 1, notices: [] };
    const one = member();
    const report = await one.prepare({ ...subject, documents }, never);
    assert.deepEqual([report.store, report.added], ['s3://team/khipu', 10]);
    const asked = { ...subject, ...tight, documents, question: 'quixotic customers' };
    const found = await one.retrieve(asked, never);
    assert.deepEqual([found.engine, found.notice, found.documents.length], ['lancedb', undefined, 1]);
    const objects = await s3.keys('team');
    assert.ok(
      objects.every((key) => /\/(?:table\.lance|__manifest)\//.test(key)),
      objects.join(),
    );
  });

  it('takes what many write at the same time', async () => {
    const members = [member(), member(), member()];
    await Promise.all(members.map((each) => each.prepare(subject, never)));
    const calm = await member().prepare(subject, never);
    assert.ok(calm.added + calm.kept === 10 && calm.notice === undefined, JSON.stringify(calm));
    assert.equal((await member().prepare(subject, never)).kept, 10);
  });

  it('is embedded once for all', async () => {
    const model = await startOpenAiServer({
      reply: () => assert.fail('no chat was asked for'),
      embed: (texts) => bagOfWords(texts),
    });
    try {
      const embedder = () => createOpenAiEmbedder({ name: 'm', baseUrl: model.url, apiKey: undefined });
      const one = member({ store: store(), embedder: embedder() });
      assert.equal((await one.prepare(subject, never)).added, 10);
      const before = model.requests.length;
      const two = member({ store: store(), embedder: embedder() });
      assert.equal((await two.prepare(subject, never)).kept, 10);
      assert.equal(model.requests.length, before);
      const found = await two.retrieve({ ...subject, ...tight, question: 'employees' }, never);
      assert.deepEqual([found.tables[0]?.name, found.notice], ['employees', undefined]);
    } finally {
      await model.close();
    }
  });

  it('keeps what only others may see', async () => {
    const little: Subject = { ...subject, catalog: catalogOf(shop.relations.slice(0, 3)) };
    const [one, two] = [member(), member()];
    await one.prepare(subject, never);
    assert.equal((await two.prepare(little, never)).removed, 0);
    const seen = await two.retrieve({ ...little, question: 'employees salary', budgetTokens: 20 }, never);
    const names = new Set(little.catalog.relations.map(({ name }) => name));
    assert.ok(seen.tables.every(({ name }) => names.has(name)));
    assert.equal((await one.prepare(subject, never)).kept, 10);
  });

  it('is emptied and made anew on demand, and others go on', async () => {
    const [one, two] = [member(), member()];
    await one.prepare(subject, never);
    await two.prepare(subject, never);
    const report = await two.rebuild(subject, never);
    assert.deepEqual([report.store, report.added], ['s3://team/khipu', 10]);
    const found = await one.retrieve({ ...subject, ...tight, question: 'employees' }, never);
    assert.equal(found.tables[0]?.name, 'employees');
    assert.equal((await one.prepare(subject, never)).kept, 10);
  });

  it("holds nothing of a database that must not leave this machine, nor of one that is no one else's", async () => {
    const knowledge = member();
    for (const own of [
      { ...subject, confined: true },
      { ...subject, sharedKey: undefined },
    ]) {
      const report = await knowledge.prepare(own, never);
      assert.deepEqual([report.engine, report.store], ['lancedb', undefined]);
      await knowledge.retrieve({ ...own, ...tight, question: 'employees' }, never);
    }
    assert.deepEqual(s3.requests, []);
  });

  it('is found by the credentials of the environment when none are stored', async () => {
    const before = { ...process.env };
    process.env['AWS_ACCESS_KEY_ID'] = s3.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = s3.secretAccessKey;
    try {
      const report = await member({ store: store({}) }).prepare(subject, never);
      assert.deepEqual([report.store, report.notice], ['s3://team/khipu', undefined]);
    } finally {
      process.env = before;
    }
  });

  it('is done without, and why is said, when it refuses the credentials', async () => {
    const secrets = { aws_access_key_id: 'WRONG', aws_secret_access_key: 'hidden-secret' };
    const knowledge = member({ store: store(secrets) });
    const report = await knowledge.prepare(subject, never);
    assert.deepEqual([report.engine, report.store, report.kept + report.added], ['lancedb', undefined, 13]);
    assert.match(
      report.notice ?? '',
      /s3:\/\/team\/khipu\/.* is not to be had: it answers 403 Forbidden, InvalidAccessKeyId\./,
    );
    assert.match(report.failure?.detail.hint ?? '', /Set Index Store Credentials/);
    const found = await knowledge.retrieve({ ...subject, ...tight, question: 'employees' }, never);
    assert.equal(found.tables[0]?.name, 'employees');
    assert.ok(!lines.join('\n').includes('hidden-secret'));
  });

  it('is done without when nobody is there, or who is there stays silent', async () => {
    const nowhere = await member({ store: store(keys(), 'http://127.0.0.1:2') }).prepare(subject, never);
    assert.match(nowhere.notice ?? '', /is not to be had: nothing answers there\./);
    s3.mode = 'is silent';
    const started = performance.now();
    const storeTimeouts = { openMs: 500, stepMs: 500 };
    const silent = await member({ store: store() }, { storeTimeouts }).prepare(subject, never);
    assert.match(silent.notice ?? '', /is not to be had: it did not answer within 0\.5 s\./);
    assert.ok(performance.now() - started < 15_000);
    assert.deepEqual([silent.engine, silent.added], ['lancedb', 13]);
  });

  it('does not keep a question waiting when it falls silent, and takes over again when it answers', async () => {
    const complete = Promise.withResolvers<undefined>();
    let failed = false;
    const knowledge = member(
      { store: store() },
      {
        patienceMs: 300,
        retryMs: 1,
        onState: (_, state) => {
          if (failed && state.phase === 'ready' && state.store !== undefined) complete.resolve(undefined);
        },
      },
    );
    await knowledge.prepare(subject, never);
    s3.mode = 'is silent';
    const request = { ...subject, ...tight, question: 'employees' };
    // What is at hand may still be answered; what has to be looked for is not waited for.
    let found = await knowledge.retrieve(request, never);
    while (found.notice === undefined) found = await knowledge.retrieve(request, never);
    failed = true;
    assert.deepEqual([found.engine, found.tables[0]?.name], ['lancedb', 'employees']);
    assert.match(
      found.notice,
      /did not answer within 0\.3 s\. The index of the built-in embedder answers instead\./,
    );
    s3.mode = 'answers';
    assert.equal((await knowledge.prepare(subject, never)).store, 's3://team/khipu');
    await complete.promise;
  });

  it("of LanceDB's own service is asked with its key, and done without when it refuses", async () => {
    const service = await startHttpServer('', ({ response }) => {
      response.writeHead(401).end('{"error": "unknown key"}');
      return Promise.resolve();
    });
    try {
      const address = parseStoreAddress('db://team', { endpoint: service.url, region: 'us-east-1' })!;
      const knowledge = member({ store: sharedStore(address, { api_key: 'sk_hidden_secret' }) });
      const report = await knowledge.prepare(subject, never);
      assert.deepEqual([report.engine, report.store], ['lancedb', undefined]);
      assert.match(report.notice ?? '', /The shared index at db:\/\/team is not to be had: it answers 401/);
      assert.equal(service.requests[0]?.headers['x-api-key'], 'sk_hidden_secret');
      assert.ok(!lines.join('\n').includes('sk_hidden_secret'));
    } finally {
      await service.close();
    }
  });
});
