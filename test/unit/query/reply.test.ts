import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseReply, partialSql, replySchema, type Reply } from '../../../src/query/reply.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const sql = 'SELECT name, \'a "b" {c} \\ é\' AS x\nFROM shop.customers -- all\nWHERE id > 1';
const full = { sql, explanation: 'All of them.', assumptions: ['one', 'two'], clarification: null };
const json = JSON.stringify(full);
const answer: Reply = {
  kind: 'sql',
  sql,
  explanation: 'All of them.',
  assumptions: ['one', 'two'],
  readings: [],
};
const bare = (text: string, readings: readonly string[] = []): Reply => ({
  kind: 'sql',
  sql: text,
  explanation: '',
  assumptions: [],
  readings,
});
const askedBack = (question: string, options: readonly string[]): Reply => ({
  kind: 'clarification',
  question,
  options,
});

/** [what it is, the reply, what is read out of it] */
const replies: readonly (readonly [name: string, text: string, expected: Reply])[] = [
  ['strict JSON', json, answer],
  ['pretty JSON', `\n${JSON.stringify(full, null, 2)}\n`, answer],
  ['a JSON fence', `\`\`\`json\n${json}\n\`\`\``, answer],
  ['a fence without a language', `\`\`\`\n${json}\n\`\`\``, answer],
  ['JSON in prose', `Here you are: ${json} I hope {that} helps.`, answer],
  ['braces in the prose before', `Using {schema} and { more, here it is:\n${json}`, answer],
  ['a quote in the prose before', `The 24" wheel: ${json}`, answer],
  ['text after it', `${json}\n\nNote: } {"unfinished": "`, answer],
  ['a reasoning block', `<think>{"sql": "SELECT 'wrong'"}\nHm.</think>\n${json}`, answer],
  [
    'a reasoning block whose opening the server swallowed',
    `{"sql": "SELECT 'wrong'"} hm </think>${json}`,
    answer,
  ],
  ['two reasoning blocks', `<thinking>a</thinking>${json}<think>b</think>`, answer],
  ['the schema repeated first', `{"sql": string or null, "explanation": string}\n${json}`, answer],
  ['several candidates: the first', `${json}\n${JSON.stringify({ ...full, sql: 'SELECT 2' })}`, answer],
  ['other JSON first', `{"plan": ["look", "write"]}\n${json}`, answer],
  ['an array around it', `[${json}]`, answer],
  [
    'line breaks as they are within a string',
    `{"sql": "SELECT 1 -- one\n\t, 2\n", "explanation": "a\nb"}`,
    {
      kind: 'sql',
      sql: 'SELECT 1 -- one\n\t, 2',
      explanation: 'a\nb',
      assumptions: [],
      readings: [],
    },
  ],
  ['fields left out', '{"sql": "SELECT 1"}', bare('SELECT 1')],
  [
    'fields set to null',
    '{"sql": "SELECT 1", "explanation": null, "assumptions": null, "clarification": null}',
    bare('SELECT 1'),
  ],
  [
    'one string for a list',
    '{"sql": "SELECT 1", "assumptions": "UTC"}',
    { ...bare('SELECT 1'), assumptions: ['UTC'] } as Reply,
  ],
  ['a fence within the JSON', JSON.stringify({ sql: '```sql\nSELECT 1\n```' }), bare('SELECT 1')],
  ['an SQL fence', 'Sure!\n```sql\nSELECT 1;\n```\nThis selects one.', bare('SELECT 1;')],
  [
    'the second fence is the query',
    '```sh\npsql\n```\n```postgresql\n-- one\nWITH a AS (SELECT 1) TABLE a\n```',
    bare('-- one\nWITH a AS (SELECT 1) TABLE a'),
  ],
  ['a bare statement', 'select 1', bare('select 1')],
  ['a statement after prose', 'The query is:\n  SELECT 1\n  FROM a', bare('SELECT 1\n  FROM a')],
  // Nothing is dropped in silence: that there are two is the guard's to say.
  ['two statements', 'SELECT 1;\n\nDROP TABLE a', bare('SELECT 1;\n\nDROP TABLE a')],
  ['SQL that writes', '{"sql": "DROP TABLE customers"}', bare('DROP TABLE customers')],
  [
    'a question back',
    '{"sql": null, "clarification": " Which year? "}',
    { kind: 'clarification', question: 'Which year?', options: [] },
  ],
  [
    'only a question back',
    '{"clarification": "Which year?"}',
    { kind: 'clarification', question: 'Which year?', options: [] },
  ],
  [
    'no SQL, and why',
    '{"sql": null, "explanation": "There are no prices.", "assumptions": []}',
    { kind: 'clarification', question: 'There are no prices.', options: [] },
  ],
  [
    'blank SQL and a question',
    '{"sql": "  ", "clarification": "Which?"}',
    { kind: 'clarification', question: 'Which?', options: [] },
  ],
  [
    'answers to choose from',
    '{"sql": null, "clarification": "Which year?", "options": ["2023", "2024"], "readings": []}',
    askedBack('Which year?', ['2023', '2024']),
  ],
  [
    'answers in a fence after a thought',
    '<think>Either.</think>It depends.\n```json\n{"clarification": "Net?", "options": ["Net", "Gross"]}\n```\nTell me.',
    askedBack('Net?', ['Net', 'Gross']),
  ],
  [
    'answers as one text, with the marks of a list',
    '{"clarification": "Which?", "options": "1. Net\\n2) Gross\\n- Both\\n\\n* Both"}',
    askedBack('Which?', ['Net', 'Gross', 'Both']),
  ],
  [
    'answers as objects and numbers',
    '{"clarification": "Which?", "options": [{"label": "Net"}, {"text": " Gross "}, 2024, {"n": 1}, ""]}',
    askedBack('Which?', ['Net', 'Gross', '2024']),
  ],
  [
    'answers that are no list',
    '{"clarification": "Which?", "options": 7, "readings": {"a": 1}}',
    askedBack('Which?', []),
  ],
  [
    'more answers than can be offered',
    '{"clarification": "Which?", "options": ["a", "b", "c", "d", "e", "f", "a"]}',
    askedBack('Which?', ['a', 'b', 'c', 'd', 'e']),
  ],
  [
    'answers without the question',
    '{"sql": null, "options": ["Net", "Gross"]}',
    askedBack('Which of these do you mean?', ['Net', 'Gross']),
  ],
  [
    'readings without SQL: what is asked back',
    '{"sql": null, "clarification": "Which?", "readings": ["Net", "Gross"]}',
    askedBack('Which?', ['Net', 'Gross']),
  ],
  [
    'SQL, and other readings of the question',
    '{"sql": "SELECT 1", "readings": ["by month\\u202e", {"reading": "by year"}]}',
    bare('SELECT 1', ['by month', 'by year']),
  ],
  ['SQL and a question: the SQL', '{"sql": "SELECT 1", "clarification": "Which?"}', bare('SELECT 1')],
];

