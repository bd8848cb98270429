/** Counts and durations in words. */
import type { RowTotal } from '../src/shared/resultsProtocol.ts';

/** `1,234 rows`, or `100,000+ rows` when there may be more. */
export function rowCountWords(total: RowTotal, locale?: string): string {
  const count = total.rows.toLocaleString(locale);
  if (!total.complete) return `${count}+ rows`;
  return total.rows === 1 ? '1 row' : `${count} rows`;
}

/** A duration given in milliseconds: `0.4 ms`, `12 ms`, `1.25 s`, `2 min 5 s`. */
export function durationWords(ms: number, locale?: string): string {
  if (ms < 10) return `${ms.toLocaleString(locale, { maximumFractionDigits: 1 })} ms`;
  if (ms < 1000) return `${Math.round(ms).toLocaleString(locale)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toLocaleString(locale, { maximumFractionDigits: 2 })} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60).toLocaleString(locale)} min ${seconds % 60} s`;
}
