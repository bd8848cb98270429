import assert from 'node:assert/strict';
import { durationWords, rowCountWords, usageWords } from '../../../webview-ui/numbers.ts';

describe('counts and durations in words', () => {
  it('says how many rows', () => {
    const words = (rows: number, complete = true): string => rowCountWords({ rows, complete }, 'en-US');
    assert.deepEqual(
      [words(0), words(1), words(1234), words(100_000, false)],
      ['0 rows', '1 row', '1,234 rows', '100,000+ rows'],
    );
    assert.equal(rowCountWords({ rows: 1234, complete: true }, 'de-DE'), '1.234 rows');
  });

  it('says what the model took, and leaves no gap where it said nothing', () => {
    const words = (inputTokens?: number, outputTokens?: number): string =>
      usageWords({ inputTokens, outputTokens, ms: 1250 }, 'en-US');
    assert.deepEqual(
      [words(1204, 80), words(1204), words()],
      ['1,204 tokens in, 80 out · 1.25 s', '1,204 tokens in, ? out · 1.25 s', 'Model 1.25 s'],
    );
  });

  it('says how long', () => {
    const spans = [0.42, 9.94, 12.4, 999.4, 1250, 59_990, 125_000];
    assert.deepEqual(
      spans.map((ms) => durationWords(ms, 'en-US')),
      ['0.4 ms', '9.9 ms', '12 ms', '999 ms', '1.25 s', '59.99 s', '2 min 5 s'],
    );
  });
});
