import assert from 'node:assert/strict';
import type { Turn } from '../../../src/query/conversation.ts';
import { indexNames } from '../../../src/query/ground.ts';
import { type AskedQuestion } from '../../../src/query/propose.ts';
import { renderTrace } from '../../../src/query/trace.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { shopCatalog, shopRelations } from './shop.ts';
import { replyWith, scriptedWorld, wholeShop, type ScriptedWorld } from './scriptedWorld.ts';

import { good, never, proposed, run } from './proposing.ts';

describe('a question that goes on from others', () => {
  const before: Turn = {
    question: 'Orders of each status?',
    sql: 'SELECT status, count(*) FROM shop.orders GROUP BY 1',
    aiPolicy: 'schema',
  };
  const follow = (world: ScriptedWorld, earlier: readonly Turn[]) => run(world, never, undefined, earlier);

  it('tells the conversation to retrieval and to the model, and keeps it in the trace', async () => {
    const asked: AskedQuestion[] = [];
    const world = await scriptedWorld([replyWith(good)], {
      retrieve: (question) => {
        asked.push(question);
        return Promise.resolve(wholeShop);
      },
    });
    const { outcome, trace } = follow(world, [before]);
    assert.ok('statement' in (await outcome));
    assert.deepEqual(asked, [{ question: 'How many orders?', earlier: [before] }]);
    const { messages } = world.requests[0]!;
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    assert.equal(messages[1]?.content, 'Question: Orders of each status?');
    assert.match(messages[2]?.content ?? '', /SELECT status, count/);
    assert.deepEqual(trace.conversation, { turns: [before], leftOut: [], broken: false });
    assert.match(renderTrace(trace), /## Conversation\n\n- Orders of each status\?/);
  });

  it('tells nothing of a table that has become hidden, and says that the thread is broken', async () => {
    const shown = {
      ...shopCatalog,
      relations: shopRelations.filter(({ name, schema }) => `${schema}.${name}` !== 'shop.orders'),
      hiddenRelations: new Set(['shop.orders']),
    };
    const world = await scriptedWorld([replyWith('SELECT count(*) FROM shop.customers')], {
      shown: indexNames(shown),
    });
    const { outcome, trace } = follow(world, [before]);
    const answer = await outcome;
    assert.ok('statement' in answer);
    assert.doesNotMatch(JSON.stringify(world.requests), /status|Orders of each/);
    assert.match(
      answer.notices.join(' '),
      /^The model was not told what this goes on from\. “Orders of each/,
    );
    assert.equal(trace.conversation?.broken, true);
  });

  it('tells nothing that was written under another policy', async () => {
    const world = await scriptedWorld([replyWith(good)]);
    await follow(world, [{ ...before, aiPolicy: 'results' }]).outcome;
    assert.equal(world.requests[0]?.messages.length, 2);
  });

  it('is corrected as any other, though the model repeats what it said before', async () => {
    const wrong = replyWith('SELECT nothing_like_it FROM shop.orders');
    const world = await scriptedWorld([wrong, replyWith(good)]);
    const { outcome } = follow(world, [before]);
    assert.ok('statement' in (await outcome));
    assert.equal(world.requests[1]?.messages.length, 6);
  });

  it('needs a model', async () => {
    const world = await scriptedWorld([], { aiPolicy: 'off' });
    const error = await follow(world, [before]).outcome.then(
      () => assert.fail('It was answered.'),
      (thrown: unknown) => thrown as KhipuError,
    );
    assert.equal(error.kind, 'ai-switched-off');
    assert.match(error.message, /only a model can go on from a question/);
  });
});

describe('a question that can be read in several ways', () => {
  it('passes on other readings of the question', async () => {
    const { readings } = await proposed(
      await scriptedWorld([replyWith(good, { readings: ['Without those that were cancelled'] })]),
    );
    assert.deepEqual(readings, ['Without those that were cancelled']);
  });

  it('passes on a question back with its options', async () => {
    const { outcome } = run(
      await scriptedWorld([replyWith(null, { clarification: 'Which year?', options: ['2023', '2024'] })]),
    );
    assert.deepEqual(await outcome, {
      clarification: 'Which year?',
      options: ['2023', '2024'],
      model: 'openai:test',
    });
  });
});
