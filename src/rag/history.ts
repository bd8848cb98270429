/** The history of questions as data: what is written down of each, and which of them serve as examples for the next. */
import * as z from 'zod/mini';
import type { VerifiedQuestion } from './retrieval.ts';
import { canonicalQuestion } from './sameQuestion.ts';

/** One question that was asked. No row and no parameter's value is in it. */
export const historyEntry = z.object({
  id: z.string(),
  /** When, as ISO 8601 in UTC. */
  at: z.string(),
  connectionId: z.string(),
  /** The connection's name at that time. */
  connection: z.string(),
  question: z.string(),
  /** Missing when it did not come to a statement. */
  sql: z.optional(z.string()),
  source: z.optional(z.enum(['model', 'verified', 'typed'])),
  /** `provider:name`. */
  model: z.optional(z.string()),
  outcome: z.enum(['rows', 'written', 'asked-back', 'failed', 'cancelled']),
  /** What failed, in words. */
  error: z.optional(z.string()),
  /** From the question to its end, in milliseconds. */
  ms: z.optional(z.number()),
  /** Tokens of all requests to models, repairs too, as far as those said any. */
  inputTokens: z.optional(z.number()),
  outputTokens: z.optional(z.number()),
  /** The user went on with the SQL: copied, opened, exported or verified it. */
  accepted: z.optional(z.boolean()),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

/** A line of the file: history is only added to, so that a crash loses the last line at most. */
export const historyLine = z.union([
  z.object({ add: historyEntry }),
  z.object({ accept: z.string() }),
  z.object({ remove: z.string() }),
  z.object({ clear: z.literal(true) }),
]);
export type HistoryLine = z.infer<typeof historyLine>;

/** What the lines come to, oldest first. */
export function applyLine(entries: Map<string, HistoryEntry>, line: HistoryLine): void {
  if ('add' in line) entries.set(line.add.id, line.add);
  else if ('remove' in line) entries.delete(line.remove);
  else if ('clear' in line) entries.clear();
  else {
    const accepted = entries.get(line.accept);
    if (accepted !== undefined) entries.set(line.accept, { ...accepted, accepted: true });
  }
}

/** More examples than this are not kept in an index; the newest count. */
const mostExamples = 2000;

/** The accepted answers of a connection, the newest of each question, newest first. */
export function acceptedExamples(entries: Iterable<HistoryEntry>, connectionId: string): VerifiedQuestion[] {
  const found = new Map<string, VerifiedQuestion>();
  for (const entry of [...entries].reverse()) {
    if (found.size === mostExamples) break;
    const { question, sql, accepted, source } = entry;
    if (entry.connectionId !== connectionId || accepted !== true || sql === undefined) continue;
    if (source === 'verified') continue; // it is an example already, and a better one
    const key = canonicalQuestion(question).join(' ');
    if (!found.has(key)) found.set(key, { question, sql });
  }
  return [...found.values()];
}
