import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createOpenAiEmbedder } from '../../../src/models/openaiEmbedder.ts';
import { passageOf, type DocumentSet } from '../../../src/rag/documentSet.ts';
import { createKnowledge, type Knowledge, type KnowledgeOptions } from '../../../src/rag/knowledge.ts';
import type { Subject } from '../../../src/rag/subject.ts';
import { bagOfWords } from '../../servers/embeddingReply.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { never, shop } from '../../unit/rag/schema.ts';
import {
  buildVectors,
  processLog,
  temporaryDirectory,
  vectorsPath,
  verified,
  workerEntry,
} from './indexProcess.ts';

const handbook = {
  churn: 'A customer has churned when they placed no order for 90 days.',
  returns: 'A return is open until the money has been paid back.',
  vip: 'VIP customers are those with more than 1000 EUR of net revenue in a year.',
  leave: 'Every colleague has 28 days of paid leave. Ask your manager first.',
  deploy: 'We deploy on Tuesdays. The order of services is api, worker, web.',
} as const;
type Topic = keyof typeof handbook;

/** Each passage at the line of its place in the list. */
function documentsOf(topics: readonly Topic[]): DocumentSet {
  const passages = topics.map((topic, at) => {
    const file = { path: `/work/docs/${topic}.md`, name: `docs/${topic}.md`, size: 1, mtimeMs: 1 };
    return passageOf(file, { heading: ['Handbook'], text: handbook[topic], from: at + 1, to: at + 1 });
  });
  return { passages: new Map(passages.map((each) => [each.id, each])), files: topics.length, notices: [] };
}

const all = documentsOf(['churn', 'returns', 'vip', 'leave', 'deploy']);
const subject: Subject = { databaseKey: 'shop', catalog: shop, verified, documents: all };

describe('passages of documents', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const opened: Knowledge[] = [];
  const servers: ModelServer[] = [];

  const open = (over: Partial<KnowledgeOptions> = {}): Knowledge => {
    const options = { workerEntry, vectorsPath, storageDirectory: directory.path, log: processLog().log };
    const knowledge = createKnowledge({ ...options, ...over });
    opened.push(knowledge);
    return knowledge;
  };
  const found = async (knowledge: Knowledge, question: string, of = subject): Promise<string[]> => {
    const { documents } = await knowledge.retrieve({ ...of, question }, never);
    return documents.map(({ file }) => file);
  };

  before(buildVectors);
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    await Promise.all(servers.splice(0).map((each) => each.close()));
    directory.remove();
  });

  it('are found by what they say, also in other words, and not when they speak of something else', async () => {
    const knowledge = open();
    await knowledge.prepare(subject, never);
    const { documents, engine } = await knowledge.retrieve(
      { ...subject, question: 'Which customers churned last year?' },
      never,
    );
    assert.equal(engine, 'lancedb');
    assert.deepEqual(documents[0], {
      path: '/work/docs/churn.md',
      file: 'docs/churn.md',
      heading: ['Handbook'],
      text: handbook.churn,
      place: { unit: 'line', from: 1, to: 1 },
      nearness: documents[0]?.nearness,
    });
    assert.ok(documents[0].nearness >= 0.5 && documents[0].nearness < 1);
    assert.deepEqual(await found(knowledge, 'open returns'), ['docs/returns.md']);
    // "Earnings" do not stand in it.
    assert.deepEqual(await found(knowledge, 'net earnings of customers'), ['docs/vip.md']);
    assert.deepEqual(await found(knowledge, 'salary per department'), []);
    assert.deepEqual(await found(knowledge, 'How many products in stock?'), []);
  });

  it('are found until the index is ready, and where LanceDB does not run', async () => {
    const early = open();
    assert.deepEqual(await found(early, 'open returns'), ['docs/returns.md']);
    const broken = open({ workerEntry: '/no/such/entry.cjs' });
    await broken.prepare(subject, never);
    assert.deepEqual(await found(broken, 'net earnings of customers'), ['docs/vip.md']);
  });

  it('are indexed once: what changed alone is put, what only moved is not', async () => {
    const knowledge = open();
    const first = await knowledge.prepare(subject, never);
    const fewer = { ...subject, documents: documentsOf(['returns', 'churn', 'vip']) };
    const second = await knowledge.prepare(fewer, never);
    assert.deepEqual([second.added, second.removed, second.kept], [0, 2, first.added - 2]);
    assert.deepEqual(await found(knowledge, 'deploy on Tuesdays', fewer), []);
    const { documents } = await knowledge.retrieve({ ...fewer, question: 'open returns' }, never);
    assert.equal(documents[0]?.place.from, 1);
    const gone = { ...subject, documents: documentsOf([]) };
    assert.equal((await knowledge.prepare(gone, never)).removed, 3);
    assert.deepEqual(await found(knowledge, 'open returns', gone), []);
  });

  it('stay in the index until the documents have been read', async () => {
    await open().prepare(subject, never);
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    const next = open();
    const unread = { ...subject, documents: undefined };
    const first = await next.prepare(unread, never);
    assert.deepEqual([first.added, first.removed], [0, 0]);
    assert.deepEqual(await found(next, 'open returns', unread), []);
    const second = await next.prepare(subject, never);
    assert.deepEqual([second.added, second.removed], [0, 0]);
    assert.deepEqual(await found(next, 'open returns'), ['docs/returns.md']);
  });

  it('go to the embedder of a server as they are written, and to none where nothing may leave', async () => {
    const texts: string[] = [];
    const server = await startOpenAiServer({
      reply: () => assert.fail('no chat was asked for'),
      embed: (asked) => {
        texts.push(...asked);
        return bagOfWords(asked);
      },
    });
    servers.push(server);
    const embedder = createOpenAiEmbedder({ name: 'm', baseUrl: server.url, apiKey: 'k' });
    const knowledge = open({ setup: () => ({ embedder }) });
    await knowledge.prepare({ ...subject, confined: true }, never);
    assert.equal(texts.length, 0);
    await knowledge.prepare(subject, never);
    assert.ok(texts.includes(`churn\nHandbook\n${handbook.churn}`));
    assert.deepEqual(await found(knowledge, 'open returns'), ['docs/returns.md']);
  });

  it('lie on this machine, whole and in words, and nowhere else', async () => {
    await open().prepare(subject, never);
    const files = readdirSync(directory.path, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory.path, name))
      .filter((path) => statSync(path).isFile());
    const holders = files.filter((path) => readFileSync(path).includes('more than 1000 EUR of net revenue'));
    assert.ok(holders.length > 0);
    for (const path of holders) assert.match(path, /document\.lance/);
  });
});
