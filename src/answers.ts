/** From a question or a statement to open rows, on the parts that both composition roots share; nothing of VS Code. */
import { randomUUID } from 'node:crypto';
import { aroundOf, openRows, type RunAround } from './database/answerRows.ts';
import { findWritten } from './database/catalogLookup.ts';
import type { Connected } from './database/connections.ts';
import { costOf, priceOf } from './database/plannedCost.ts';
import { explainOnly, openResult } from './database/execute.ts';
import type { ReadOnlySql } from './database/guard.ts';
import type { ParameterValues } from './database/parameters.ts';
import type { ConnectionProfile } from './database/profile.ts';
import type { SqlParser } from './database/parse.ts';
import { lookOf } from './database/profileLook.ts';
import { allowsSamples, ProfiledCatalogs } from './database/profiledCatalogs.ts';
import { explainPlan, type ExplainedPlan } from './database/plan.ts';
import type { ResultPages } from './database/resultPages.ts';
import type { Fallback } from './models/fallback.ts';
import { indexNames, type Finding, type NameIndex } from './query/ground.ts';
import {
  propose,
  type AskedQuestion,
  type Clarification,
  type Progress,
  type Proposal,
} from './query/propose.ts';
import { timed, usageOf, type Trace } from './query/trace.ts';
import { checkUserStatement, inSource } from './query/userStatement.ts';
import { CheckedVerified, withStaleNotice, type CheckedQuestions } from './query/verifiedCheck.ts';
import type { Glossary } from './rag/glossary.ts';
import type { Knowledge } from './rag/knowledge.ts';
import type { DocumentSet } from './rag/documentSet.ts';
import type { RetrievedPassage, VerifiedQuestion } from './rag/retrieval.ts';
import type { PrepareReport, Subject } from './rag/subject.ts';
import { ShownCatalogs } from './rag/shownCatalog.ts';
import { sampleProfileId } from './sample/profileId.ts';
import { costSentence, type PlannedCost } from './shared/costProtocol.ts';
import { KhipuError, toKhipuError, withHint } from './shared/errors.ts';
import type { Plan } from './shared/planProtocol.ts';
import type { AnswerHeader, Citation } from './shared/resultsProtocol.ts';

/** The long-lived parts that a question passes through. */
export interface AnswerParts {
  readonly knowledge: Knowledge;
  /** The models as configured now. */
  readonly models: () => Fallback | Promise<Fallback>;
  readonly parser: () => Promise<SqlParser>;
  /** The verified questions of a profile; the same list as long as they are the same. */
  readonly verified: (profileId: string) => Promise<readonly VerifiedQuestion[]>;
  /** Questions of a profile whose SQL was accepted; the same list as long as they are the same. */
  readonly history?: ((profileId: string) => Promise<readonly VerifiedQuestion[]>) | undefined;
  /** What the user's glossary says of a connection's database. */
  readonly glossary: (profile: ConnectionProfile, signal: AbortSignal) => Promise<Glossary>;
  /** What the user's documents say, as far as they have been read. */
  readonly documents: () => DocumentSet | undefined;
  readonly log: (line: string) => void;
}

/** Rows that may be looked at, and what the answer says of itself. The receiver closes the rows. */
export interface Answer {
  readonly id: string;
  readonly header: AnswerHeader;
  readonly rows: ResultPages;
  /** What gave the rows, to be run again for an export. */
  readonly statement: ReadOnlySql;
  readonly runAround: RunAround;
}

/** A plan, and what it is the plan of. */
export interface Explanation {
  readonly header: AnswerHeader;
  readonly statement: ReadOnlySql;
  readonly explained: ExplainedPlan;
}

/** A statement that would cost more than the user wants to spend unasked: it has not been run. */
export interface Costly {
  readonly header: AnswerHeader;
  readonly statement: ReadOnlySql;
  readonly cost: PlannedCost;
  readonly costLimit: number;
  /** Undefined where it is too long to be shown. */
  readonly plan: Plan | undefined;
}

