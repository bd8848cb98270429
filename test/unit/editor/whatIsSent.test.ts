import assert from 'node:assert/strict';
import { aiPolicies } from '../../../src/database/profile.ts';
import { pullWords } from '../../../src/editor/pullWords.ts';
import { whatIsSent } from '../../../src/editor/whatIsSent.ts';

describe('whatIsSent', () => {
  it('is true of each AI policy', () => {
    assert.match(whatIsSent('off'), /Nothing is sent/);
    assert.match(whatIsSent('schema'), /No rows\.$/);
    assert.match(whatIsSent('samples'), /common values.*No rows\.$/);
    assert.match(whatIsSent('results'), /rows only to describe a result, once seen/);
    assert.doesNotMatch(whatIsSent('results'), /No rows/);
    assert.doesNotMatch(whatIsSent(undefined), /No rows/);
    const all = [undefined, ...aiPolicies].map(whatIsSent);
    assert.equal(new Set(all).size, all.length);
    for (const line of all) assert.ok(line.length < 90, line);
  });
});

describe('pullWords', () => {
  it('tells bytes and percent, and before and after them what the server does', () => {
    assert.equal(pullWords({ step: 'pulling', completed: 1.2e9, total: 5.2e9 }), '1.2 of 5.2 GB (23 %)');
    assert.equal(pullWords({ step: 'pulling', completed: 0, total: 4e8 }), '0 of 400 MB (0 %)');
    assert.equal(pullWords({ step: 'pulling manifest', completed: 0, total: 0 }), 'pulling manifest');
    assert.equal(
      pullWords({ step: 'verifying sha256 digest', completed: 5e9, total: 5e9 }),
      'verifying sha256 digest',
    );
  });
});
