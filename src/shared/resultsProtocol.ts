/** What the extension host and the results webview say to each other. */
import * as z from 'zod/mini';
import { arrangedBy, arrangement } from './arrangement.ts';
import { boundParameters } from './boundParameters.ts';
import { cellSelection } from './cellSelection.ts';
import { connectionLook } from './connectionLook.ts';
import { plannedCost } from './costProtocol.ts';
import { changes, outcomeNews } from './changesProtocol.ts';
import { insight } from './insightProtocol.ts';
import { plan } from './planProtocol.ts';
import { notificationType, requestType } from './rpc.ts';
import { script } from './scriptProtocol.ts';
import { serverMessages } from './serverMessages.ts';

/** A passage of a document that the model was given. */
const citation = z.object({
  /** Absolute path of the file; only the host opens it. */
  path: z.string(),
  /** The path as the user knows it. */
  file: z.string(),
  /** The headings that it stands under, outermost first. */
  heading: z.array(z.string()),
  unit: z.enum(['line', 'page']),
  /** The first and the last line or page, from 1. */
  from: z.number(),
  to: z.number(),
});
export type Citation = z.infer<typeof citation>;

/** What an answer says of itself above its rows. */
const answerHeader = z.object({
  /** The question, when there was one; a statement that the user ran has none. */
  question: z.optional(z.string()),
  sql: z.string(),
  /** What was bound to the parameters in `sql`, as they are written there; NULL is null. */
  parameters: z.optional(boundParameters),
  /** Schema-qualified names of the tables that the statement reads. */
  tables: z.array(z.string()),
  /** Who gave the SQL: a model, a verified question, or the user. */
  source: z.enum(['model', 'verified', 'typed']),
  /** The model as `provider:name`, when `source` is `model`. */
  model: z.optional(z.string()),
  /** What all requests to models took for it, repairs too: tokens as far as they are known, and milliseconds. */
  usage: z.optional(
    z.object({
      inputTokens: z.optional(z.number()),
      outputTokens: z.optional(z.number()),
      ms: z.number(),
    }),
  ),
  /** Marked as verified since it was answered. */
  verified: z.optional(z.boolean()),
  /** One or two sentences of the model on how it read the question. */
  explanation: z.optional(z.string()),
  assumptions: z.array(z.string()),
  /** Other readings of the question, which would give other rows; left out when there are none. */
  readings: z.optional(z.array(z.string())),
  /** The questions that it goes on from, oldest first; left out for a question that started anew. */
  trail: z.optional(z.array(z.string())),
  /** Passages of documents that the model was given; left out when there are none. */
  sources: z.optional(z.array(citation)),
  /** What the user should know: a fallback that was taken, a repair, a degraded index. */
  notices: z.array(z.string()),
  /** The connection's name. */
  connection: z.string(),
  /** Its label, colour and access; left out where there is nothing to warn of. */
  connectionLook: z.optional(connectionLook),
  /** It was read inside a transaction that the user has open, with what is not committed there. */
  inTransaction: z.optional(z.boolean()),
});
export type AnswerHeader = z.infer<typeof answerHeader>;

const resultColumn = z.object({
  name: z.string(),
  /** Postgres's name of the type, as `format_type` prints it. */
  type: z.string(),
  align: z.enum(['left', 'right']),
});
export type ResultColumn = z.infer<typeof resultColumn>;

/** How many rows there are: `rows` is exact when `complete`, a lower bound otherwise (the cap, or still counting). */
const rowTotal = z.object({
  rows: z.number(),
  complete: z.boolean(),
  /** Counting has stopped at the cap: there are more rows, which can be loaded. */
  atCap: z.optional(z.boolean()),
});
export type RowTotal = z.infer<typeof rowTotal>;

/** What a person can press on a problem or an answer. */
export const actionIds = [
  'ask-again',
  'run-again',
  'cancel',
  'open-sql',
  'copy-sql',
  'show-sent',
  'mark-verified',
  'show-log',
  'choose-model',
  'pull-model',
  'set-key',
  'open-settings',
  'edit-connection',
  'enter-password',
  'restart-sample',
  'run-as-write',
  'commit',
  'roll-back',
  'export',
  'explain',
  'explain-analyze',
  'open-plan',
  'open-glossary',
  'show-rows',
] as const;
export type ActionId = (typeof actionIds)[number];