/** A question that is to be answered with rows. */
export interface AskedForRows extends AskedQuestion {
  /** A plan that costs more, in the planner's units, is not run unasked; 0 or undefined: none asks. */
  readonly costLimit?: number | undefined;
}

/** A statement as the user wrote it, and what is bound to its parameters. */
export interface UserStatement {
  readonly sql: string;
  readonly parameters?: ParameterValues;
}

export interface Answers {
  /**
   * Answers a question.
   * @param trace filled in on the way, also when this throws
   * @throws KhipuError of any room
   */
  ask(
    asked: AskedForRows,
    connected: Connected,
    trace: Trace,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Answer | Clarification | Costly>;
  /**
   * Runs what was too costly to be run unasked.
   * @throws KhipuError of the database
   */
  proceed(costly: Costly, connected: Connected, trace: Trace, signal: AbortSignal): Promise<Answer>;
  /**
   * Turns a question into a checked statement without running it.
   * @throws KhipuError of any room
   */
  generate(
    asked: AskedQuestion,
    connected: Connected,
    trace: Trace,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Proposal | Clarification>;
  /**
   * Runs a statement that the user wrote, guarded like any other.
   * @throws KhipuError of the guard or the database
   */
  run(statement: UserStatement, connected: Connected, signal: AbortSignal): Promise<Answer>;
  /**
   * Asks how a statement that the user wrote would be run or, with `analyze`, how it ran; guarded like any other.
   * @throws KhipuError of the guard or the database
   */
  explain(
    written: UserStatement,
    connected: Connected,
    options: { readonly analyze: boolean },
    signal: AbortSignal,
  ): Promise<Explanation>;
  /** Holds the verified questions of a connection against its catalog. */
  checkVerified(connected: Connected): Promise<CheckedQuestions>;
  /** Brings the index up to date for a catalog; a failure degrades retrieval and is logged. */
  index(connected: Connected, signal: AbortSignal): Promise<void>;
  /**
   * Throws the index away and makes it anew.
   * @throws KhipuError `cancelled`; every other failure is in the report, for another index answers
   */
  rebuildIndex(connected: Connected, signal: AbortSignal): Promise<PrepareReport>;
}

/** Wires the rooms of a question together. */
export function createAnswers(parts: AnswerParts): Answers {
  const indexes = new WeakMap<object, NameIndex>();
  const profiled = new ProfiledCatalogs(parts.log);
  const shown = new ShownCatalogs();
  const namesOf = ({ catalog }: Pick<Subject, 'catalog'>): NameIndex => {
    const names = indexes.get(catalog) ?? indexNames(catalog);
    indexes.set(catalog, names);
    return names;
  };

  const checked = new CheckedVerified(async (catalog) => ({
    names: namesOf({ catalog }),
    parser: await parts.parser(),
  }));
  const checkedOf = async ({ profile, catalog }: Connected): Promise<CheckedQuestions> =>
    checked.of(await parts.verified(profile.id), catalog);

  const subjectOf = async (connected: Connected, signal: AbortSignal): Promise<Subject> => {
    const { profile } = connected;
    const catalog = await profiled.of(connected, signal);
    const glossary = await parts.glossary(profile, signal);
    return {
      databaseKey: profile.id,
      catalog: await shown.of(catalog, glossary, signal),
      verified: (await checkedOf(connected)).fresh,
      history: (await parts.history?.(profile.id)) ?? nothingAccepted,
      documents: parts.documents(),
      glossary,
      confined: profile.aiPolicy === 'off' || glossary.hidesUnknown !== undefined,
      sharedKey: sharedKeyOf(profile),
    };
  };

  const generate: Answers['generate'] = async (asked, connected, trace, onProgress, signal) => {
    const { profile, database } = connected;
    const models = await parts.models();
    const subject = await subjectOf(connected, signal);
    const { stale } = await checkedOf(connected);
    const world = {
      names: namesOf(connected),
      shown: namesOf(subject),
      parser: await parts.parser(),
      aiPolicy: profile.aiPolicy,
      today: new Date().toISOString().slice(0, 10),
      retrieve: async ({ question, earlier }: AskedQuestion, abort: AbortSignal) => {
        const found = await parts.knowledge.retrieve({ ...subject, question, earlier }, abort);
        return earlier === undefined ? withStaleNotice(found, question, stale) : found;
      },
      nearNames: parts.knowledge.nearNames.bind(parts.knowledge),
      chat: models.chat.bind(models),
      explain: explainOnly.bind(undefined, database),
    };
    const proposed = await propose(asked, world, trace, onProgress, signal).catch((thrown: unknown) => {
      throw withHiddenNames(toKhipuError(thrown), connected);
    });
    if ('clarification' in proposed)
      trace.askedBack = { question: proposed.clarification, options: proposed.options };
    else trace.sql = proposed.statement.text;
    return proposed;
  };

  const check = async (written: UserStatement, connected: Connected) => {
    const world = { names: namesOf(connected), parser: await parts.parser() };
    const { statement, tables, findings, header } = checkUserStatement(written, world);
    const proposal: Proposal = {
      statement,
      tables,
      source: 'verified',
      model: undefined,
      explanation: '',
      assumptions: [],
      readings: [],
      sources: [],
      notices: [],
    };
    const made: AnswerHeader = { ...headerOf(proposal, undefined, connected), source: 'typed', ...header };
    return { statement, findings, header: made };
  };

  const answerOf = (connected: Connected, made: Pick<Answer, 'header' | 'rows' | 'statement'>): Answer => ({
    id: randomUUID(),
    ...made,
    runAround: aroundOf(connected, parts.parser),
  });

  return {
    generate,
    async ask(asked, connected, trace, onProgress, signal) {
      return traced(trace, async () => {
        const proposed = await generate(asked, connected, trace, onProgress, signal);
        if ('clarification' in proposed) return proposed;
        const { statement } = proposed;
        const header = { ...headerOf(proposed, asked.question, connected), ...usageOf(trace) };
        const costly = await costlyOf(proposed, header, asked.costLimit ?? 0, connected, trace, signal);
        if (costly !== undefined) return costly;
        onProgress({ step: 'Running the statement', sql: statement.text });
        const rows = await timed(trace, 'execute', () => openResult(connected.database, statement, signal));
        return answerOf(connected, { header, rows, statement });
      });
    },
    async proceed({ header, statement, cost }, connected, trace, signal) {
      return traced(trace, async () => {
        trace.planned = `${costSentence(cost, 'en')} The user had it run.`;
        const rows = await timed(trace, 'execute', () => openResult(connected.database, statement, signal));
        return answerOf(connected, { header, rows, statement });
      });
    },
    async run(written, connected, signal) {
      const { statement, header, findings } = await check(written, connected);
      const rows = await openRows(connected, statement, signal).catch((thrown: unknown) => {
        throw inSource(withCandidates(toKhipuError(thrown), findings), written.sql, statement);
      });
      return answerOf(connected, { header, rows, statement });
    },
    async explain(written, connected, options, signal) {
      const { statement, header, findings } = await check(written, connected);
      const explained = await explainPlan(connected.database, statement, options, signal).catch(
        (thrown: unknown) => {
          throw inSource(withCandidates(toKhipuError(thrown), findings), written.sql, statement);
        },
      );
      return { header, statement, explained };
    },
    checkVerified: checkedOf,
    async index(connected, signal) {
      const { profile } = connected;
      try {
        const report = await parts.knowledge.prepare(await subjectOf(connected, signal), signal);
        const { added, removed, kept, ms, engine, embedder } = report;
        parts.log(
          `Index of ${profile.name} (${engine}, ${embedder}): ${added} new, ${removed} gone, ${kept} kept in ${ms.toFixed(0)} ms.`,
        );
      } catch (thrown) {
        const error = toKhipuError(thrown);
        if (error.kind !== 'cancelled') parts.log(`Index of ${profile.name}: ${error.message}`);
      }
    },
    async rebuildIndex(connected, signal) {
      return await parts.knowledge.rebuild(await subjectOf(connected, signal), signal);
    },
  };
}

/** Keeps in the trace what failed. */
async function traced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = toKhipuError(thrown);
    trace.error = error.message;
    throw error;
  }
}

