import assert from 'node:assert/strict';
import type { ScriptOutcome } from '../../../src/shared/scriptProtocol.ts';
import {
  entryOfInterest,
  outcomeDuration,
  outcomeWords,
  scriptSummary,
} from '../../../webview-ui/scriptWords.ts';

const rows: ScriptOutcome = { status: 'rows', rows: 1200, complete: true, ms: 12, messages: 0 };
const failed: ScriptOutcome = { status: 'failed', what: 'It is bad.', ms: 1500 };
const waiting: ScriptOutcome = { status: 'waiting' };
const running: ScriptOutcome = { status: 'running' };
const skipped: ScriptOutcome = { status: 'skipped', why: 'psql' };
const notRun: ScriptOutcome = { status: 'not-run', why: 'stopped' };
const entries = (...outcomes: ScriptOutcome[]) => outcomes.map((outcome) => ({ outcome }));

describe('a script in words', () => {
  it('says how far it is, and how it ended', () => {
    assert.equal(scriptSummary(entries(rows, rows, running, waiting), true), '3 of 4 statements');
    assert.equal(scriptSummary(entries(rows, rows), false), '2 statements');
    assert.equal(scriptSummary(entries(rows), false), '1 statement');
    assert.equal(
      scriptSummary(entries(rows, failed, skipped, notRun, notRun), false),
      '4 statements: 1 failed, 2 not run, 1 skipped',
    );
    assert.equal(scriptSummary(entries(failed, running), true), '2 of 2 statements: 1 failed');
  });

  it('says what became of a statement', () => {
    assert.deepEqual(
      [rows, { ...rows, complete: false }, failed, waiting, running, skipped, notRun].map((each) => [
        outcomeWords(each),
        outcomeDuration(each),
      ]),
      [
        ['1,200 rows', '12 ms'],
        ['1,200+ rows', '12 ms'],
        ['It is bad.', '1.5 s'],
        ['', ''],
        ['running…', ''],
        ['skipped', ''],
        ['not run', ''],
      ],
    );
  });

  it('leads to the first failure, else to the last rows', () => {
    assert.equal(entryOfInterest(entries(rows, failed, rows, failed)), 1);
    assert.equal(entryOfInterest(entries(rows, rows, skipped)), 1);
    assert.equal(entryOfInterest(entries(skipped)), 0);
  });
});
