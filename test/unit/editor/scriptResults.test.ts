import assert from 'node:assert/strict';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { ScriptResults } from '../../../src/editor/scriptResults.ts';
import { madeAnswer } from './scriptedAnswers.ts';

describe('ScriptResults', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  it('keeps small results whole, whatever comes after them', async () => {
    const results = new ScriptResults();
    for (let index = 0; index < 100; index++)
      await results.keep(index, madeAnswer(parser, `${index}`, 3), undefined);
    assert.deepEqual([results.use(0)?.rows, results.use(99)?.rows], ['all', 'all']);
    assert.equal(results.use(0)?.answer.header.sql, '0');
    assert.equal(results.use(100), undefined);
  });

  it('leaves the cursors of the result that is shown and of the newest open, and no other', async () => {
    const results = new ScriptResults();
    const answers = Array.from({ length: 5 }, (_, index) => madeAnswer(parser, `${index}`, 500, true));
    for (const [index, answer] of answers.entries()) await results.keep(index, answer, 1);
    assert.deepEqual(
      answers.map(({ closed }) => closed),
      [true, false, true, true, false],
    );
    assert.deepEqual(
      [results.use(0)?.rows, results.use(1)?.rows, results.use(4)?.rows],
      ['first', 'all', 'all'],
    );
    assert.equal(results.use(0)?.answer.rows.firstRows.length, 500);
    await results.keep(5, madeAnswer(parser, 'small', 1), 1);
    assert.equal(answers[4]?.closed, false, 'a small result takes no cursor');
    await results.release(1);
    assert.deepEqual([answers[1]?.closed, results.use(1)?.rows], [true, 'first']);
  });

  it('takes the result of a statement that ran again in place of the one before', async () => {
    const results = new ScriptResults();
    const [old, now] = [madeAnswer(parser, 'old', 500, true), madeAnswer(parser, 'new', 500, true)];
    await results.keep(0, old, 0);
    await results.release(0);
    await results.keep(0, now, 0);
    assert.deepEqual(
      [old.closed, now.closed, results.use(0)?.rows, results.use(0)?.answer.id],
      [true, false, 'all', 'new'],
    );
  });

  it('lets go of rows that nobody has looked at for the longest time, when they are too many', async () => {
    const results = new ScriptResults(10_000);
    for (let index = 0; index < 6; index++) {
      await results.keep(index, madeAnswer(parser, `${index}`, 100, false, 'ten units.'), 1);
      results.use(0);
    }
    const kept = Array.from({ length: 6 }, (_, index) => results.use(index));
    assert.deepEqual(
      kept.map((each) => each?.rows),
      ['all', 'all', 'none', 'none', 'none', 'all'],
    );
    assert.deepEqual([kept[2]?.answer.rows.firstRows, kept[2]?.answer.header.sql], [[], '2']);
  });

  it('frees all, and takes nothing more', async () => {
    const results = new ScriptResults();
    const answers = [madeAnswer(parser, 'a', 500, true), madeAnswer(parser, 'b', 500, true)];
    await results.keep(0, answers[0]!, undefined);
    await results.dispose();
    await results.keep(1, answers[1]!, undefined);
    assert.deepEqual(
      answers.map(({ closed }) => closed),
      [true, true],
    );
    assert.deepEqual([results.use(0), results.use(1)], [undefined, undefined]);
  });
});
