/** How the rows of a result are sorted and filtered in the view: columns by their place in the row, values as they were typed. */
import * as z from 'zod/mini';

const sortKey = z.object({ column: z.number(), descending: z.boolean() });
/** One column that rows are sorted by. */
export type SortKey = z.infer<typeof sortKey>;

/** What a column is compared with. */
const comparisons = ['equals', 'less', 'greater'] as const;

const filter = z.discriminatedUnion('test', [
  /** Upper and lower case alike. */
  z.object({ test: z.literal('contains'), column: z.number(), text: z.string() }),
  z.object({ test: z.enum(comparisons), column: z.number(), value: z.string() }),
  /** Both ends belong to it. */
  z.object({ test: z.literal('between'), column: z.number(), low: z.string(), high: z.string() }),
  /** One of these; null is NULL. */
  z.object({
    test: z.literal('values'),
    column: z.number(),
    values: z.array(z.nullable(z.string())).check(z.minLength(1), z.maxLength(1000)),
  }),
  z.object({ test: z.enum(['empty', 'null', 'not-null']), column: z.number() }),
]);
/** What a row must pass to be shown. */
export type RowFilter = z.infer<typeof filter>;

export const arrangement = z.object({
  /** The first is the foremost. */
  sort: z.array(sortKey),
  /** A row is shown when it passes all of them. */
  filters: z.array(filter),
});
/** How rows are sorted and filtered; without an entry they are as the statement gives them. */
export type Arrangement = z.infer<typeof arrangement>;

/** Who did it: the database, by the statement wrapped in another; or Khipu, with the rows that were here already. */
export const arrangedBy = z.enum(['database', 'here']);
export type ArrangedBy = z.infer<typeof arrangedBy>;

/** Whether rows are left as the statement gives them. */
export function isPlain({ sort, filters }: Arrangement): boolean {
  return sort.length === 0 && filters.length === 0;
}
