import assert from 'node:assert/strict';
import { KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';
import { replyWith, scriptedWorld, silence, untilAborted, wholeShop } from './scriptedWorld.ts';
import { failed, good, onlyGuarded, proposed, run, type Run } from './proposing.ts';

describe('propose', () => {
  it('answers by a verified question without a model, a server or anything sent', async () => {
    const verified = { question: 'How many orders are there?', sql: `${good};` };
    const world = await scriptedWorld([], {
      aiPolicy: 'off',
      retrieve: () => Promise.resolve({ ...wholeShop, verified }),
    });
    const { statement, source, model, tables, trace, steps } = await proposed(world);
    assert.deepEqual(
      { text: statement.text, source, model, tables },
      { text: good, source: 'verified', model: undefined, tables: ['shop.orders'] },
    );
    assert.deepEqual([trace.exchanges, trace.retrieval?.verified, world.requests], [[], verified, []]);
    assert.deepEqual(steps, ['Looking for the tables']);
  });

  it('holds a verified question to the guard and the catalog too', async () => {
    for (const [sql, kind] of [
      ['DELETE FROM shop.orders', 'refused-by-guard'],
      ['SELECT totl FROM shop.orders', 'unknown-name'],
    ] as const) {
      const verified = { question: 'q', sql };
      const world = await scriptedWorld([], { retrieve: () => Promise.resolve({ ...wholeShop, verified }) });
      assert.equal((await failed(world)).error.kind, kind);
    }
  });

  it('asks the model, checks its SQL and has the server plan it', async () => {
    const world = await scriptedWorld([replyWith(`${good};`, { assumptions: ['All of them'] })]);
    const { trace, steps, ...answer } = await proposed(world);
    assert.deepEqual(
      { ...answer, statement: answer.statement.text },
      {
        statement: good,
        tables: ['shop.orders'],
        source: 'model',
        sources: [],
        model: 'openai:test',
        explanation: 'I read it so.',
        assumptions: ['All of them'],
        readings: [],
        planJson: undefined,
        notices: [],
      },
    );
    assert.deepEqual(
      world.explained.map(({ text }) => text),
      [good],
    );
    onlyGuarded(world);
    assert.deepEqual(steps, [
      'Looking for the tables',
      'Asking the model',
      'The model is writing',
      'Checking the SQL',
    ]);
    const [exchange] = trace.exchanges;
    assert.deepEqual(exchange?.messages, world.requests[0]?.messages);
    assert.deepEqual(
      [exchange?.model, exchange?.locality, exchange?.usage, exchange?.finding],
      ['openai:test', 'remote', { inputTokens: 10, outputTokens: 5 }, undefined],
    );
    assert.deepEqual(Object.keys(trace.timings).sort(), ['check', 'model', 'retrieval']);
  });

  it('shows the SQL while it is being written', async () => {
    const { outcome, progress } = run(await scriptedWorld([replyWith(good)]));
    await outcome;
    const shown = progress.flatMap(({ sql }) => sql ?? []);
    assert.ok(shown.length > 3);
    for (const sql of shown) assert.ok(good.startsWith(sql));
    assert.equal(shown.at(-1), good);
  });

  it('sends the retrieved tables alone, and no row of any', async () => {
    const tables = wholeShop.tables.filter(({ name }) => name === 'categories');
    const gone = { schema: 'shop', name: 'dropped_since', reason: 'matched', score: 1 } as const;
    const world = await scriptedWorld([replyWith(good)], {
      retrieve: () => Promise.resolve({ ...wholeShop, tables: [...tables, gone] }),
    });
    await proposed(world);
    const sent = JSON.stringify(world.requests[0]?.messages);
    assert.match(sent, /CREATE TABLE shop\.categories/);
    assert.doesNotMatch(sent, /shop\.products|dropped_since/);
  });

  it('has an unknown name corrected in the second round', async () => {
    const wrong = replyWith('SELECT totl FROM shop.orders');
    const world = await scriptedWorld([wrong, replyWith('SELECT total FROM shop.orders')]);
    const { statement, notices, trace, steps } = await proposed(world);
    assert.equal(statement.text, 'SELECT total FROM shop.orders');
    assert.deepEqual(notices, ['The model needed one correction.']);
    assert.ok(steps.includes('Asking the model to correct itself'));
    const [, second] = world.requests;
    assert.deepEqual(second?.messages.slice(-2), [
      { role: 'assistant', content: wrong },
      {
        role: 'user',
        content:
          'That cannot be run: There is no column totl. Near names: total. Near: totl FROM shop.orders\nCorrect it and reply with one JSON object as before.',
      },
    ]);
    assert.deepEqual(
      trace.exchanges.map(({ finding }) => finding?.slice(0, 24)),
      ['There is no column totl.', undefined],
    );
    assert.deepEqual(
      trace.exchanges.map(({ verdicts }) => verdicts),
      [['names unknown'], ['guard passed', 'names known', 'server had nothing to plan']],
    );
    assert.equal(trace.exchanges[0]?.messages.length, 2);
    assert.equal(world.explained.length, 1);
  });

  it('has a refusal of the guard corrected, and what was refused never reaches the server', async () => {
    const bad = [
      'DROP TABLE shop.orders',
      'SELECT 1; DELETE FROM shop.orders',
      'SELECT pg_sleep(9)',
      'SELECT FROM FROM',
    ];
    for (const sql of bad) {
      const world = await scriptedWorld([replyWith(sql), replyWith(good)]);
      const { statement, trace } = await proposed(world);
      assert.equal(statement.text, good);
      assert.deepEqual(
        world.explained.map(({ text }) => text),
        [good],
      );
      assert.ok(trace.exchanges[0]?.finding);
      assert.match(
        trace.exchanges[0].verdicts?.join() ?? '',
        /^(guard refused|names unknown|not one statement)$/,
      );
      onlyGuarded(world);
    }
  });

  it("has the server's own error corrected, with its hint", async () => {
    const sqlFailed = new KhipuError('sql-failed', 'function lower(numeric) does not exist', {
      sql: 'SELECT lower(total) FROM shop.orders',
      position: 7,
      hint: 'Add a cast.',
    });
    const answers = [Promise.reject(sqlFailed), Promise.resolve(undefined)];
    answers[0]?.catch(() => undefined);
    const world = await scriptedWorld([replyWith('SELECT lower(total) FROM shop.orders'), replyWith(good)], {
      explain: () => answers.shift() ?? Promise.reject(new Error('Once too often.')),
    });
    const { trace } = await proposed(world);
    const [first] = trace.exchanges;
    assert.deepEqual(first?.verdicts, ['guard passed', 'names known', 'server refused']);
    assert.match(
      world.requests[1]!.messages.at(-1)!.content,
      /^That cannot be run: function lower\(numeric\) does not exist Near: lower\(total\) FROM shop\.orders Hint: Add a cast\.\n/,
    );
  });

  it('has a reply that is no reply corrected', async () => {
    const world = await scriptedWorld(['I am not sure.', replyWith(good)]);
    assert.equal((await proposed(world)).statement.text, good);
  });

  it('gives up after two corrections, with the last error', async () => {
    const world = await scriptedWorld([1, 2, 3].map((n) => replyWith(`SELECT x${n} FROM shop.orders`)));
    const { error, trace } = await failed(world);
    assert.equal(error.kind, 'unknown-name');
    assert.equal(error.detail.subject, 'x3');
    assert.equal(world.requests.length, 3);
    assert.equal(world.explained.length, 0);
    assert.equal(trace.exchanges.length, 3);
    for (const { finding } of trace.exchanges) assert.ok(finding);
  });

  it('stops when the model repeats itself', async () => {
    const same = replyWith('SELECT x FROM shop.orders');
    const world = await scriptedWorld([same, same]);
    assert.equal((await failed(world)).error.kind, 'unknown-name');
    assert.equal(world.requests.length, 2);
  });

  it('does not ask again for what a model cannot mend', async () => {
    const kinds: ErrorKind[] = [
      'model-unreachable',
      'model-authentication',
      'timeout',
      'connection-lost',
      'permission-denied',
      'statement-timeout',
    ];
    for (const kind of kinds) {
      const error = new KhipuError(kind, 'no');
      const byServer = /connection|permission|statement/.test(kind);
      const world = byServer
        ? await scriptedWorld([replyWith(good)], { explain: () => Promise.reject(error) })
        : await scriptedWorld([error]);
      const told = await failed(world);
      assert.equal(told.error, error);
      assert.equal(world.requests.length, 1);
      assert.equal(told.trace.exchanges.length, 1);
      assert.equal(told.trace.exchanges[0]?.model, byServer ? 'openai:test' : undefined);
    }
  });

  it('asks nobody when AI is switched off, and says what can be answered', async () => {
    const world = await scriptedWorld([], { aiPolicy: 'off' });
    const { error, trace } = await failed(world);
    assert.deepEqual(
      [error.kind, error.detail.candidates, trace.exchanges],
      ['ai-switched-off', ['How many customers?'], []],
    );
  });

  it('says what can be answered without a model, and claims to have sent nothing', async () => {
    const { error, trace } = await failed(await scriptedWorld([new KhipuError('no-model', 'None.')]));
    assert.deepEqual(
      [error.kind, error.detail.candidates, trace.exchanges],
      ['no-model', ['How many customers?'], []],
    );
    assert.equal(trace.retrieval, wholeShop);
  });

  it("hands on the model's question back", async () => {
    const world = await scriptedWorld([replyWith(null, { clarification: 'Which year?' })]);
    assert.deepEqual(await run(world).outcome, {
      clarification: 'Which year?',
      options: [],
      model: 'openai:test',
    });
    assert.equal(world.explained.length, 0);
  });

  it('refuses a reply that was cut off, even when what is there reads well', async () => {
    const world = await scriptedWorld([{ text: replyWith(good), truncated: true }]);
    const { error, trace } = await failed(world);
    assert.equal(error.kind, 'model-reply-unusable');
    assert.equal(trace.exchanges.length, 1);
    assert.equal(world.explained.length, 0);
  });

  it('passes on the notices of retrieval and of the models, each once', async () => {
    const told = { notices: ['openai:x could not be reached; openai:test answered instead.'] };
    const world = await scriptedWorld(
      [
        { text: 'Hm.', ...told },
        { text: replyWith(good), ...told },
      ],
      {
        retrieve: () => Promise.resolve({ ...wholeShop, notice: 'Full text alone.' }),
      },
    );
    assert.deepEqual((await proposed(world)).notices, [
      'Full text alone.',
      ...told.notices,
      'The model needed one correction.',
    ]);
  });

  const stages: Record<string, (controller: AbortController) => Promise<Run>> = {
    'while the tables are looked for': async (controller) => {
      const started = run(
        await scriptedWorld([], { retrieve: (_, signal) => untilAborted(signal) }),
        controller.signal,
      );
      controller.abort();
      return started;
    },
    'while the model is silent': async (controller) =>
      run(await scriptedWorld([silence]), controller.signal, ({ step }) => {
        if (step === 'Asking the model') setImmediate(() => controller.abort());
      }),
    'while the model writes': async (controller) =>
      run(await scriptedWorld([replyWith(good)]), controller.signal, ({ sql }) => {
        if (sql !== undefined) controller.abort();
      }),
    'while the server plans': async (controller) => {
      const world = await scriptedWorld([replyWith(good)], {
        explain: (_, signal) => {
          const pending = untilAborted(signal);
          controller.abort();
          return pending;
        },
      });
      return run(world, controller.signal);
    },
    'while the model corrects itself': async (controller) =>
      run(await scriptedWorld(['Hm.', silence]), controller.signal, ({ step }) => {
        if (step.includes('correct')) setImmediate(() => controller.abort());
      }),
  };
  for (const [stage, start] of Object.entries(stages)) {
    it(`ends as cancelled ${stage}, with the trace filled as far as it came`, async () => {
      const { outcome, trace } = await start(new AbortController());
      await assert.rejects(outcome, (error: KhipuError) => error.kind === 'cancelled');
      assert.ok(trace.timings.retrieval !== undefined);
      const sent = { 'while the tables are looked for': 0, 'while the model corrects itself': 2 }[stage] ?? 1;
      assert.equal(trace.exchanges.length, sent);
    });
  }

  it('keeps what had been streamed of a reply that failed', async () => {
    const world = await scriptedWorld([], {
      chat: (_, onText) => {
        onText('{"sql": "SELECT');
        return Promise.reject(new KhipuError('model-failed', 'It broke off.'));
      },
    });
    const { trace } = await failed(world);
    assert.equal(trace.exchanges[0]?.reply, '{"sql": "SELECT');
    assert.ok(trace.timings.model !== undefined);
  });

  it('says so to a model that nests too deeply, and takes its correction at once', async () => {
    const deep = replyWith(`SELECT ${'('.repeat(30_000)}1${')'.repeat(30_000)}`);
    const world = await scriptedWorld([deep, replyWith(good)]);
    const { statement, trace } = await proposed(world);
    assert.equal(statement.text, good);
    assert.match(trace.exchanges[0]?.finding ?? '', /memory exhausted|nested too deeply/);
  });
});
