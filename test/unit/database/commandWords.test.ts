import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCommandLine, parseCommandLine } from '../../../src/database/commandWords.ts';

describe('a command line', () => {
  const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['', []],
    ['  pass  show db ', ['pass', 'show', 'db']],
    ['op read "op://Work/My Db/password"', ['op', 'read', 'op://Work/My Db/password']],
    [String.raw`a 'it is \' b`, ['a', String.raw`it is \\`.slice(0, -1), 'b']],
    [String.raw`a\ b "say \"hi\"" ''`, ['a b', 'say "hi"', '']],
    ['$(rm -rf /) | tee;', ['$(rm', '-rf', '/)', '|', 'tee;']],
  ];
  for (const [line, words] of cases)
    it(`splits ${line}`, () => assert.deepEqual(parseCommandLine(line), words));

  it('refuses a quote that is not closed', () => {
    assert.throws(() => parseCommandLine('a "b'), { kind: 'invalid-input', message: /" is not closed/ });
  });

  it('gives back any words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        assert.deepEqual(parseCommandLine(formatCommandLine(words)), words);
      }),
    );
  });
});
