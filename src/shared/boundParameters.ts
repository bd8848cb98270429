/** What was bound to the parameters of a statement, as the results view shows it. */
import * as z from 'zod/mini';

/** By the parameter as it is written: `:from`, `$1`. NULL is null. */
export const boundParameters = z.array(z.object({ name: z.string(), value: z.nullable(z.string()) }));
export type BoundParameters = z.infer<typeof boundParameters>;