const problemAction = z.object({
  id: z.enum(actionIds),
  label: z.string(),
  /** What it is about, where the button alone does not say so. */
  value: z.optional(z.string()),
});

/** A failure in words for a person. */
export const problem = z.object({
  what: z.string(),
  next: z.string(),
  sql: z.optional(z.string()),
  /** UTF-16 offset in `sql`. */
  position: z.optional(z.number()),
  /** Near names, or questions that can be answered instead. */
  candidates: z.array(z.string()),
  /** The connection that it is about, when that is the thing to change. */
  connectionId: z.optional(z.string()),
  actions: z.array(problemAction),
  /** What the server said before it failed. */
  messages: z.optional(serverMessages),
});
export type Problem = z.infer<typeof problem>;

/** A cell is Postgres's own text; NULL is null. */
const cell = z.nullable(z.string());
const resultRow = z.array(cell);
export type ResultRow = z.infer<typeof resultRow>;

/** How the rows that are shown are sorted and filtered, and by whom. */
const arranged = z.object({ arrangement, by: arrangedBy });
export type Arranged = z.infer<typeof arranged>;

const resultsState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('empty') }),
  z.object({
    status: z.literal('working'),
    question: z.optional(z.string()),
    /** What is being done now, in a few words. */
    step: z.string(),
    /** The SQL as far as the model has written it. */
    sql: z.optional(z.string()),
  }),
  z.object({
    status: z.literal('rows'),
    /** Names these rows in `results/rows`; a new statement has a new one. */
    resultId: z.string(),
    header: answerHeader,
    columns: z.array(resultColumn),
    firstRows: z.array(resultRow),
    total: rowTotal,
    /** From sending the statement to its first rows, in milliseconds. */
    ms: z.number(),
    /** What the server said meanwhile. */
    messages: z.optional(serverMessages),
    /** What the rows say, as soon as that is worked out. */
    insight: z.optional(insight),
    /** Left out while the rows are as the statement gives them. */
    arranged: z.optional(arranged),
  }),
  z.object({
    status: z.literal('plan'),
    header: answerHeader,
    plan,
    /** The result that is shown under it, and again with `show-rows`. */
    covers: z.optional(z.string()),
  }),
  z.object({
    status: z.literal('failed'),
    header: z.optional(answerHeader),
    question: z.optional(z.string()),
    /** The questions that it goes on from. */
    trail: z.optional(z.array(z.string())),
    problem,
  }),
  z.object({
    status: z.literal('question-back'),
    question: z.string(),
    trail: z.optional(z.array(z.string())),
    /** What the model asks. */
    askedBack: z.string(),
    /** Answers to choose from; there may be none. */
    options: z.array(z.string()),
    model: z.string(),
  }),
  z.object({
    status: z.literal('costly'),
    header: answerHeader,
    cost: plannedCost,
    /** The setting that it is above. */
    costLimit: z.number(),
    plan: z.optional(plan),
  }),
  z.extend(changes, { status: z.literal('changes') }),
  z.extend(script, { status: z.literal('script') }),
]);
export type ResultsState = z.infer<typeof resultsState>;

/** Webview → host: "I listen"; answered with what to show. */
export const readyRequest = requestType('results/ready', z.object({}), resultsState);
/** Webview → host: a window of rows. */
export const rowsRequest = requestType(
  'results/rows',
  z.object({ resultId: z.string(), start: z.number(), count: z.number() }),
  z.object({ rows: z.array(resultRow), total: rowTotal }),
);
/** Webview → host: rows beyond the cap are wanted; answered when they have been counted. */
export const moreRequest = requestType('results/more', z.object({ resultId: z.string() }), rowTotal);

/** The first of the rows in their new order; the others come by `results/rows`, as before. */
const arrangedRows = z.object({
  arranged: z.optional(arranged),
  firstRows: z.array(resultRow),
  total: rowTotal,
  ms: z.number(),
});
export type ArrangedRows = z.infer<typeof arrangedRows>;