const unusable: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  ['nothing', '', /empty/],
  ['blank', ' \n\t', /empty/],
  ['only reasoning', '<think>I wonder', /empty/],
  ['prose', 'I cannot answer that.', /neither the JSON/],
  ['other JSON', '{"query": "x"}', /neither the JSON/],
  ['null SQL without a word', '{"sql": null, "explanation": " "}', /neither SQL nor a question/],
  ['broken off', '{"sql": "SELECT 1', /neither the JSON/],
  ['a number for SQL', '{"sql": 1}', /neither the JSON/],
  ['too long', `SELECT ${'1,'.repeat(200_000)}1`, /too long/],
];

/** Texts on which a careless pattern takes quadratic time: minutes for 200,000 characters. */
const floods: readonly string[] = [
  '\n',
  ' ',
  '{',
  '}',
  '"',
  '\\"',
  '`',
  '```',
  '{"sql"',
  '{"sql":"',
  '{ ',
  '<think>',
  '</think>',
  '--\n',
  '``` ',
  'select\n',
  '\\',
  '"sql" ',
];

/** Runs, and takes a reply that cannot be used for an answer, but no other error. */
function unlessUnusable(read: () => Reply): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof KhipuError && error.kind === 'model-reply-unusable', String(error));
  }
}

describe('parseReply', () => {
  for (const [name, text, expected] of replies) {
    it(`reads ${name}`, () => assert.deepEqual(parseReply(text), expected));
  }
  for (const [name, text, reason] of unusable) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseReply(text),
        (error: KhipuError) => error.kind === 'model-reply-unusable' && reason.test(error.message),
      );
    });
  }

  it('reads any SQL and any words back out of JSON, however it is wrapped', () => {
    const words = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => text.trim() !== '' && !text.includes('```'));
    const wraps = [
      (text: string) => text,
      (text: string) => `\`\`\`json\n${text}\n\`\`\``,
      (text: string) => `Well: ${text} so.`,
    ];
    fc.assert(
      fc.property(words, words, fc.constantFrom(...wraps), (query, explanation, wrap) => {
        fc.pre(!/<\/?think/i.test(query + explanation));
        const reply = parseReply(
          wrap(JSON.stringify({ sql: query, explanation, assumptions: [], clarification: null })),
        );
        assert.deepEqual(reply, {
          kind: 'sql',
          sql: query.trim(),
          explanation,
          assumptions: [],
          readings: [],
        });
      }),
    );
  });

  it('throws nothing but KhipuError, whatever it is given', () => {
    const shards = fc.constantFrom(
      ...floods,
      json,
      'SELECT 1',
      'null',
      '[',
      ']',
      ',',
      ':',
      '"clarification":',
      'text',
      '\u0000',
      '\ud800',
      'é😀',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(shards, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (reply) => {
        unlessUnusable(() => parseReply(reply));
        partialSql(reply);
      }),
      { numRuns: 500 },
    );
  });

  for (const flood of floods) {
    it(`is not held up by a flood of ${JSON.stringify(flood)}`, () => {
      const started = performance.now();
      for (const text of [
        `x${flood.repeat(190_000 / flood.length)}x`,
        `{"sql": "${flood.repeat(190_000 / flood.length)}`,
      ]) {
        unlessUnusable(() => parseReply(text));
        partialSql(text);
      }
      assert.ok(performance.now() - started < 2000, `${(performance.now() - started).toFixed(0)} ms`);
    });
  }
});

