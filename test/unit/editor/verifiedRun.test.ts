import assert from 'node:assert/strict';
import { bufferedPages, type ResultPages } from '../../../src/database/resultPages.ts';
import { outcomeText, runVerified, type VerifiedOutcome } from '../../../src/editor/verifiedRun.ts';
import { cancelled, KhipuError } from '../../../src/shared/errors.ts';

const never = new AbortController().signal;
type Row = (string | null)[];

function pagesOf(rows: Row[], name = 'n', closed: string[] = []): ResultPages {
  const columns = [{ name, type: 'integer', align: 'right' as const }];
  const pages = bufferedPages({ columns, firstRows: rows, ms: 3, messages: undefined }, rows);
  return {
    ...pages,
    close: () => {
      closed.push('closed');
      return Promise.resolve();
    },
  };
}

async function run(rows: Row[], before?: VerifiedOutcome, returns = 'n integer'): Promise<VerifiedOutcome> {
  const fingerprint = before !== undefined && 'now' in before ? before.now : undefined;
  const closed: string[] = [];
  const open = () => Promise.resolve(pagesOf(rows, 'n', closed));
  const outcome = await runVerified({ sql: 'select', returns }, fingerprint, open, never);
  assert.deepEqual(closed, ['closed']);
  return outcome;
}

describe('runVerified', () => {
  it('knows the same rows again, in whatever order they come', async () => {
    const first = await run([['1'], ['2'], [null], ['2']]);
    assert.equal(first.kind, 'first');
    assert.equal(outcomeText(first), '4 rows; nothing to compare with yet.');
    const again = await run([['2'], [null], ['1'], ['2']], first);
    assert.equal(again.kind, 'same');
    assert.equal(outcomeText(again), '4 rows, the same as before.');
  });

  it('tells other rows: more, fewer, and others', async () => {
    const first = await run([['1'], ['2']]);
    const texts = await Promise.all(
      [[['1'], ['2'], ['3']], [['1']], [['1'], [null]], [['1'], ['1']], [['12'], ['']]].map(async (rows) =>
        outcomeText(await run(rows as Row[], first)),
      ),
    );
    assert.deepEqual(texts, [
      '3 rows, where there were 2.',
      '1 row, where there were 2.',
      '2 rows as before, but other values.',
      '2 rows as before, but other values.',
      '2 rows as before, but other values.',
    ]);
  });

  it('compares the columns with those that it was verified with, before it reads the rows', async () => {
    const outcome = await run([['1']], undefined, 'n bigint');
    assert.deepEqual(outcome, { kind: 'other-columns', expected: 'n bigint', actual: 'n integer' });
    assert.equal(outcomeText(outcome), 'The columns are others: n integer instead of n bigint.');
  });

  it('reads 100,000 rows and no more', async () => {
    const rows = Array.from({ length: 100_002 }, (_, n) => [String(n)]);
    assert.equal(outcomeText(await run(rows)), '100000+ rows; nothing to compare with yet.');
    assert.equal(outcomeText(await run(rows.slice(0, 100_000))), '100000 rows; nothing to compare with yet.');
  });

  it('takes a failure as the outcome, and a cancellation as such', async () => {
    const entry = { sql: 'select', returns: undefined };
    const fails = () => Promise.reject(new KhipuError('sql-failed', 'no such column'));
    const outcome = await runVerified(entry, undefined, fails, never);
    assert.deepEqual([outcome.kind, outcomeText(outcome)], ['failed', 'no such column']);
    const stopped = () => Promise.reject(cancelled());
    await assert.rejects(runVerified(entry, undefined, stopped, never), { kind: 'cancelled' });
  });
});
