import assert from 'node:assert/strict';
import {
  code,
  flag,
  inSlices,
  interner,
  names,
  number,
  numbers,
  optional,
  text,
} from '../../../src/database/catalogRows.ts';

describe('cells of the catalog', () => {
  it('are read as what they are', () => {
    const cells = ['a', null, '12', 't', 'false', '{1,-2}', '3 4', '["x,y"]', 'v'];
    assert.equal(text(cells, 0), 'a');
    assert.equal(optional(cells, 1), undefined);
    assert.equal(number(cells, 2), 12);
    assert.deepEqual([flag(cells, 3), flag(cells, 4)], [true, false]);
    assert.deepEqual([numbers(cells, 5), numbers(cells, 6), numbers(cells, 1)], [[1, -2], [3, 4], []]);
    assert.deepEqual([names(cells, 7), names(cells, 1)], [['x,y'], []]);
    assert.equal(code(cells, 8, { v: 'volatile' }), 'volatile');
  });

  const wrong: Readonly<Record<string, () => unknown>> = {
    'NULL for a text': () => text([null], 0),
    'a missing cell': () => optional(['a'], 1),
    'no number': () => number(['x'], 0),
    'an empty number': () => number([''], 0),
    'a flag of its own': () => flag(['yes'], 0),
    'an unknown code': () => code(['z'], 0, { v: 1 }),
    'a name of every object': () => code(['constructor'], 0, { v: 1 }),
    'a list of numbers for names': () => names(['[1]'], 0),
  };
  for (const [what, read] of Object.entries(wrong)) {
    it(`are refused: ${what}`, () => {
      assert.throws(read, { kind: 'protocol' });
    });
  }

  it('keep one copy of equal strings', () => {
    const once = interner();
    for (const value of ['integer', 'integer', undefined, 'text']) assert.equal(once(value), value);
  });
});

describe('work in slices', () => {
  it('comes to every item once, in order, and lets others run in between', async () => {
    const items = Array.from({ length: 5000 }, (_, at) => at);
    const seen: number[] = [];
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 0);
    const work = (slice: readonly number[]): void => {
      seen.push(...slice);
      const until = performance.now() + 4;
      while (performance.now() < until);
    };
    await inSlices(items, work, new AbortController().signal);
    clearInterval(others);
    assert.deepEqual(seen, items);
    assert.ok(turns >= 3, `${turns} turns`);
  });

  it('ends when it is cancelled', async () => {
    const stopping = new AbortController();
    const items = Array.from({ length: 100_000 }, (_, at) => at);
    let done = 0;
    const work = (slice: readonly number[]): void => {
      done += slice.length;
      stopping.abort();
      const until = performance.now() + 10;
      while (performance.now() < until);
    };
    await assert.rejects(inSlices(items, work, stopping.signal), { kind: 'cancelled' });
    assert.ok(done < items.length);
  });
});
