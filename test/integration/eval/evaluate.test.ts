/** The evaluation judged by a model that knows the answers, and by what is planted in them. */
import assert from 'node:assert/strict';
import type { QuestionSet, SetQuestion } from '../../bench/defog/questionSet.ts';
import { evaluate, type Evaluated } from '../../eval/evaluate.ts';
import { startOracle } from '../../eval/oracle.ts';
import { summarise, type Summary } from '../../eval/summary.ts';
import { createModelChain } from '../../../src/models/modelChain.ts';

const dump = `CREATE TABLE public.herds (id int PRIMARY KEY, name text, place text);
CREATE TABLE public.llamas (id int PRIMARY KEY, herd_id int REFERENCES public.herds, name text, weight numeric);
INSERT INTO public.herds VALUES (1, 'North', 'Puno'), (2, 'South', 'Oruro'), (3, 'Empty', 'Puno');
INSERT INTO public.llamas VALUES (1, 1, 'Inti', 90.5), (2, 1, 'Killa', 85), (3, 2, 'Wayra', 77);`;

const ask = (question: string, gold: string): SetQuestion => ({
  ...{ database: 'ranch', category: 'some', question, gold, instructions: '' },
});
const questions = [
  ask(
    'How many llamas does each herd have?',
    'SELECT {h.id, h.name}, count(*) AS llamas FROM llamas l JOIN herds h ON h.id = l.herd_id GROUP BY h.id, h.name',
  ),
  ask('Who is heaviest?', 'SELECT name FROM llamas ORDER BY weight DESC LIMIT 1'),
  ask(
    'Which herds are empty?',
    'SELECT name FROM herds WHERE id NOT IN (SELECT herd_id FROM llamas); SELECT h.name, h.place FROM herds h LEFT JOIN llamas l ON l.herd_id = h.id WHERE l.id IS NULL',
  ),
  ask('What do the llamas weigh together?', 'SELECT sum(weight) AS total FROM llamas'),
];
const set: QuestionSet = { dumps: new Map([['ranch', dump]]), questions };

describe('the evaluation', function () {
  this.timeout(120_000);

  async function run(
    sqlFor?: Parameters<typeof startOracle>[1],
    done = new Set<string>(),
  ): Promise<{ results: Evaluated[]; summary: Summary; asked: number }> {
    const oracle = await startOracle(questions, sqlFor);
    try {
      const results: Evaluated[] = [];
      const models = createModelChain(
        { first: { provider: 'openai', name: 'oracle', baseUrl: oracle.url }, then: [], ollamaUrl: '' },
        () => Promise.resolve('sk-test'),
      );
      await evaluate(
        set,
        { models, done, secondsEach: 60, onResult: (each) => results.push(each) },
        new AbortController().signal,
      );
      return { results, summary: summarise(results), asked: oracle.requests.length };
    } finally {
      await oracle.close();
    }
  }

  it('gives the reference itself full marks, and asks nothing that is known', async () => {
    const { summary, results, asked } = await run();
    assert.deepEqual(
      [
        summary.strict,
        summary.lenient,
        summary.valid,
        summary.repaired,
        summary.abstained,
        summary.questions,
      ],
      [1, 1, 1, 0, 0, 4],
    );
    assert.equal(asked, 4);
    assert.ok(summary.inputTokens > 0);
    const again = await run(undefined, new Set(results.slice(1).map(({ key }) => key)));
    assert.equal(again.asked, 1);
  });

  it('finds what was planted: a wrong answer, a column more, an accepted choice, a question back', async () => {
    const { summary, results } = await run((sql, { question }) => {
      if (question.startsWith('Who')) return sql.replace('DESC', 'ASC');
      if (question.startsWith('How')) return sql.replace('h.id, h.name,', 'h.name,');
      if (question.startsWith('Which')) return sql.replace('SELECT name', 'SELECT id, name');
      return undefined;
    });
    assert.deepEqual(
      results.map(({ strict, lenient, outcome }) => [strict, lenient, outcome]),
      [
        [true, true, 'answered'],
        [false, false, 'answered'],
        [false, true, 'answered'],
        [false, false, 'abstained'],
      ],
    );
    assert.deepEqual(
      [summary.strict, summary.lenient, summary.valid, summary.abstained],
      [0.25, 0.5, 0.75, 0.25],
    );
  });

  it('sees names that are not there caught and corrected', async () => {
    const { summary, results } = await run((sql, _, asked) =>
      asked === 0 ? sql.replaceAll('name', 'nmae').replaceAll('weight', 'wieght') : sql,
    );
    assert.deepEqual([summary.strict, summary.valid, summary.repaired], [1, 1, 1]);
    assert.ok(results.every(({ corrections }) => corrections === 1));
  });

  it('tells of SQL that stays wrong, and of a write', async () => {
    const { results } = await run((sql, { question }) =>
      question.startsWith('Who') ? 'DELETE FROM llamas' : sql.replaceAll('FROM llamas', 'FROM lamas'),
    );
    assert.ok(results.every(({ outcome, strict }) => outcome === 'failed' && !strict));
    assert.match(results[1]?.error ?? '', /refused-by-guard/);
    assert.match(results[3]?.error ?? '', /unknown-name: .*lamas/);
  });
});
