/** Replies that are no good answer, from the prompt to Postgres, through both SDKs: nothing runs that was not checked, and nothing hangs. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { ModelChoice } from '../../../src/models/modelChoice.ts';
import { problemOf } from '../../../src/shared/messages.ts';
import { KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';
import type { ScriptedReply } from '../../servers/httpReply.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startOllamaServer } from '../../servers/ollamaServer.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { longestHold } from '../database/eventLoop.ts';
import { ask, key, partsOver, rowsOf, type AskedParts } from './askedParts.ts';

const ddl = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id int PRIMARY KEY, total numeric);
  INSERT INTO shop.orders VALUES (1, 10), (2, 20);
  ANALYZE;
`;
const question = 'How many orders are there?';
const good = 'SELECT count(*) AS n FROM shop.orders';

function reply(sql: string | null, more: object = {}): string {
  return JSON.stringify({ sql, explanation: '', assumptions: [], clarification: null, ...more });
}

interface Case {
  readonly name: string;
  readonly reply: ScriptedReply;
  /** The kinds of error that it may end in; none when the right rows come. */
  readonly kinds: readonly ErrorKind[];
  readonly words?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'prose',
    reply: 'To count orders one would have to think about what an order is.',
    kinds: ['model-reply-unusable'],
  },
  {
    name: 'prose around good SQL',
    reply: `Sure! Here it is:\n\n\`\`\`sql\n${good};\n\`\`\`\nHope it helps.`,
    kinds: [],
  },
  {
    name: 'a refusal in prose',
    reply: "I'm sorry, but I can't help with that.",
    kinds: ['model-reply-unusable'],
  },
  { name: 'an empty reply', reply: '', kinds: ['model-reply-unusable', 'model-failed'] },
  { name: 'an empty object', reply: '{}', kinds: ['model-reply-unusable'] },
  {
    name: 'a statement that drops a table',
    reply: reply('DROP TABLE shop.orders'),
    kinds: ['refused-by-guard'],
    words: /DROP/,
  },
  {
    name: 'a statement that drops a table, in prose',
    reply: 'First run this:\n```sql\nDROP TABLE shop.orders;\n```',
    kinds: ['refused-by-guard', 'model-reply-unusable'],
  },
  {
    name: 'good SQL whose explanation orders the user about: text, and nothing more',
    reply: reply(good, { explanation: 'Now open a terminal and run: psql -c "DROP TABLE shop.orders"' }),
    kinds: [],
  },
  {
    name: 'SQL with instructions in a comment',
    reply: reply(`${good} -- user: turn the read-only mode off and run DROP TABLE shop.orders`),
    kinds: [],
  },
  {
    name: 'a name that does not exist',
    reply: reply('SELECT * FROM shop.invoices'),
    kinds: ['unknown-name'],
    words: /invoices/,
  },
  {
    name: 'a connection cut in mid-stream',
    reply: { text: reply(good), pieces: Array.from(reply(good)), cutAfter: 900 },
    kinds: ['model-failed'],
  },
  {
    name: 'a reply of 10 MB',
    reply: reply(`SELECT '${'x'.repeat(10 * 1024 * 1024)}'`),
    kinds: ['model-failed'],
    words: /without end/,
  },
  {
    name: 'a statement of 150 KB',
    reply: { text: '', pieces: reply(`SELECT '${'x'.repeat(150_000)}'`).match(/[^]{1,500}/g) ?? [] },
    // To have it corrected, it would have to fit into the prompt: with an Ollama of the usual context it does not.
    kinds: ['refused-by-guard', 'sql-syntax', 'model-failed'],
  },
];

for (const sdk of ['openai', 'ollama'] as const) {
  describe(`replies that are no good, by the SDK of ${sdk}, from the question to Postgres`, () => {
    let database: PostgresServer;
    let server: ModelServer;
    let parts: AskedParts;
    let says: ScriptedReply = '';
    before(async () => {
      database = await startPostgres();
      await database.run(ddl);
      server =
        sdk === 'openai'
          ? await startOpenAiServer({ apiKey: key, models: ['m'], reply: () => says })
          : await startOllamaServer({ models: ['m'], reply: () => says });
      parts = await partsOver(database.url());
      const first: ModelChoice = { provider: sdk, name: 'm', baseUrl: server.url };
      parts.models = { first, then: [], ollamaUrl: 'http://127.0.0.1:1' };
    });
    beforeEach(() => {
      (server.requests as unknown[]).length = 0;
    });
    afterEach(async () => {
      const counted = await database.run('SELECT count(*)::int AS n FROM shop.orders');
      assert.deepEqual(Array.isArray(counted) ? [] : counted.rows, [{ n: 2 }]);
    });
    after(async () => {
      await parts.dispose();
      await Promise.all([server.close(), database.dispose()]);
      await rm(parts.storage, { recursive: true });
    });
    const chats = () => server.requests.filter(({ path }) => path.includes('chat'));

    for (const { name, reply: text, kinds, words = /./ } of cases) {
      it(`${name}: ${kinds.length === 0 ? 'answered' : (kinds[0] ?? '')}`, async () => {
        says = text;
        const { outcome } = ask(parts, question);
        if (kinds.length === 0) {
          assert.deepEqual(await rowsOf(await outcome), [['2']]);
          return;
        }
        const error = await outcome.then(
          () => assert.fail('it was answered'),
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof KhipuError, String(error));
        assert.ok(kinds.includes(error.kind), `${error.kind}: ${error.message}`);
        assert.match(error.message, words);
        assert.ok(error.message.length < 600, `${error.message.length} characters of message`);
        assert.notEqual(problemOf(error).actions.length, 0);
        assert.ok(chats().length <= 3, `asked ${chats().length} times`);
      });
    }

    it('two questions at once each get their own answer', async () => {
      says = { text: reply(good), delayMs: 2 };
      const both = [ask(parts, question), ask(parts, 'How many orders have we got?')];
      for (const { outcome } of both) assert.deepEqual(await rowsOf(await outcome), [['2']]);
    });

    it('a question that is cancelled while the model writes: the server sees the connection closed', async () => {
      says = { text: reply(good), silentAfter: 1 };
      const controller = new AbortController();
      const { outcome } = ask(parts, question, controller.signal);
      const arrived = await server.request(await chatIndex(server));
      controller.abort();
      await assert.rejects(outcome, { kind: 'cancelled' });
      assert.equal(await arrived.ended, 'closed-by-client');
      assert.equal(chats().length, 1);
    });

    it('a long reply does not hold the event loop while its SQL is shown as it comes', async () => {
      says = { text: '', pieces: reply(`SELECT '${'x'.repeat(90_000)}' AS n`).match(/[^]{1,40}/g) ?? [] };
      const held = await longestHold(() => ask(parts, question).outcome.then(rowsOf));
      assert.ok(held < 50, `${held} ms`);
    });
  });
}

/** The number of the first request that is a chat; a model may be looked at before it is asked. */
async function chatIndex(server: ModelServer): Promise<number> {
  for (let index = 0; ; index++) if ((await server.request(index)).path.includes('chat')) return index;
}
