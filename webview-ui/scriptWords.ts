/** What became of the statements of a script, in words. */
import type { ScriptEntry, ScriptOutcome } from '../src/shared/scriptProtocol.ts';
import { durationWords, rowCountWords } from './numbers.ts';

/** For the end of a line of the list. */
export function outcomeWords(outcome: ScriptOutcome): string {
  switch (outcome.status) {
    case 'rows':
      return rowCountWords({ rows: outcome.rows, complete: outcome.complete });
    case 'failed':
      return outcome.what;
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
      return 'skipped';
    case 'not-run':
      return 'not run';
    case 'running':
      return 'running…';
    case 'waiting':
      return '';
  }
}

export function outcomeDuration(outcome: ScriptOutcome): string {
  return outcome.status === 'rows' || outcome.status === 'failed' ? durationWords(outcome.ms) : '';
}

const counted = ['failed', 'cancelled', 'not-run', 'skipped'] as const;
const countedWords = { failed: 'failed', cancelled: 'cancelled', 'not-run': 'not run', skipped: 'skipped' };

/** `3 of 17 statements`, `17 statements`, `17 statements: 1 failed, 9 not run`. */
export function scriptSummary(entries: readonly Pick<ScriptEntry, 'outcome'>[], running: boolean): string {
  const counts = new Map<ScriptOutcome['status'], number>();
  for (const { outcome } of entries) counts.set(outcome.status, (counts.get(outcome.status) ?? 0) + 1);
  const count = (status: ScriptOutcome['status']): number => counts.get(status) ?? 0;
  const of = entries.length - count('skipped');
  const done = of - count('waiting') - count('running');
  const statements = `${of.toLocaleString()} ${of === 1 ? 'statement' : 'statements'}`;
  const parts = counted
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status).toLocaleString()} ${countedWords[status]}`);
  const head = running ? `${Math.min(done + 1, of).toLocaleString()} of ${statements}` : statements;
  return parts.length === 0 ? head : `${head}: ${parts.join(', ')}`;
}

/** Which statement is shown when the user has chosen none: the first that failed, else the last that gave rows. */
export function entryOfInterest(entries: readonly Pick<ScriptEntry, 'outcome'>[]): number {
  const failed = entries.findIndex(({ outcome }) => outcome.status === 'failed');
  if (failed >= 0) return failed;
  return Math.max(
    0,
    entries.findLastIndex(({ outcome }) => outcome.status === 'rows'),
  );
}
