/** What the extension host and the results view say to each other of a script of many statements. */
import * as z from 'zod/mini';
import { connectionLook } from './connectionLook.ts';
import { notificationType } from './rpc.ts';

/** What became of one statement. */
const scriptOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('waiting') }),
  z.object({ status: z.literal('running') }),
  z.object({
    status: z.literal('rows'),
    /** Exact when `complete`, else a lower bound. */
    rows: z.number(),
    complete: z.boolean(),
    /** From sending the statement to its first rows, in milliseconds. */
    ms: z.number(),
    /** How many messages the server sent. */
    messages: z.number(),
  }),
  z.object({ status: z.literal('failed'), what: z.string(), ms: z.number() }),
  z.object({ status: z.literal('cancelled') }),
  /** It is nothing that a server runs, or that Khipu runs here. */
  z.object({ status: z.literal('skipped'), why: z.string() }),
  z.object({ status: z.literal('not-run'), why: z.string() }),
]);
export type ScriptOutcome = z.infer<typeof scriptOutcome>;

const scriptEntry = z.object({
  /** Its beginning, on one line. */
  words: z.string(),
  /** Where it begins in its file, from 1. */
  line: z.number(),
  outcome: scriptOutcome,
});
export type ScriptEntry = z.infer<typeof scriptEntry>;

/** A script as it is now. */
export const script = z.object({
  scriptId: z.string(),
  /** The name of its file. */
  name: z.string(),
  /** The connection's name. */
  connection: z.string(),
  connectionLook: z.optional(connectionLook),
  running: z.boolean(),
  entries: z.array(scriptEntry),
});
export type ScriptState = z.infer<typeof script>;

const scriptNews = z.object({
  scriptId: z.string(),
  running: z.boolean(),
  changes: z.array(z.object({ index: z.number(), outcome: scriptOutcome })),
});
export type ScriptNews = z.infer<typeof scriptNews>;

/** Host → webview: what became of some statements. */
export const scriptNotification = notificationType('results/script', scriptNews);
/** Webview → host: run the script again, show where a statement stands, or run it as write. */
export const scriptActionNotification = notificationType(
  'results/scriptAction',
  z.object({
    scriptId: z.string(),
    id: z.enum(['run-again', 'go-to', 'run-as-write']),
    /** The statement that it is about. */
    index: z.optional(z.number()),
  }),
);
