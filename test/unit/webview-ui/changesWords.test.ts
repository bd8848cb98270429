import assert from 'node:assert/strict';
import type { ChangesOutcome, StatementEffect } from '../../../src/shared/changesProtocol.ts';
import {
  changesWords,
  effectWords,
  outcomeWords,
  sampleWords,
  shortWords,
} from '../../../webview-ui/changesWords.ts';

function effect(given: Partial<StatementEffect>): StatementEffect {
  return { sql: '', command: 'UPDATE', columns: [], sample: [], showsChange: true, ms: 1, ...given };
}
const updated = effect({
  table: 'shop.orders',
  count: 1234,
  sample: Array.from({ length: 200 }, () => ['1']),
});
const outcomes: readonly ChangesOutcome[] = ['pending', 'committed', 'rolled-back', 'unknown'];

describe('the words for changes', () => {
  it('say what would be, was, would have been, or may have been changed', () => {
    assert.deepEqual(
      outcomes.map((outcome) => effectWords(updated, outcome, 'en-US')),
      [
        '1,234 rows would be updated in shop.orders',
        '1,234 rows were updated in shop.orders',
        '1,234 rows would have been updated in shop.orders',
        '1,234 rows may have been updated in shop.orders',
      ],
    );
    const words = (given: Partial<StatementEffect>): string =>
      effectWords(effect({ table: 't', ...given }), 'committed', 'en-US');
    assert.equal(words({ command: 'INSERT', count: 1 }), '1 row was added to t');
    assert.equal(words({ command: 'DELETE', count: 0 }), 'No row was deleted from t');
    assert.equal(words({ command: 'MERGE', count: 2 }), '2 rows were changed in t');
    assert.equal(words({ command: 'SELECT', count: 2, table: undefined }), 'SELECT gave 2 rows');
    assert.equal(words({ command: 'CREATE TABLE', count: undefined }), 'CREATE TABLE has run');
    assert.equal(words({ command: '', count: undefined }), 'The statement has run');
  });

  it('sum up several statements, and count only rows that were changed', () => {
    const statements = [
      updated,
      effect({ command: 'SELECT', count: 9 }),
      effect({ command: 'DELETE', count: 1 }),
    ];
    const words = (outcome: ChangesOutcome): string => changesWords({ statements, outcome }, 'en-US');
    assert.equal(words('pending'), '3 statements, 1,235 rows would be changed');
    assert.equal(words('committed'), '3 statements, 1,235 rows changed');
    assert.equal(changesWords({ statements: [], outcome: 'pending' }), 'No statement has run');
    assert.equal(
      changesWords({
        statements: statements.slice(1, 2).concat(effect({ command: 'DO' })),
        outcome: 'pending',
      }),
      '2 statements, no row would be changed',
    );
  });

  it('name a statement in a list', () => {
    assert.equal(shortWords(updated, 'en-US'), 'UPDATE shop.orders: 1,234 rows');
    assert.equal(shortWords(effect({ command: 'CREATE INDEX' })), 'CREATE INDEX');
    assert.equal(shortWords(effect({ command: '' })), 'Statement');
  });

  it('say what is still to be decided', () => {
    assert.equal(outcomeWords({ outcome: 'pending', inTransaction: false }), 'not committed');
    assert.match(outcomeWords({ outcome: 'pending', inTransaction: true }), /open transaction/);
    assert.equal(new Set(outcomes.map((outcome) => outcomeWords({ outcome, inTransaction: false }))).size, 4);
  });

  it('say how much of it the sample shows', () => {
    assert.equal(sampleWords(updated, 'en-US'), 'The first 200 of 1,234 rows, as it changes them');
    assert.equal(
      sampleWords(effect({ count: 1, sample: [['1']], showsChange: false })),
      '1 row, as it gave them',
    );
  });
});
