/** Explains, fixes or optimises a statement that the user wrote; what a model writes is checked and planned, and never run. */
import type { ReadOnlySql } from '../database/guard.ts';
import type { SqlParser } from '../database/parse.ts';
import type { AiPolicy } from '../database/profile.ts';
import { modelLabel, type ChatMessage, type ChatRequest } from '../models/chatModel.ts';
import type { FallbackReply } from '../models/fallback.ts';
import { mentions } from '../rag/hiddenMention.ts';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { Plan } from '../shared/planProtocol.ts';
import { checkStatement, checkWholly } from './checkStatement.ts';
import { recordedChat } from './exchange.ts';
import type { NameIndex } from './ground.ts';
import { helpMessages, helpReplySchema, type HelpKind } from './helpPrompt.ts';
import { parseHelpReply, type HelpReply } from './helpReply.ts';
import { namedRelations, namesHidden } from './namedRelations.ts';
import { planText } from './planText.ts';
import { randomFence, repairMessages } from './prompt.ts';
import { findingText, isRepairable, repairLimit } from './repair.ts';
import { schemaText, tame } from './schemaText.ts';
import { amendLast, timed, type Trace } from './trace.ts';

/** All that helping needs of the world. */
export interface HelpWorld {
  /** The whole catalog: the statement is the user's own. */
  readonly full: NameIndex;
  /** What models may know of it. */
  readonly shown: NameIndex;
  readonly parser: SqlParser;
  readonly aiPolicy: AiPolicy;
  /** Why it is not known which tables are hidden, where it is not. */
  readonly hidesUnknown: string | undefined;
  chat(request: ChatRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<FallbackReply>;
  /** How the server would run a statement. @throws KhipuError of the database */
  plan(statement: ReadOnlySql, signal: AbortSignal): Promise<Plan>;
}

export interface StatementHelp extends HelpReply {
  readonly kind: HelpKind;
  /** `provider:name` */
  readonly model: string;
  /** The planner's estimated cost of the user's statement, and of the one in `sql`; undefined where it was not planned. */
  readonly costBefore: number | undefined;
  readonly costAfter: number | undefined;
  readonly notices: readonly string[];
}

/** What is known of the user's statement before a model is asked. */
interface Known {
  readonly plan: Plan | undefined;
  readonly fault: KhipuError | undefined;
}

/**
 * Asks a model about one statement.
 * @param language of the explanation, as VS Code names it
 * @param trace filled in on the way, also when this throws
 * @throws KhipuError `ai-switched-off`, `glossary-faulty`, `no-model`, `model-*`, `cancelled`; `invalid-input` when there is nothing to fix;
 * what is wrong with the model's last SQL
 */
export async function helpWithStatement(
  { kind, sql, language }: { readonly kind: HelpKind; readonly sql: string; readonly language: string },
  world: HelpWorld,
  trace: Trace,
  signal: AbortSignal,
): Promise<StatementHelp> {
  mayAsk(world);
  const known = await timed(trace, 'check', () => look(sql, world, signal));
  const finding = kind === 'fix' ? findingOf(known, sql, world) : undefined;
  if (kind === 'optimise' && known.plan === undefined)
    throw known.fault ?? new KhipuError('invalid-input', 'Only a statement that reads can be optimised.');
  const { hiddenRelations } = world.shown.catalog;
  const messages = helpMessages({
    ...{ kind, sql, language, finding },
    serverMajor: Math.floor(world.full.catalog.serverVersion / 10_000),
    schema: schemaText(world.shown.catalog, namedRelations(sql, world.shown)),
    plan: known.plan === undefined ? undefined : planText(known.plan, hiddenRelations),
    fence: randomFence(),
  });
  return await converse({ kind, sql, known, messages }, world, trace, signal);
}

function mayAsk({ aiPolicy, hidesUnknown }: HelpWorld): void {
  if (aiPolicy === 'off')
    throw new KhipuError(
      'ai-switched-off',
      'This connection has AI switched off: nothing was sent to a model.',
    );
  if (hidesUnknown !== undefined)
    throw new KhipuError(
      'glossary-faulty',
      `Nothing was sent to a model, because it is not known which tables the glossary hides. ${hidesUnknown}`,
    );
}

/** Checks and plans the user's statement; one that writes is only read. */
async function look(sql: string, world: HelpWorld, signal: AbortSignal): Promise<Known> {
  try {
    const { statement } = checkStatement(sql, { names: world.full, parser: world.parser });
    checkWholly(sql, { names: world.full, parser: world.parser });
    if (statement.kind !== 'rows' || statement.parameterCount > 0)
      return { plan: undefined, fault: undefined };
    return { plan: await world.plan(statement, signal), fault: undefined };
  } catch (thrown) {
    const error = toKhipuError(thrown);
    if (!isRepairable(error)) throw error;
    return { plan: undefined, fault: error.kind === 'refused-by-guard' ? undefined : error };
  }
}

/** What is wrong, in the words that the model is given: near names and the server's message tell nothing of hidden tables. */
function findingOf({ fault }: Known, sql: string, world: HelpWorld): string {
  if (fault === undefined)
    throw new KhipuError(
      'invalid-input',
      'Neither the catalog nor the planner finds a fault in this statement.',
      {
        hint: 'Run it; what fails only while it runs is told then.',
      },
    );
  const hidden = world.shown.catalog.hiddenRelations;
  let told = fault;
  if (hidden !== undefined) {
    // Near names come from what models may know.
    if (fault.kind === 'unknown-name') told = knownFault(sql, world) ?? fault;
    if (namesHidden(sql, world.full, hidden) || mentions(hidden)(told.message))
      return 'The server refuses it.';
  }
  return tamedFinding(told);
}

function knownFault(sql: string, { shown, parser }: HelpWorld): KhipuError | undefined {
  try {
    checkWholly(sql, { names: shown, parser });
    return undefined;
  } catch (thrown) {
    return toKhipuError(thrown);
  }
}

/** Its server's words may be anything. */
function tamedFinding(error: KhipuError): string {
  return tame(findingText(error), 1000);
}

interface Conversation {
  readonly kind: HelpKind;
  readonly sql: string;
  readonly known: Known;
  readonly messages: ChatMessage[];
}

async function converse(
  { kind, sql, known, messages }: Conversation,
  world: HelpWorld,
  trace: Trace,
  signal: AbortSignal,
): Promise<StatementHelp> {
  const hidden = world.shown.catalog.hiddenRelations ?? new Set<string>();
  // Findings about a hidden table would tell of it: such a statement gets one try, held against the whole catalog.
  const isHidden = namesHidden(sql, world.full, hidden);
  for (let round = 0; ; round++) {
    const request = { messages, replySchema: helpReplySchema };
    const answer = await recordedChat(request, world.chat.bind(world), trace, () => undefined, signal);
    try {
      const reply = parseHelpReply(answer.text);
      const told = { ...reply, kind, model: modelLabel(answer.answeredBy), notices: [...answer.notices] };
      const costBefore = known.plan?.root.estimate.totalCost;
      const candidate = kind === 'explain' ? undefined : reply.sql;
      if (candidate === undefined) return { ...told, sql: undefined, costBefore, costAfter: undefined };
      const names = isHidden ? world.full : world.shown;
      const costAfter = await timed(trace, 'check', () => judge(candidate, sql, { ...world, names }, signal));
      return { ...told, costBefore, costAfter };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (!isRepairable(error)) throw error;
      const finding = tamedFinding(error);
      amendLast(trace, { finding });
      const repeated = messages.some(({ role, content }) => role === 'assistant' && content === answer.text);
      if (round >= repairLimit || repeated || isHidden) throw error;
      messages.push(...repairMessages(answer.text, finding));
    }
  }
}

/** @returns the planner's cost; undefined for a statement that writes, which is parsed only */
async function judge(
  candidate: string,
  original: string,
  world: HelpWorld & { readonly names: NameIndex },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { parser, names } = world;
  await parser.ready();
  const verb = writingVerb(original);
  if (verb !== undefined) {
    const parsed = parser.parse(candidate);
    if (!parsed.ok)
      throw new KhipuError('sql-syntax', parsed.message, { sql: candidate, position: parsed.position });
    if (parsed.statements.length !== 1 || writingVerb(candidate) !== verb)
      throw new KhipuError('refused-by-guard', `It has to stay one ${verb} statement.`, { sql: candidate });
    return undefined;
  }
  const { statement } = checkWholly(candidate, { names, parser });
  if (statement.kind !== 'rows' || statement.parameterCount > 0) return undefined;
  return (await world.plan(statement, signal)).root.estimate.totalCost;
}

/** The first word of a statement that is not one that reads. */
function writingVerb(sql: string): string | undefined {
  const text = sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  const verb = /^[a-z]+/i.exec(text)?.[0].toUpperCase();
  return verb !== undefined && writing.has(verb) ? verb : undefined;
}

const writing: ReadonlySet<string> = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'TRUNCATE',
  'CREATE',
  'ALTER',
  'DROP',
  'GRANT',
  'REVOKE',
  'COMMENT',
]);
