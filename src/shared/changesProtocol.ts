/** What the extension host and the results webview say to each other about changes that are not committed, or were. */
import * as z from 'zod/mini';
import { boundParameters } from './boundParameters.ts';
import { connectionLook } from './connectionLook.ts';
import { serverMessages } from './serverMessages.ts';

/** A result's column whose values may be those from before or after an UPDATE. */
const sampleColumn = z.object({
  name: z.string(),
  type: z.string(),
  align: z.enum(['left', 'right']),
  change: z.optional(z.enum(['before', 'after'])),
});
export type SampleColumn = z.infer<typeof sampleColumn>;

/** What one statement did inside its transaction. */
export const statementEffect = z.object({
  sql: z.string(),
  /** What was bound to the parameters in `sql`. */
  parameters: z.optional(boundParameters),
  /** Postgres's command tag without its numbers: `UPDATE`, `CREATE TABLE`. */
  command: z.string(),
  /** Schema-qualified name of the table whose rows it changed. */
  table: z.optional(z.string()),
  /** Rows that it changed or gave back; undefined for a command that counts none. */
  count: z.optional(z.number()),
  columns: z.array(sampleColumn),
  /** The first rows that it changed or gave back. */
  sample: z.array(z.array(z.nullable(z.string()))),
  /** Whether the sample is of rows that it changed; else they are what the statement itself gave back. */
  showsChange: z.boolean(),
  /** Why there is no sample of what it changed, or what the sample does not show. */
  note: z.optional(z.string()),
  /** What the server said while it ran: what triggers raise, say. */
  messages: z.optional(serverMessages),
  /** From sending it to its end, in milliseconds. */
  ms: z.number(),
});
export type StatementEffect = z.infer<typeof statementEffect>;

/** What became of changes: `unknown` when the connection died while they were being committed. */
const outcome = z.enum(['pending', 'committed', 'rolled-back', 'unknown']);
export type ChangesOutcome = z.infer<typeof outcome>;

/** The changes of one run: pending until somebody decides, or the connection ends. */
export const changes = z.object({
  /** Names them when their outcome is told. */
  changesId: z.string(),
  connectionId: z.string(),
  /** The connection's name. */
  connection: z.string(),
  connectionLook,
  /** They stand in a transaction that the user began, with what was done in it before; else in one of their own. */
  inTransaction: z.boolean(),
  statements: z.array(statementEffect),
  outcome,
  /** What more there is to say of the outcome: why it was rolled back, say. */
  note: z.optional(z.string()),
});
export type Changes = z.infer<typeof changes>;

/** That the outcome of changes is known. */
export const outcomeNews = z.pick(changes, { changesId: true, outcome: true, note: true });
export type OutcomeNews = z.infer<typeof outcomeNews>;
