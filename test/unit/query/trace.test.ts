import assert from 'node:assert/strict';
import { join } from 'node:path';
import { renderTrace, startTrace, timed, totalUsage, usageOf, type Trace } from '../../../src/query/trace.ts';
import { assertGolden } from '../golden.ts';

const full: Trace = {
  question: 'How many\norders?',
  connection: 'Sample shop',
  startedAt: '2025-06-01T12:00:00.000Z',
  retrieval: {
    verified: undefined,
    tables: [
      {
        ...{ schema: 'shop', name: 'orders', reason: 'matched', score: 2.5, columns: ['id', 'odd | one'] },
        why: {
          parts: { table: 1, name: 0.25, around: 0.25, schema: 1, bestOfSchema: 0, vector: 0 },
          matched: [
            { asked: 'order', found: 'order', similarity: 1 },
            { asked: 'many', found: 'quantity | x', similarity: 0.512 },
          ],
          columns: [],
        },
      },
      { schema: 'shop', name: 'odd | name', reason: 'foreign-key', score: 0 },
    ],
    ranking: [
      { id: 'shop.orders', score: 2.5 },
      { id: 'shop.reviews', score: 1.234 },
    ],
    values: [{ table: 'shop.orders', column: 'state', value: 'sent |\nx', quoted: true, places: 1 }],
    examples: [],
    accepted: [],
    documents: [
      {
        path: '/work/docs/odd.md',
        file: 'docs/odd.md',
        heading: ['Odd | one', 'Two'],
        text: 'Odd is not even.',
        place: { unit: 'line', from: 3, to: 5 },
        nearness: 0.755,
      },
    ],
    engine: 'memory',
    notice: 'The index process ended; full text alone was used.',
    ms: 12.4,
  },
  exchanges: [
    {
      model: 'openai:gpt-5',
      locality: 'remote',
      messages: [
        { role: 'system', content: 'You translate.' },
        { role: 'user', content: 'A comment with ``` and ````` in it' },
      ],
      reply: '```json\n{"sql": "SELECT x"}\n```',
      usage: { inputTokens: 900, outputTokens: undefined },
      ms: 1234.5,
      finding: 'There is no column x.',
      verdicts: ['names unknown'],
    },
    {
      model: undefined,
      locality: undefined,
      messages: [{ role: 'user', content: 'Correct it.' }],
      reply: '',
      usage: { inputTokens: undefined, outputTokens: undefined },
      ms: 5,
      finding: undefined,
    },
  ],
  timings: { retrieval: 12.4, model: 1239.5 },
  sql: 'SELECT count(*) FROM shop.orders',
  error: 'The model did not answer.',
};

describe('renderTrace', () => {
  it('tells the whole story', () => {
    assertGolden(join(import.meta.dirname, 'trace.golden.txt'), renderTrace(full));
  });

  it('says that nothing was sent, and why', () => {
    const nothing = startTrace('Anything?', 'mine');
    assert.match(renderTrace(nothing), /No model was asked; nothing was sent\.[\s\S]*Nothing was timed\./);
    const question = { question: 'How many customers?', sql: 'SELECT 1' };
    const verified = renderTrace({ ...nothing, retrieval: { ...full.retrieval!, verified: question } });
    assert.match(verified, /no model was asked and nothing was sent\.\n\n> How many customers\?/);
    assert.doesNotMatch(verified, /No model was asked;/);
  });

  it('fences every text so that nothing in it can end the fence', () => {
    for (const content of ['', '`', '```', '```\n````\n# heading', '`````````']) {
      const [exchange] = full.exchanges;
      const shown = renderTrace({ ...full, exchanges: [{ ...exchange!, reply: content, messages: [] }] });
      const [, fence = ''] = /### reply\n\n(`+)text\n/.exec(shown) ?? [];
      assert.ok(fence.length >= 3 && !content.includes(fence));
      assert.ok(shown.includes(`${fence}text\n${content}\n${fence}\n`));
    }
  });
});

describe('timed', () => {
  it('adds up the time of a step, also of one that fails', async () => {
    const trace = startTrace('q', 'c');
    assert.equal(await timed(trace, 'model', () => Promise.resolve(7)), 7);
    const first = trace.timings.model!;
    assert.ok(first >= 0);
    await assert.rejects(
      timed(trace, 'model', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('no');
      }),
      /no/,
    );
    assert.ok(trace.timings.model! > first);
    assert.deepEqual(Object.keys(trace.timings), ['model']);
  });
});

describe('totalUsage', () => {
  it('sums what is known and invents nothing', () => {
    assert.deepEqual(totalUsage(full), { inputTokens: 900, outputTokens: undefined });
    const [exchange] = full.exchanges;
    const twice = {
      ...full,
      exchanges: [exchange!, { ...exchange!, usage: { inputTokens: 1, outputTokens: 2 } }],
    };
    assert.deepEqual(totalUsage(twice), { inputTokens: 901, outputTokens: 2 });
    assert.deepEqual(totalUsage(startTrace('q', 'c')), { inputTokens: undefined, outputTokens: undefined });
  });
});

describe('usageOf', () => {
  it('is what all exchanges took, and nothing where no model was asked', () => {
    assert.deepEqual(usageOf(full), {
      usage: { inputTokens: 900, outputTokens: undefined, ms: 1239.5 },
    });
    assert.deepEqual(usageOf({ ...full, exchanges: [] }), {});
  });
});
