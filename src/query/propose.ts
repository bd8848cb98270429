/** The way from a question to one guarded statement: what is known of it, then a verified answer or the model's. */
import type { ReadOnlySql } from '../database/guard.ts';
import type { SqlParser } from '../database/parse.ts';
import type { AiPolicy } from '../database/profile.ts';
import type { ChatRequest } from '../models/chatModel.ts';
import type { FallbackReply } from '../models/fallback.ts';
import { mentions } from '../rag/hiddenMention.ts';
import type { RetrievedPassage, Retrieval } from '../rag/retrieval.ts';
import { KhipuError } from '../shared/errors.ts';
import { askModel } from './askModel.ts';
import { checkWholly, type NearNames } from './checkStatement.ts';
import { tellConversation, type ToldConversation, type Turn } from './conversation.ts';
import { suggestions } from './exchange.ts';
import type { NameIndex } from './ground.ts';
import { isKnownToModels } from './knownToModels.ts';
import { timed, type Trace } from './trace.ts';

/** A question, and the conversation that it goes on from. */
export interface AskedQuestion {
  readonly question: string;
  /** Oldest first; undefined for a question that starts anew. */
  readonly earlier?: readonly Turn[] | undefined;
}

/** All that the pipeline needs of the world. */
export interface ProposeWorld {
  readonly names: NameIndex;
  /** What models may know and name of it; all of it when left out. */
  readonly shown?: NameIndex | undefined;
  readonly parser: SqlParser;
  readonly aiPolicy: AiPolicy;
  /** Today as YYYY-MM-DD. */
  readonly today: string;
  /** A question that goes on from others is never answered by a verified one: its words alone are not what it asks. */
  retrieve(asked: AskedQuestion, signal: AbortSignal): Promise<Retrieval>;
  /** Names that are near in meaning to one that does not exist; none when left out. */
  readonly nearNames?: NearNames;
  /** Asks the models in the configured order. */
  chat(request: ChatRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<FallbackReply>;
  /** Has the server plan the statement; throws its error. @returns the plan as JSON; undefined for what has none */
  explain(statement: ReadOnlySql, signal: AbortSignal): Promise<string | undefined>;
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
  /** Other readings of the question, which would give other rows. */
  readonly readings: readonly string[];
  /** How the server would run it, as its JSON; undefined where it was not asked. */
  readonly planJson?: string | undefined;
  /** Passages of documents that the model was given. */
  readonly sources: readonly RetrievedPassage[];
  readonly notices: readonly string[];
}

/** The model asked back instead of answering. */
export interface Clarification {
  readonly clarification: string;
  /** Short answers to choose from; none when the model offered none. */
  readonly options: readonly string[];
  readonly model: string;
}

/**
 * Answers a question with a statement, or with a question back. Of the conversation before it, what may be told is.
 * @param trace filled in on the way, also when this throws
 * @throws KhipuError `no-model`, `ai-switched-off`, `model-*`, `unknown-name`, `refused-by-guard`, `sql-*`, `cancelled`
 */
export async function propose(
  { question, earlier }: AskedQuestion,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Proposal | Clarification> {
  onProgress({ step: 'Looking for the tables' });
  const conversation = earlier === undefined ? undefined : await told(earlier, world);
  if (conversation !== undefined) trace.conversation = conversation;
  const asked = { question, earlier: conversation?.turns };
  const retrieval = await timed(trace, 'retrieval', () => world.retrieve(asked, signal));
  trace.retrieval = retrieval;
  const notices = [
    ...brokenNotice(conversation),
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
      readings: [],
      sources: [],
      notices,
    };
  }
  if (world.aiPolicy === 'off') {
    throw new KhipuError(
      'ai-switched-off',
      earlier === undefined
        ? 'This connection has AI switched off, and no verified question asks this.'
        : 'This connection has AI switched off, and only a model can go on from a question.',
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
  const answer = await askModel(asked, retrieval, world, trace, onProgress, signal);
  return 'clarification' in answer ? answer : { ...answer, notices: [...notices, ...answer.notices] };
}

async function told(earlier: readonly Turn[], world: ProposeWorld): Promise<ToldConversation> {
  await world.parser.ready(); // it starts again after a statement that was nested too deeply
  const { catalog } = world.shown ?? world.names;
  return tellConversation(earlier, {
    aiPolicy: world.aiPolicy,
    mayBeTold: (sql) => isKnownToModels(sql, world),
    tellsOfHidden: mentions(catalog.hiddenRelations),
  });
}

/** An answer that does not know what it goes on from must say so. */
function brokenNotice(conversation: ToldConversation | undefined): string[] {
  if (conversation?.broken !== true) return [];
  return [`The model was not told what this goes on from. ${conversation.leftOut[0] ?? ''}`.trim()];
}