/** Webview → host: sort and filter the rows; when that fails they stay as they are. */
export const arrangeRequest = requestType(
  'results/arrange',
  z.object({ resultId: z.string(), arrangement }),
  arrangedRows,
);

/** How a selection is put on the clipboard. */
export const copyFormats = ['tsv', 'csv', 'json', 'markdown', 'in-list'] as const;
export type CopyFormat = (typeof copyFormats)[number];

const copyOrder = z.object({
  resultId: z.string(),
  selection: cellSelection,
  format: z.enum(copyFormats),
  /** Whether TSV and CSV begin with the names of the columns. */
  header: z.boolean(),
});
export type CopyOrder = z.infer<typeof copyOrder>;

/** `cells` is how many were copied; none when the text was more than the clipboard should hold. */
const copyOutcome = z.object({ cells: z.number(), tooLarge: z.boolean() });
export type CopyOutcome = z.infer<typeof copyOutcome>;

/** Webview → host: put these cells on the clipboard. */
export const copyRequest = requestType('results/copy', copyOrder, copyOutcome);
/** Host → webview: what is selected; null when nothing is. */
export const selectionRequest = requestType(
  'results/selection',
  z.object({}),
  z.nullable(z.object({ resultId: z.string(), selection: cellSelection })),
);

const cellOrder = z.object({
  resultId: z.string(),
  row: z.number(),
  /** Place in the row. */
  column: z.number(),
  /** Whether JSON is left as the server wrote it, and not laid out over lines. */
  unchanged: z.boolean(),
});
export type CellOrder = z.infer<typeof cellOrder>;

/** Webview → host: open this cell whole in an editor; false when it is NULL. */
export const openCellRequest = requestType('results/openCell', cellOrder, z.boolean());

/**
 * What can be pressed besides actions: a candidate, the source at a place in the list of the answer that is shown, and what
 * goes on with a conversation: words that follow up or answer what was asked back (none: they are asked for), the question at a
 * place in the trail, a new beginning, and a statement that costs more than is spent unasked.
 */
const choiceIds = [
  'choose-candidate',
  'open-source',
  'follow-up',
  'open-turn',
  'start-anew',
  'run-anyway',
] as const;
export type PressedId = ActionId | (typeof choiceIds)[number];

/** Webview → host: a button was pressed; `value` is what was chosen, the SQL or the connection that it is about. */
export const actionNotification = notificationType(
  'results/action',
  z.object({
    id: z.enum([...actionIds, ...choiceIds]),
    value: z.optional(z.string()),
  }),
);
/** Host → webview: show this now. */
export const stateNotification = notificationType('results/state', resultsState);
/** Host → webview: the count of rows is known better. */
export const totalNotification = notificationType(
  'results/total',
  z.object({ resultId: z.string(), total: rowTotal }),
);
/** Host → webview: more is known of the answer that these rows belong to. */
export const headerNotification = notificationType(
  'results/header',
  z.object({ resultId: z.string(), header: answerHeader }),
);
/** Host → webview: while rows were read on, the server said more. */
export const messagesNotification = notificationType(
  'results/messages',
  z.object({ resultId: z.string(), messages: serverMessages }),
);
/** Host → webview: what these rows say. */
export const insightNotification = notificationType(
  'results/insight',
  z.object({ resultId: z.string(), insight }),
);
/** Host → webview: what became of the changes that are shown. */
export const changesNotification = notificationType('results/changes', outcomeNews);

/** What is shown of one statement of a script: its rows or its failure, and what there is to say of it. */
const scriptDetail = z.object({
  state: z.optional(resultsState),
  note: z.optional(z.string()),
  /** Whether it can be run again by itself. */
  canRunAgain: z.boolean(),
});
export type ScriptDetail = z.infer<typeof scriptDetail>;

/** Webview → host: a statement was selected; with `again` it is run by itself first. */
export const scriptDetailRequest = requestType(
  'results/scriptDetail',
  z.object({ scriptId: z.string(), index: z.number(), again: z.boolean() }),
  scriptDetail,
);