describe('partialSql', () => {
  it('shows the SQL as it grows, after every piece of a reply', () => {
    let longest = '';
    for (let end = 0; end <= json.length; end++) {
      const shown = partialSql(json.slice(0, end));
      if (shown === undefined) continue;
      assert.ok(sql.startsWith(shown), shown);
      assert.ok(shown.length >= longest.length);
      longest = shown;
    }
    assert.equal(longest, sql);
  });

  it('shows nothing before there is any, nor for null', () => {
    for (const text of [
      '',
      '{',
      '{"sql"',
      '{"sql": ',
      '{"sql": null, "explanation": "SELECT"}',
      'SELECT 1',
    ]) {
      assert.equal(partialSql(text), undefined, text);
    }
  });

  it('shows line breaks that were not escaped, and stops at what is far too long', () => {
    assert.equal(partialSql('{"sql": "SELECT 1\nFR'), 'SELECT 1\nFR');
    assert.equal(partialSql(`{"sql": "${'x'.repeat(200_001)}`), undefined);
  });
});

describe('replySchema', () => {
  it('is one that strict structured output takes: every field required, no other allowed', () => {
    const { schema } = replySchema;
    assert.deepEqual([...schema.required].sort(), Object.keys(schema.properties).sort());
    assert.equal(schema.additionalProperties, false);
    assert.match(replySchema.name, /^[\w-]{1,64}$/);
  });
});
