/** The record of one question's way: what was found, what was sent to whom, what came back, and how long each step took. */
import type { ChatMessage, TokenUsage } from '../models/chatModel.ts';
import type { Retrieval } from '../rag/retrieval.ts';
import { renderGlossary } from './glossaryText.ts';
import type { AskedBackWords, ToldConversation } from './conversation.ts';
import { renderRetrieval } from './retrievalText.ts';
import type { Verdict } from './verdicts.ts';

/** One request to a model and what became of its reply. */
export interface Exchange {
  /** `provider:name` of the model that answered; undefined while none has. */
  readonly model: string | undefined;
  readonly locality: 'local' | 'remote' | undefined;
  readonly messages: readonly ChatMessage[];
  readonly reply: string;
  readonly usage: TokenUsage;
  readonly ms: number;
  /** Why the reply could not be used, in the words that the model is given; undefined when it could. */
  readonly finding: string | undefined;
  /** What its checks came to, in their order; left out when it was not checked. */
  readonly verdicts?: readonly Verdict[];
}

/** Steps that are timed, in milliseconds. */
export type TimedStep = 'connect' | 'index' | 'retrieval' | 'model' | 'check' | 'execute';

/** Filled in as the question goes its way, so that it also tells of a question that failed. */
export interface Trace {
  readonly question: string;
  /** The user's statement that it is about and ends in; undefined for a question in words alone. */
  readonly statement?: string | undefined;
  readonly connection: string;
  readonly startedAt: string;
  /** What of the conversation before it was told; undefined for a question that started anew. */
  conversation?: ToldConversation;
  /** The version of the prompt's wording; undefined when none was sent. */
  promptVersion?: number;
  /** What the model asked back instead of answering. */
  askedBack?: AskedBackWords;
  /** What the server expects the statement to cost, in words; undefined when it was not asked. */
  planned?: string;
  retrieval: Retrieval | undefined;
  readonly exchanges: Exchange[];
  readonly timings: Partial<Record<TimedStep, number>>;
  /** The SQL that was run; undefined when none was. */
  sql: string | undefined;
  error: string | undefined;
}

export function startTrace(question: string, connection: string, statement?: string): Trace {
  return {
    question,
    statement,
    connection,
    startedAt: new Date().toISOString(),
    retrieval: undefined,
    exchanges: [],
    timings: {},
    sql: undefined,
    error: undefined,
  };
}

/** Runs a step and adds its time to the trace, whether or not it fails. */
export async function timed<T>(trace: Trace, step: TimedStep, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    trace.timings[step] = (trace.timings[step] ?? 0) + performance.now() - started;
  }
}

/** Writes down what became of the last reply. */
export function amendLast(trace: Trace, known: Partial<Pick<Exchange, 'finding' | 'verdicts'>>): void {
  const last = trace.exchanges.pop();
  if (last !== undefined) trace.exchanges.push({ ...last, ...known });
}

