/** What is told of open transactions, without VS Code. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { IdleWatch } from '../../../src/editor/idleWatch.ts';
import {
  transactionLook,
  transactionWords,
  type TransactionFacts,
} from '../../../src/editor/transactionLook.ts';

const facts: TransactionFacts = {
  connection: 'Farm',
  kind: 'user',
  mode: 'write',
  statements: 3,
  failed: false,
  idle: false,
};

describe('an idle watch', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('tells each step once nothing has been done for so long', () => {
    const told: string[] = [];
    const watch = new IdleWatch([
      { afterMs: 60_000, tell: () => told.push('a minute') },
      { afterMs: 300_000, tell: () => told.push('five') },
    ]);
    mock.timers.tick(1_000_000);
    assert.deepEqual(told, [], 'not before it is used');
    watch.restart();
    mock.timers.tick(59_999);
    watch.restart();
    mock.timers.tick(59_999);
    assert.deepEqual(told, []);
    mock.timers.tick(1);
    assert.deepEqual(told, ['a minute']);
    mock.timers.tick(240_000);
    assert.deepEqual(told, ['a minute', 'five']);
    watch.restart();
    watch.stop();
    mock.timers.tick(1_000_000);
    assert.equal(told.length, 2);
  });
});

describe('a transaction in the status bar', () => {
  it('says how much was done in it, and how it can be ended', () => {
    const look = transactionLook(facts);
    assert.equal(look.text, '$(git-commit) Transaction open · 3 statements');
    assert.match(
      look.tooltip,
      /^A transaction is open on Farm, with 3 statements\.\nClick to commit or roll back\.$/,
    );
    assert.match(look.spoken, /Farm/);
    assert.equal(look.warns, false);
    assert.match(transactionLook({ ...facts, statements: 1 }).text, /· 1 statement$/);
    assert.equal(transactionLook({ ...facts, kind: 'pending' }).text, '$(git-commit) Changes not committed');
  });

  it('warns when it is idle and after a statement has failed, and says why', () => {
    for (const [more, why] of [
      [{ idle: true }, /may hold locks/],
      [{ failed: true }, /put back/],
    ] as const) {
      const look = transactionLook({ ...facts, ...more });
      assert.equal(look.warns, true);
      assert.match(look.tooltip, why);
      assert.notEqual(look.spoken, transactionLook(facts).spoken);
    }
  });

  it('is named in questions by what it is', () => {
    assert.equal(transactionWords(facts), 'A transaction is open on Farm, with 3 statements');
    assert.equal(
      transactionWords({ ...facts, mode: 'read', statements: 0 }),
      'A read-only transaction is open on Farm, with 0 statements',
    );
    assert.equal(transactionWords({ ...facts, kind: 'pending' }), 'Changes on Farm are not committed');
  });
});
