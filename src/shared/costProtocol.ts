/** What a statement is expected to cost, in the words of the server's planner and in ours. */
import * as z from 'zod/mini';

export const plannedCost = z.object({
  /** In the planner's units: one is about the reading of a page. */
  total: z.number(),
  /** Rows that it gives. */
  rows: z.number(),
  /** The table whose reading takes most of it, and how it is read. */
  scan: z.optional(
    z.object({
      table: z.string(),
      /** `Seq Scan`, `Index Scan`… */
      kind: z.string(),
      /** Rows that the table has, about. */
      rows: z.optional(z.number()),
    }),
  ),
});
export type PlannedCost = z.infer<typeof plannedCost>;

/** One or two sentences for a person. @param locale of numbers; the user's own when left out */
export function costSentence({ total, rows, scan }: PlannedCost, locale?: string): string {
  const words = (count: number): string => Math.round(count).toLocaleString(locale);
  const whole = scan?.kind.endsWith('Seq Scan') === true;
  const size = scan?.rows === undefined ? '' : ` (about ${words(scan.rows)} rows)`;
  const reading =
    scan === undefined ? '' : ` The largest scan reads ${scan.table}${whole ? ' whole' : ''}${size}.`;
  return `The server expects a cost of ${words(total)} and about ${words(rows)} ${rows === 1 ? 'row' : 'rows'}.${reading}`;
}
