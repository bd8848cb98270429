import assert from 'node:assert/strict';
import {
  conversationMessages,
  tellConversation,
  wholeQuestion,
  type ConversationWorld,
  type Turn,
} from '../../../src/query/conversation.ts';

const turn = (question: string, more: Partial<Turn> = {}): Turn => ({
  question,
  sql: `SELECT '${question}'`,
  aiPolicy: 'schema',
  ...more,
});
const world: ConversationWorld = {
  aiPolicy: 'schema',
  mayBeTold: (sql) => !sql.includes('hidden'),
  tellsOfHidden: (words) => words.includes('hr.salaries'),
};
const questions = (turns: readonly Turn[]): string[] => turns.map(({ question }) => question);

describe('tellConversation', () => {
  it('tells all of a short conversation, oldest first', () => {
    const turns = [turn('a'), turn('b', { sql: undefined, askedBack: { question: 'Which?', options: [] } })];
    assert.deepEqual(tellConversation(turns, world), { turns, leftOut: [], broken: false });
  });

  it('drops the oldest beyond six turns, and says so', () => {
    const turns = Array.from({ length: 8 }, (_, at) => turn(`q${at}`));
    const told = tellConversation(turns, world);
    assert.deepEqual(questions(told.turns), ['q2', 'q3', 'q4', 'q5', 'q6', 'q7']);
    assert.deepEqual(told.leftOut, [
      '“q1”: there is no room for what is so long ago.',
      '“q0”: there is no room for what is so long ago.',
    ]);
    assert.equal(told.broken, false);
  });

  it('keeps within its budget of characters, whichever turn is the long one', () => {
    const long = { sql: `SELECT '${'x'.repeat(5000)}'` };
    const told = tellConversation([turn('a', long), turn('b', long), turn('c')], world);
    assert.deepEqual(questions(told.turns), ['b', 'c']);
    const last = tellConversation([turn('a'), turn('b', { sql: `SELECT '${'x'.repeat(9000)}'` })], world);
    assert.deepEqual([questions(last.turns), last.broken], [[], true]);
  });

  for (const [why, left] of [
    ['SQL that names what may not be told', turn('gone', { sql: 'SELECT * FROM hidden' })],
    ['another policy', turn('gone', { aiPolicy: 'samples' })],
    ['words of the user that name a hidden table', turn('hr.salaries?')],
    [
      'a question back that does',
      turn('gone', { sql: undefined, askedBack: { question: 'hr.salaries?', options: [] } }),
    ],
    [
      'an option that does',
      turn('gone', { sql: undefined, askedBack: { question: 'Which?', options: ['hr.salaries'] } }),
    ],
  ] as const) {
    it(`leaves out a turn with ${why}, and tells whether the thread is broken`, () => {
      const before = tellConversation([left, turn('b')], world);
      assert.deepEqual([questions(before.turns), before.leftOut.length, before.broken], [['b'], 1, false]);
      const last = tellConversation([turn('b'), left], world);
      assert.deepEqual([questions(last.turns), last.leftOut.length, last.broken], [['b'], 1, true]);
    });
  }
});

describe('conversationMessages', () => {
  it('gives what the user said and what the model replied, each as its own message', () => {
    const askedBack = { question: 'Which year?', options: ['2023', '2024'] };
    assert.deepEqual(conversationMessages([turn('Visits?', { sql: undefined, askedBack }), turn('2024')]), [
      { role: 'user', content: 'Question: Visits?' },
      {
        role: 'assistant',
        content: '{"sql":null,"clarification":"Which year?","options":["2023","2024"]}',
      },
      { role: 'user', content: 'Question: 2024' },
      { role: 'assistant', content: `{"sql":"SELECT '2024'","clarification":null,"options":[]}` },
    ]);
  });
});

describe('wholeQuestion', () => {
  it('puts a follow-up behind what it goes on from', () => {
    assert.equal(wholeQuestion([], 'a'), 'a');
    assert.equal(wholeQuestion(['a', 'b'], 'c'), 'a › b › c');
  });
});
