/** What became of a model's statement where it was checked: the guard, its names, and the server's plan. */
import type { ErrorKind } from '../shared/errors.ts';

export type Verdict =
  | 'guard passed'
  | 'guard refused'
  | 'names known'
  | 'names unknown'
  | 'server planned'
  | 'server had nothing to plan'
  | 'server refused'
  | 'not one statement';

/** The verdict of the check that failed. @param passed those before it */
export function failedVerdict(kind: ErrorKind, passed: readonly Verdict[]): Verdict | undefined {
  if (passed.length > 0) return kind === 'sql-syntax' || kind === 'sql-failed' ? 'server refused' : undefined;
  if (kind === 'refused-by-guard') return 'guard refused';
  if (kind === 'unknown-name') return 'names unknown';
  return kind === 'sql-syntax' || kind === 'model-reply-unusable' ? 'not one statement' : undefined;
}
