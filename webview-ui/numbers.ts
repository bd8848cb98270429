/** Counts and durations in words. */
import type { AnswerHeader, RowTotal } from '../src/shared/resultsProtocol.ts';

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

/** `1,204 tokens in, 80 out · 1.25 s`; a question mark for a count that is not known, the time alone when none is. */
export function usageWords(
  { inputTokens, outputTokens, ms }: NonNullable<AnswerHeader['usage']>,
  locale?: string,
): string {
  const time = durationWords(ms, locale);
  if (inputTokens === undefined && outputTokens === undefined) return `Model ${time}`;
  const count = (tokens: number | undefined): string => tokens?.toLocaleString(locale) ?? '?';
  return `${count(inputTokens)} tokens in, ${count(outputTokens)} out · ${time}`;
}