/** What the model's check had the server plan is not planned again; a verified answer is planned for this alone. */
async function costlyOf(
  { statement, planJson }: Proposal,
  header: AnswerHeader,
  costLimit: number,
  { database, catalog }: Connected,
  trace: Trace,
  signal: AbortSignal,
): Promise<Costly | undefined> {
  if (costLimit <= 0) return undefined;
  const json = planJson ?? (await explainOnly(database, statement, signal));
  if (json === undefined) return undefined;
  const head = costOf(json);
  if (head.total <= costLimit) {
    trace.planned = costSentence(head, 'en');
    return undefined;
  }
  const { cost, plan } = priceOf(json, catalog);
  trace.planned = `${costSentence(cost, 'en')} It was not run unasked.`;
  return { header, statement, cost, costLimit, plan };
}

const nothingAccepted: readonly VerifiedQuestion[] = [];

/** Names a database alike for all who reach it in the same way and may index the same of it; the sample is everyone's own. */
function sharedKeyOf({ id, host, port, database, ssh, aiPolicy }: ConnectionProfile): string | undefined {
  if (id === sampleProfileId) return undefined;
  const place = `${host.toLowerCase()}:${port}/${database}`;
  return `${ssh === undefined ? '' : `${ssh.host}>`}${place}${allowsSamples(aiPolicy) ? ' with samples' : ''}`;
}

