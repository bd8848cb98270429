import assert from 'node:assert/strict';
import { dayName, dayOf, durationWords, questionLook, tokenWords } from '../../../src/editor/historyLook.ts';
import type { HistoryEntry } from '../../../src/rag/history.ts';

const at = new Date(2026, 10, 24, 14, 3);
const entry: HistoryEntry = {
  ...{ id: '1', at: at.toISOString(), connectionId: 'farm', connection: 'Farm', outcome: 'rows' },
  ...{ question: 'How many\n llamas?', sql: 'SELECT 1', source: 'model', model: 'openai:gpt', ms: 2345 },
  ...{ inputTokens: 1204, outputTokens: 80 },
};

describe('questionLook', () => {
  it('says when, where, by whom and how long', () => {
    assert.deepEqual(questionLook(entry, 'en-GB'), {
      label: 'How many llamas?',
      description: '14:03 · Farm · openai:gpt · 2.3 s',
      icon: 'pass',
      colour: 'charts.green',
      facts: ['Answered · openai:gpt · Farm', '24 Nov 2026, 14:03 · 2.3 s · 1,204 tokens in, 80 out'],
      spoken: 'How many llamas?, answered, 14:03, Farm, openai:gpt',
    });
  });

  it('tells outcomes apart by icon, colour and words', () => {
    const of = (more: Partial<HistoryEntry>) => questionLook({ ...entry, ...more }, 'en-GB');
    const verified = of({
      source: 'verified',
      model: undefined,
      inputTokens: undefined,
      outputTokens: undefined,
    });
    assert.equal(verified.icon, 'verified-filled');
    assert.equal(verified.description, '14:03 · Farm · verified · 2.3 s');
    const failed = of({ outcome: 'failed', sql: undefined, error: 'There is no table llama.' });
    assert.equal(failed.icon, 'error');
    assert.equal(failed.facts.at(-1), 'There is no table llama.');
    const looks = [verified, failed, of({}), of({ outcome: 'written' }), of({ outcome: 'cancelled' })];
    assert.equal(new Set(looks.map(({ icon }) => icon)).size, 5);
    assert.equal(new Set(looks.map(({ spoken }) => spoken)).size, 5);
    assert.match(of({ accepted: true }).facts.at(-1)!, /example/);
  });
});

describe('durationWords and tokenWords', () => {
  it('are short', () => {
    const times = [0.4, 820, 999.6, 1000, 59_949, 59_950, 185_000];
    assert.deepEqual(times.map(durationWords), [
      '0 ms',
      '820 ms',
      '1.0 s',
      '1.0 s',
      '59.9 s',
      '1 min 0 s',
      '3 min 5 s',
    ]);
    assert.equal(tokenWords({}), undefined);
    assert.equal(tokenWords({ inputTokens: 5 }), '5 tokens in, ? out');
  });
});

describe('dayName', () => {
  it('is of the day where the user is', () => {
    const night = new Date(2026, 0, 1, 0, 5);
    assert.equal(dayOf(night), '2026-01-01');
    const name = (day: string) => dayName(day, night, 'en-GB');
    assert.equal(name('2026-01-01'), 'Today');
    assert.equal(name('2025-12-31'), 'Yesterday');
    assert.match(name('2025-12-30'), /^Tuesday,? 30 December 2025$/);
    assert.match(name('2026-01-02'), /^Friday,? 2 January$/);
  });
});