/** Tokens over all exchanges; undefined where no model said any. */
export function totalUsage(trace: Trace): TokenUsage {
  const sum = (pick: (usage: TokenUsage) => number | undefined): number | undefined => {
    const known = trace.exchanges
      .map((exchange) => pick(exchange.usage))
      .filter((count) => count !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
  };
  return { inputTokens: sum((usage) => usage.inputTokens), outputTokens: sum((usage) => usage.outputTokens) };
}

/** What the models of an answer took, for its header: tokens, as far as they are known, and milliseconds. */
export function usageOf(trace: Trace): { usage?: TokenUsage & { readonly ms: number } } {
  const { model: ms } = trace.timings;
  return ms === undefined || trace.exchanges.length === 0 ? {} : { usage: { ...totalUsage(trace), ms } };
}

/** The trace as a Markdown document for a person. */
export function renderTrace(trace: Trace): string {
  const { retrieval } = trace;
  const lines = [
    `# What was sent: ${trace.question.replace(/\s+/g, ' ')}`,
    '',
    `${trace.startedAt} · ${trace.connection}`,
    '',
  ];
  if (retrieval?.verified !== undefined) {
    lines.push('Answered by a verified question; no model was asked and nothing was sent.', '');
    lines.push(`> ${retrieval.verified.question}`, '');
  } else if (trace.exchanges.length === 0) {
    lines.push('No model was asked; nothing was sent.', '');
  }
  if (trace.conversation !== undefined) lines.push(...renderConversation(trace.conversation));
  if (trace.promptVersion !== undefined) lines.push(`Prompt version ${trace.promptVersion}.`, '');
  trace.exchanges.forEach((exchange, index) => lines.push(...renderExchange(exchange, index + 1)));
  if (retrieval !== undefined) {
    lines.push(`## Retrieval (${retrieval.engine}, ${retrieval.ms.toFixed(0)} ms)`, '');
    if (retrieval.notice !== undefined) lines.push(retrieval.notice, '');
    lines.push(...renderRetrieval(retrieval));
    if (retrieval.glossary !== undefined) lines.push(...renderGlossary(retrieval.glossary));
  }
  if (trace.askedBack !== undefined) lines.push(...renderAskedBack(trace.askedBack));
  if (trace.planned !== undefined) lines.push('## Plan', '', trace.planned, '');
  if (trace.sql !== undefined) lines.push('## SQL that was run', '', fence('sql', trace.sql), '');
  if (trace.error !== undefined) lines.push('## How it failed', '', trace.error, '');
  lines.push('## Time', '', ...renderTimings(trace), '');
  return lines.join('\n');
}

/** The steps and their times as a table; a sentence when there was none. */
export function renderTimings({ timings }: Pick<Trace, 'timings'>): string[] {
  const steps = Object.entries(timings);
  if (steps.length === 0) return ['Nothing was timed.'];
  return ['| step | ms |', '|---|---:|', ...steps.map(([step, ms]) => `| ${step} | ${ms.toFixed(1)} |`)];
}

function renderConversation({ turns, leftOut }: ToldConversation): string[] {
  const told = turns.map(
    ({ question, sql }) => `- ${oneLine(question)}${sql === undefined ? ' (asked back)' : ''}`,
  );
  const lines = ['## Conversation', '', ...(told.length === 0 ? ['Nothing of it was told.'] : told), ''];
  if (leftOut.length > 0) lines.push('Left out:', '', ...leftOut.map((why) => `- ${oneLine(why)}`), '');
  return lines;
}

function renderAskedBack({ question, options }: AskedBackWords): string[] {
  return [
    '## The model asked back',
    '',
    oneLine(question),
    '',
    ...options.map((each) => `- ${oneLine(each)}`),
    '',
  ];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function renderExchange(exchange: Exchange, number: number): string[] {
  const { inputTokens, outputTokens } = exchange.usage;
  const tokens = inputTokens === undefined ? '' : ` · ${inputTokens} tokens in, ${outputTokens ?? '?'} out`;
  const to =
    exchange.model === undefined ? 'no model answered' : `${exchange.model} (${exchange.locality ?? '?'})`;
  const lines = [`## Exchange ${number}: ${to} · ${exchange.ms.toFixed(0)} ms${tokens}`, ''];
  for (const message of exchange.messages)
    lines.push(`### ${message.role}`, '', fence('text', message.content), '');
  lines.push('### reply', '', fence('text', exchange.reply), '');
  const { verdicts = [], finding } = exchange;
  if (verdicts.length > 0) lines.push('### checked', '', ...verdicts.map((each) => `- ${each}`), '');
  if (finding !== undefined) lines.push('### could not be used', '', finding, '');
  return lines;
}

/** A fence longer than any run of backticks inside, so that nothing sent can end it. */
function fence(language: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${content}\n${ticks}`;
}
