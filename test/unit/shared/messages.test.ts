import assert from 'node:assert/strict';
import { errorKinds, KhipuError } from '../../../src/shared/errors.ts';
import { actionLabel, problemOf } from '../../../src/shared/messages.ts';
import { actionIds, problem } from '../../../src/shared/resultsProtocol.ts';

describe('messages', () => {
  it('tell for every kind of error what happened and something to do next', () => {
    // What was wrong with an input, or with SQL, is said by the message itself and by the server's hint.
    const selfExplaining = new Set(['invalid-input', 'sql-syntax', 'sql-failed']);
    for (const kind of errorKinds) {
      const shown = problemOf(new KhipuError(kind, 'What happened.'));
      assert.deepEqual(problem.parse(JSON.parse(JSON.stringify(shown))), JSON.parse(JSON.stringify(shown)));
      assert.equal(shown.what, 'What happened.');
      if (!selfExplaining.has(kind)) assert.match(shown.next, /^[A-Z][^]*[.:]$/, kind);
      assert.deepEqual(shown.candidates, []);
      assert.equal(new Set(shown.actions.map(({ id }) => id)).size, shown.actions.length);
    }
  });

  it("put the source's own hint first, and carry the place and the candidates", () => {
    const shown = problemOf(
      new KhipuError('unknown-name', 'There is no table ordrs.', {
        hint: 'Perhaps you meant "orders".',
        sql: 'SELECT 1 FROM ordrs',
        position: 14,
        candidates: ['shop.orders'],
      }),
    );
    assert.match(shown.next, /^Perhaps you meant "orders"\. Nothing was sent to the database\./);
    assert.deepEqual(
      [shown.sql, shown.position, shown.candidates],
      ['SELECT 1 FROM ordrs', 14, ['shop.orders']],
    );
  });

  it('name the server, the wait and the questions that can be answered', () => {
    const next = (...args: ConstructorParameters<typeof KhipuError>): string =>
      problemOf(new KhipuError(...args)).next;
    assert.match(next('model-unreachable', 'x', { subject: '127.0.0.1:1' }), /at 127\.0\.0\.1:1 runs/);
    assert.match(next('model-unreachable', 'x'), /the model server runs/);
    assert.match(next('model-rate-limited', 'x', { retryAfterMs: 1500 }), /in 2 s/);
    assert.match(next('model-rate-limited', 'x'), /Wait a little/);
    assert.match(next('no-model', 'x', { candidates: ['How many?'] }), /without one:$/);
    assert.doesNotMatch(next('no-model', 'x'), /without one/);
    assert.doesNotMatch(next('no-model', 'x', { candidates: [] }), /without one/);
  });

  it('have a label for every action, each another', () => {
    const labels = actionIds.map(actionLabel);
    assert.equal(new Set(labels).size, actionIds.length);
    for (const label of labels) assert.match(label, /^[A-Z]/);
    for (const kind of errorKinds) {
      for (const { id, label } of problemOf(new KhipuError(kind, '')).actions)
        assert.equal(label, actionLabel(id));
    }
  });
});
