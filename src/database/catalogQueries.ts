/** A query of the catalog whose rows are checked against a shape: those that the guard's knowledge comes from. */
import type * as z from 'zod/mini';

/** A query and the shape of its rows, which are arrays of Postgres's text. */
export interface CatalogQuery<Row> {
  readonly sql: string;
  readonly row: z.ZodMiniType<Row>;
}
