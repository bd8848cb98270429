/** Runs one verified question again, and says what is different from the time before: a test of the schema, written as a question. */
import { fingerprintOf, type Fingerprint } from '../database/resultFingerprint.ts';
import type { ResultPages } from '../database/resultPages.ts';
import { columnsText } from '../rag/verifiedText.ts';
import type { VerifiedEntry } from '../rag/verified.ts';
import { toKhipuError, type KhipuError } from '../shared/errors.ts';

/** What became of a question that was run again. */
export type VerifiedOutcome =
  | { readonly kind: 'first' | 'same'; readonly now: Fingerprint; readonly ms: number }
  /** Other rows are no fault of the schema: data changes. */
  | {
      readonly kind: 'other-rows';
      readonly before: Fingerprint;
      readonly now: Fingerprint;
      readonly ms: number;
    }
  | { readonly kind: 'other-columns'; readonly expected: string; readonly actual: string }
  | { readonly kind: 'failed'; readonly error: KhipuError };

/** More rows of a result are not compared. */
const comparedRows = 100_000;

/**
 * @param before what the last run on this machine gave
 * @param open runs the SQL, read-only
 * @throws KhipuError `cancelled`; every other failure is the outcome
 */
export async function runVerified(
  { sql, returns }: Pick<VerifiedEntry, 'sql' | 'returns'>,
  before: Fingerprint | undefined,
  open: (sql: string, signal: AbortSignal) => Promise<ResultPages>,
  signal: AbortSignal,
): Promise<VerifiedOutcome> {
  try {
    const pages = await open(sql, signal);
    try {
      const actual = columnsText(pages.columns);
      if (returns !== undefined && returns !== actual)
        return { kind: 'other-columns', expected: returns, actual };
      const now = await fingerprintOf(pages, comparedRows, signal);
      if (before === undefined) return { kind: 'first', now, ms: pages.ms };
      const same = before.rows === now.rows && before.hash === now.hash && before.complete === now.complete;
      return same ? { kind: 'same', now, ms: pages.ms } : { kind: 'other-rows', before, now, ms: pages.ms };
    } finally {
      await pages.close();
    }
  } catch (thrown) {
    const error = toKhipuError(thrown);
    if (error.kind === 'cancelled') throw error;
    return { kind: 'failed', error };
  }
}

/** An outcome in a sentence. */
export function outcomeText(outcome: VerifiedOutcome): string {
  switch (outcome.kind) {
    case 'first':
      return `${rowsText(outcome.now)}; nothing to compare with yet.`;
    case 'same':
      return `${rowsText(outcome.now)}, the same as before.`;
    case 'other-rows':
      return outcome.before.rows === outcome.now.rows
        ? `${rowsText(outcome.now)} as before, but other values.`
        : `${rowsText(outcome.now)}, where there were ${outcome.before.rows}.`;
    case 'other-columns':
      return `The columns are others: ${outcome.actual} instead of ${outcome.expected}.`;
    case 'failed':
      return outcome.error.message;
  }
}

function rowsText({ rows, complete }: Fingerprint): string {
  return `${rows}${complete ? '' : '+'} row${rows === 1 && complete ? '' : 's'}`;
}
