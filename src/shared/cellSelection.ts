/** Selected cells of a result, as page and host speak of them. */
import * as z from 'zod/mini';

/** From 0, both included. */
const rowSpan = z.object({ top: z.number(), bottom: z.number() });

/** Cells `top` to `bottom` of the columns at these places in the row, in the order shown. */
export const cellSelection = z.extend(rowSpan, {
  columns: z.array(z.number()),
  /** Further rows of the same columns, each span below the one before. */
  further: z.optional(z.array(rowSpan)),
});
export type CellSelection = z.infer<typeof cellSelection>;
