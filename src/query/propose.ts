/** The way from a question to one guarded statement: retrieve, prompt, ask, read, ground, guard, plan; at most two repairs. */
import type { Catalog } from '../database/catalog.ts';
import { catalogLookup } from '../database/catalogLookup.ts';
import type { ReadOnlySql } from '../database/guard.ts';
import type { SqlParser } from '../database/parse.ts';
import type { AiPolicy } from '../database/profile.ts';
import { modelLabel, type ChatMessage, type ChatRequest } from '../models/chatModel.ts';
import type { FallbackReply } from '../models/fallback.ts';
import type { RetrievedPassage, Retrieval } from '../rag/retrieval.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import { checkMeant, checkWholly, type CheckedStatement, type NearNames } from './checkStatement.ts';
import { ground, type NameIndex } from './ground.ts';
import { promptMessages, randomFence, repairMessages } from './prompt.ts';
import type { ShownRelation } from './schemaText.ts';
import { parseReply, partialSql, replySchema, type Reply } from './reply.ts';
import { timed, type Trace } from './trace.ts';

/** All that the pipeline needs of the world. */
export interface ProposeWorld {
  readonly names: NameIndex;
  /** What models may know and name of it; all of it when left out. */
  readonly shown?: NameIndex | undefined;
  readonly parser: SqlParser;
  readonly aiPolicy: AiPolicy;
  /** Today as YYYY-MM-DD. */
  readonly today: string;
  retrieve(question: string, signal: AbortSignal): Promise<Retrieval>;
  /** Names that are near in meaning to one that does not exist; none when left out. */
  readonly nearNames?: NearNames;
  /** Asks the models in the configured order. */
  chat(request: ChatRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<FallbackReply>;
  /** Has the server plan the statement; throws its error. */
  explain(statement: ReadOnlySql, signal: AbortSignal): Promise<void>;
}

/** What happens now, for the person who waits. */
export interface Progress {
  readonly step: string;
  /** The SQL as far as the model has written it. */
  readonly sql?: string;
}

/** A statement that may be run, and where it comes from. */
export interface Proposal {
  readonly statement: ReadOnlySql;
  readonly tables: readonly string[];
  readonly source: 'model' | 'verified';
  /** `provider:name`; undefined for a verified answer. */
  readonly model: string | undefined;
  readonly explanation: string;
  readonly assumptions: readonly string[];
  /** Passages of documents that the model was given. */
  readonly sources: readonly RetrievedPassage[];
  readonly notices: readonly string[];
}

/** The model asked back instead of answering. */
export interface Clarification {
  readonly clarification: string;
  readonly model: string;
}

const repairLimit = 2;

const noNames: NearNames = () => Promise.resolve([]);

/**
 * Answers a question with a statement, or with a question back.
 * @param trace filled in on the way, also when this throws
 * @throws KhipuError `no-model`, `ai-switched-off`, `model-*`, `unknown-name`, `refused-by-guard`, `sql-*`, `cancelled`
 */
export async function propose(
  question: string,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Proposal | Clarification> {
  onProgress({ step: 'Looking for the tables' });
  const retrieval = await timed(trace, 'retrieval', () => world.retrieve(question, signal));
  trace.retrieval = retrieval;
  const notices = [
    ...(retrieval.notice === undefined ? [] : [retrieval.notice]),
    ...(retrieval.glossary?.faults ?? []),
  ];
  if (retrieval.verified !== undefined) {
    const { statement, tables } = await timed(trace, 'check', () =>
      Promise.resolve(checkWholly(retrieval.verified?.sql ?? '', world)),
    );
    return {
      statement,
      tables,
      source: 'verified',
      model: undefined,
      explanation: '',
      assumptions: [],
      sources: [],
      notices,
    };
  }
  if (world.aiPolicy === 'off') {
    throw new KhipuError(
      'ai-switched-off',
      'This connection has AI switched off, and no verified question asks this.',
      {
        candidates: suggestions(retrieval),
      },
    );
  }
  if (retrieval.glossary?.hidesUnknown !== undefined) {
    throw new KhipuError(
      'glossary-faulty',
      `Nothing was sent to a model, because it is not known which tables the glossary hides. ${retrieval.glossary.hidesUnknown}`,
    );
  }
  const answer = await askModel(question, retrieval, world, trace, onProgress, signal);
  return 'clarification' in answer ? answer : { ...answer, notices: [...notices, ...answer.notices] };
}

async function askModel(
  question: string,
  retrieval: Retrieval,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Proposal | Clarification> {
  const { catalog } = world.shown ?? world.names;
  const messages: ChatMessage[] = promptMessages({
    question,
    catalog,
    relations: relationsOf(retrieval, catalog),
    values: retrieval.values,
    glossary: retrieval.glossary?.matches,
    examples: retrieval.examples.filter(({ sql }) => namesNothingHidden(sql, world)),
    accepted: retrieval.accepted.filter(({ sql }) => standsStill(sql, world)),
    documents: retrieval.documents,
    today: world.today,
    fence: randomFence(),
  });
  const notices = new Set<string>();
  for (let round = 0; ; round++) {
    onProgress({ step: round === 0 ? 'Asking the model' : 'Asking the model to correct itself' });
    const {
      text,
      answeredBy,
      notices: told,
    } = await exchange(messages, retrieval, world, trace, onProgress, signal);
    for (const notice of told) notices.add(notice);
    onProgress({ step: 'Checking the SQL' });
    try {
      const reply = parseReply(text);
      if (reply.kind === 'clarification')
        return { clarification: reply.question, model: modelLabel(answeredBy) };
      const { statement, tables } = await timed(trace, 'check', () => checkReply(reply, world, signal));
      if (round > 0)
        notices.add(`The model needed ${round === 1 ? 'one correction' : `${round} corrections`}.`);
      return {
        statement,
        tables,
        source: 'model',
        model: modelLabel(answeredBy),
        explanation: reply.explanation,
        assumptions: reply.assumptions,
        sources: retrieval.documents,
        notices: [...notices],
      };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (!isRepairable(error)) throw error;
      const finding = findingText(error);
      markUnusable(trace, finding);
      // A model that repeats itself will not do better a third time.
      const repeated = messages.some((message) => message.role === 'assistant' && message.content === text);
      if (round >= repairLimit || repeated) throw error;
      messages.push(...repairMessages(text, finding));
    }
  }
}

async function exchange(
  messages: readonly ChatMessage[],
  retrieval: Retrieval,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<FallbackReply> {
  const started = performance.now();
  let streamed = '';
  const sent = [...messages];
  const record = (answer: FallbackReply | undefined): void => {
    trace.exchanges.push({
      model: answer === undefined ? undefined : modelLabel(answer.answeredBy),
      locality: answer?.answeredBy.locality,
      messages: sent,
      reply: answer?.text ?? streamed,
      usage: answer?.usage ?? { inputTokens: undefined, outputTokens: undefined },
      ms: performance.now() - started,
      finding: undefined,
    });
  };
  try {
    const onText = (piece: string): void => {
      streamed += piece;
      const sql = partialSql(streamed);
      if (sql !== undefined) onProgress({ step: 'The model is writing', sql });
    };
    const answer = await timed(trace, 'model', () => world.chat({ messages, replySchema }, onText, signal));
    throwIfAborted(signal);
    record(answer);
    if (answer.truncated) {
      throw new KhipuError(
        'model-reply-unusable',
        'The model ran out of room before its reply was complete.',
      );
    }
    return answer;
  } catch (thrown) {
    const error = toKhipuError(thrown);
    // With no model to send to, nothing was sent, and the trace must not claim so.
    if (error.kind !== 'no-model' && trace.exchanges.at(-1)?.messages !== sent) record(undefined);
    if (error.kind !== 'no-model') throw error;
    throw new KhipuError('no-model', error.message, { ...error.detail, candidates: suggestions(retrieval) });
  }
}

async function checkReply(
  reply: Reply & { kind: 'sql' },
  world: ProposeWorld,
  signal: AbortSignal,
): Promise<CheckedStatement> {
  await world.parser.ready(); // it starts again after a statement that was nested too deeply
  const known = { names: world.shown ?? world.names, parser: world.parser };
  const checked = await checkMeant(reply.sql, known, world.nearNames ?? noNames, signal);
  await world.explain(checked.statement, signal);
  return checked;
}

/** What a model wrote runs only when every name in it is one that it may know. */
function checkModelStatement(sql: string, world: ProposeWorld): CheckedStatement {
  return checkWholly(sql, { names: world.shown ?? world.names, parser: world.parser });
}

/** What was accepted under another schema would teach the model names that are gone. */
function standsStill(sql: string, world: ProposeWorld): boolean {
  try {
    checkModelStatement(sql, world);
    return true;
  } catch {
    return false; // it is an example, and there are others
  }
}

/** An example that reads a hidden table would tell of it. */
function namesNothingHidden(sql: string, { shown, parser }: ProposeWorld): boolean {
  if (shown?.catalog.hiddenRelations === undefined) return true;
  return ground(parser, shown, sql).findings.every(({ what }) => what !== 'table');
}

const repairableKinds: ReadonlySet<string> = new Set([
  'model-reply-unusable',
  'refused-by-guard',
  'unknown-name',
  'sql-syntax',
  'sql-failed',
]);

function isRepairable(error: KhipuError): boolean {
  return repairableKinds.has(error.kind);
}

/** The error in the words that the model is given: what, where, and what the server hints at. */
function findingText(error: KhipuError): string {
  const { sql, position, hint } = error.detail;
  const near =
    sql === undefined || position === undefined ? '' : ` Near: ${sql.slice(position, position + 40)}`;
  return `${error.message}${near}${hint === undefined ? '' : ` Hint: ${hint}`}`;
}

function markUnusable(trace: Trace, finding: string): void {
  const last = trace.exchanges.pop();
  if (last !== undefined) trace.exchanges.push({ ...last, finding });
}

function suggestions(retrieval: Retrieval): string[] {
  return retrieval.examples.map((example) => example.question);
}

/** What the prompt shows of the tables that were retrieved. */
export function relationsOf({ tables }: Pick<Retrieval, 'tables'>, catalog: Catalog): ShownRelation[] {
  const { relation } = catalogLookup(catalog);
  return tables.flatMap(({ schema, name, columns }) => {
    const found = relation(schema, name);
    if (found === undefined || columns === undefined) return found ?? [];
    const shown = new Set(columns);
    const kept = found.columns.filter((column) => shown.has(column.name));
    return { ...found, columns: kept, omittedColumns: found.columns.length - kept.length };
  });
}
