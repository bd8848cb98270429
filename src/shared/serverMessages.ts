/** What the server says beside its rows while a statement runs: notices, warnings, information. */
import * as z from 'zod/mini';

const serverMessage = z.object({
  /** As the server writes it, in its own language: `NOTICE`, `WARNING`, `INFO`. */
  severity: z.string(),
  text: z.string(),
  detail: z.optional(z.string()),
  hint: z.optional(z.string()),
  /** The call stack of functions and statements within it. */
  where: z.optional(z.string()),
  /** The five-character SQLSTATE. */
  sqlState: z.optional(z.string()),
});
export type ServerMessage = z.infer<typeof serverMessage>;

/** The first messages of a statement in their order, and how many more there were. */
export const serverMessages = z.object({ items: z.array(serverMessage), more: z.number() });
export type ServerMessages = z.infer<typeof serverMessages>;
