/** Questions back, follow-ups and costly plans, on real parts: both SDKs over local protocol servers, and a real Postgres. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { Answer, Costly } from '../../../src/answers.ts';
import type { Turn } from '../../../src/query/conversation.ts';
import { renderTrace, startTrace } from '../../../src/query/trace.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { ask, key, never, partsOver, rowsOf, type AskedParts } from './askedParts.ts';

const ddl = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.customers (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int, placed_on date, total numeric(10,2));
  INSERT INTO shop.customers SELECT n, 'Customer ' || n FROM generate_series(1, 1000) AS n;
  INSERT INTO shop.orders SELECT n, n % 1000 + 1, date '2023-01-01' + n % 730, n % 500
    FROM generate_series(1, 1000000) AS n;
  ANALYZE;
`;
const perYear = `SELECT extract(year FROM o.placed_on)::int AS year, count(*) AS orders
FROM shop.orders AS o GROUP BY 1 ORDER BY 1`;
const only2024 = `SELECT count(*) AS orders FROM shop.orders AS o WHERE o.placed_on >= '2024-01-01'`;
const everyPair = 'SELECT count(*) AS pairs FROM shop.orders AS a CROSS JOIN shop.orders AS b';

const reply = (sql: string | null, more: object = {}): string =>
  JSON.stringify({
    ...{ sql, explanation: 'So.', assumptions: [], clarification: null, options: [], readings: [] },
    ...more,
  });

interface Told {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

for (const sdk of ['openai', 'ollama'] as const) {
  describe(`a conversation over ${sdk}`, () => {
    let server: PostgresServer;
    let models: ModelServer;
    let parts: AskedParts;
    let turns: string[] = [];
    const chats = (): Told[] =>
      models.requests.filter(({ path }) => path.includes('chat')).map(({ body }) => body as Told);
    const first: Turn = { question: 'How many orders per year?', sql: perYear, aiPolicy: 'schema' };

    before(async () => {
      server = await startPostgres();
      await server.run(ddl);
      const next = (): string => turns.shift() ?? 'asked once too often';
      models =
        sdk === 'openai'
          ? await startOpenAiServer({ apiKey: key, models: ['m'], reply: next })
          : await startOllamaServer({ models: ['m'], reply: next });
      parts = await partsOver(server.url());
      parts.models = {
        first: { provider: sdk, name: 'm', baseUrl: models.url },
        then: [],
        ollamaUrl: sdk === 'ollama' ? models.url : 'http://127.0.0.1:1',
      };
      await parts.answers.index(await parts.connections.connect('test', never), never);
    });
    beforeEach(() => {
      turns = [];
      (models.requests as unknown[]).length = 0;
    });
    after(async () => {
      await parts.dispose();
      await Promise.all([models.close(), server.dispose()]);
      await rm(parts.storage, { recursive: true });
    });

    it('hands on a question back with its answers, and goes on from it with the one that was chosen', async () => {
      const options = ['The year it was placed', 'The year it was paid'];
      turns = [reply(null, { clarification: 'Which year?', options }), reply(perYear)];
      const asked = ask(parts, 'How many orders per year?');
      assert.deepEqual(await asked.outcome, {
        clarification: 'Which year?',
        options,
        model: `${sdk}:m`,
      });
      assert.match(
        renderTrace(asked.trace),
        /## The model asked back\n\nWhich year\?\n\n- The year it was placed/,
      );
      const askedBack = { question: 'Which year?', options };
      const earlier: Turn[] = [{ question: 'How many orders per year?', askedBack, aiPolicy: 'schema' }];
      const { outcome } = ask(parts, options[0]!, never, { earlier });
      assert.deepEqual((await rowsOf(await outcome)).length, 2);
      const { messages } = chats()[1]!;
      assert.deepEqual(
        messages.map(({ role }) => role),
        ['system', 'user', 'assistant', 'user'],
      );
      assert.equal(messages[1]?.content, 'Question: How many orders per year?');
      assert.match(messages[2]?.content ?? '', /"clarification":"Which year\?"/);
      assert.match(messages[3]?.content ?? '', /Question: The year it was placed$/);
    });

    it('goes on from a question with its SQL and without its rows', async () => {
      turns = [reply(only2024, { readings: ['2024 by the date of payment'] })];
      const { outcome, trace } = ask(parts, 'only for 2024', never, { earlier: [first] });
      const answer = (await outcome) as Answer;
      assert.deepEqual(answer.header.readings, ['2024 by the date of payment']);
      await rowsOf(answer);
      const sent = JSON.stringify(chats()[0]?.messages);
      assert.match(sent, /extract\(year FROM o\.placed_on\)/);
      assert.doesNotMatch(sent, /Customer 1/);
      assert.match(renderTrace(trace), /## Conversation\n\n- How many orders per year\?/);
    });

    it('does not run a costly plan unasked, and runs it when it is told to', async () => {
      turns = [reply(perYear)];
      const { outcome, trace } = ask(parts, 'How many?', never, { costLimit: 10_000 });
      const costly = (await outcome) as Costly;
      assert.deepEqual(costly.cost.scan, {
        table: 'shop.orders',
        kind: costly.cost.scan?.kind,
        rows: 1_000_000,
      });
      assert.ok(costly.cost.total > 10_000 && costly.cost.total < 100_000, String(costly.cost.total));
      assert.notEqual(costly.plan, undefined);
      assert.equal(trace.timings.execute, undefined);
      const connected = await parts.connections.connect('test', never);
      const run = startTrace('How many?', 'test');
      const rows = await rowsOf(await parts.answers.proceed(costly, connected, run, never));
      assert.equal(rows.length, 2);
      assert.match(run.planned ?? '', /The user had it run\.$/);
    });

    it('asks at the usual limit for what would take hours, and for nothing that takes a second', async () => {
      const limit = { costLimit: 1_000_000 };
      turns = [reply(everyPair), reply(perYear)];
      const pairs = await ask(parts, 'How many pairs?', never, limit).outcome;
      assert.ok('cost' in pairs && pairs.cost.total > 1e9);
      assert.equal((await rowsOf(await ask(parts, 'Per year?', never, limit).outcome)).length, 2);
    });

    it('drops what was said under another policy, and says so', async () => {
      turns = [reply(only2024)];
      const earlier: Turn[] = [{ ...first, aiPolicy: 'results' }];
      const answer = (await ask(parts, 'only for 2024', never, { earlier }).outcome) as Answer;
      await rowsOf(answer);
      assert.match(answer.header.notices.join(), /The model was not told what this goes on from/);
      assert.equal(chats()[0]?.messages.length, 2);
    });
  });
}