/** A user's statement is the server's to judge; when it misses a name, grounding knows the near ones. */
function withCandidates(error: KhipuError, findings: readonly Finding[]): KhipuError {
  const candidates = findings.flatMap((finding) => finding.candidates);
  if (error.kind !== 'sql-failed' || candidates.length === 0) return error;
  return new KhipuError(error.kind, error.message, { ...error.detail, candidates }, { cause: error });
}

/** A table that a model named and that exists is one that the glossary hides: the user is told so, the model was not. */
function withHiddenNames(error: KhipuError, { catalog }: Connected): KhipuError {
  const { subject = '' } = error.detail;
  if (error.kind !== 'unknown-name' || findWritten(catalog, subject) === undefined) return error;
  return withHint(error, `The glossary (.khipu/khipu.yml) hides ${subject} from models.`);
}

function citationOf({ path, file, heading, place }: RetrievedPassage): Citation {
  return { path, file, heading: [...heading], ...place };
}

/** What the server keeps from this role, the guard cannot judge by: the reader is told, and the role is what protects. */
function missingNotices({ catalog }: Connected): string[] {
  const parts = (catalog.missing ?? []).map(({ part }) => part);
  if (parts.length === 0) return [];
  return [
    `This server does not let the connection's role read ${parts.join(', ')}, so nothing is checked against that.`,
  ];
}

function transactionNotices({ reader }: Connected): string[] {
  return reader === undefined ? [] : ['Read inside the open transaction.'];
}

function headerOf(proposal: Proposal, question: string | undefined, connected: Connected): AnswerHeader {
  return {
    question,
    sql: proposal.statement.text,
    tables: [...proposal.tables],
    source: proposal.source,
    model: proposal.model,
    explanation: proposal.explanation === '' ? undefined : proposal.explanation,
    assumptions: [...proposal.assumptions],
    ...(proposal.readings.length === 0 ? {} : { readings: [...proposal.readings] }),
    ...(proposal.sources.length === 0 ? {} : { sources: proposal.sources.map(citationOf) }),
    notices: [...proposal.notices, ...missingNotices(connected), ...transactionNotices(connected)],
    connection: connected.profile.name,
    connectionLook: lookOf(connected.profile),
    ...(connected.reader === undefined ? {} : { inTransaction: true }),
  };
}
