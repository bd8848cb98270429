/** Makes the long-lived parts that both composition roots share, wired by hand, from paths and what the root knows of its user. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAnswers, type AnswerParts, type Answers } from './answers.ts';
import { Connections, type ProfileSource } from './database/connections.ts';
import { loadParser, type SqlParser } from './database/parse.ts';
import { connectionProfile, type ConnectionProfile } from './database/profile.ts';
import type { Fallback } from './models/fallback.ts';
import { emptyGlossary } from './rag/glossary.ts';
import type { IndexState } from './rag/indexState.ts';
import {
  createDocumentLibrary,
  type DocumentLibrary,
  type DocumentLibraryOptions,
} from './rag/documentLibrary.ts';
import { createKnowledge, type Knowledge, type KnowledgeOptions } from './rag/knowledge.ts';
import type { VerifiedQuestion } from './rag/retrieval.ts';
import { parseVerified } from './rag/verified.ts';
import { createStatementHelp, type HelpWithStatement } from './statementHelp.ts';
import { sampleProfileId } from './sample/profileId.ts';
import { createSampleDatabase, type SampleDatabase } from './sample/sampleDatabase.ts';

export interface PartsOptions {
  /** Absolute path of the bundles: child processes, vectors, the sample's SQL. */
  readonly dist: string;
  /** Absolute path of a directory of our own, for indexes and caches. */
  readonly storage: string;
  readonly log: (line: string) => void;
  readonly models: () => Fallback | Promise<Fallback>;
  /** Which embedder makes indexes; the built-in one when left out. */
  readonly indexSetup?: KnowledgeOptions['setup'];
  /** Folders of documents, as named now; none when left out. */
  readonly documentFolders?: DocumentLibraryOptions['folders'];
  /** Told of each change of the index of a profile's database. */
  readonly onIndexState?: (profileId: string, state: IndexState) => void;
  /** The user's own verified questions for a profile; the same list as long as they are the same. */
  readonly verified?: (profileId: string) => Promise<readonly VerifiedQuestion[]>;
  /** Profiles other than the sample's. */
  readonly profiles: ProfileSource;
  /** Questions of a profile whose SQL was accepted; the same list as long as they are the same. */
  readonly history?: AnswerParts['history'];
  /** Changes to every profile before it is connected to: limits and policies that this run sets for all. */
  readonly adjust?: (profile: ConnectionProfile) => ConnectionProfile;
  /** What the user's glossary says of a connection's database; nothing when left out. */
  readonly glossary?: AnswerParts['glossary'];
  /** Told with the id of a profile that connected, changed or ended. */
  readonly onConnectionChange: (profileId: string) => void;
}

export interface Parts {
  readonly answers: Answers;
  readonly help: HelpWithStatement;
  readonly connections: Connections;
  readonly knowledge: Knowledge;
  readonly documents: DocumentLibrary;
  readonly sample: SampleDatabase;
  /** Postgres's grammar, loaded at first use. */
  parser(): Promise<SqlParser>;
  /** The verified questions of a profile: the user's own, and those that come with the sample. */
  verified(profileId: string): Promise<readonly VerifiedQuestion[]>;
  /** Ends every process and connection. */
  dispose(): Promise<void>;
}

/** Longer statements are refused: parsing 100 KB takes 18 ms, and the editor's thread is not held for more than 50. */
const maxStatementBytes = 100_000;

/** Makes the parts; nothing is started, connected or read before it is used. */
export function createParts(options: PartsOptions): Parts {
  const { dist, storage, log } = options;
  const sample = createSampleDatabase({
    entry: join(dist, 'sampleServer.mjs'),
    sqlDirectory: join(dist, 'sample'),
    cacheDirectory: join(storage, 'sample'),
    log,
    onDidStop: () => void connections.disconnect(sampleProfileId),
  });
  const knowledge = createKnowledge({
    workerEntry: join(dist, 'ragWorker.cjs'),
    vectorsPath: join(dist, 'vectors.bin'),
    storageDirectory: join(storage, 'index'),
    log,
    ...(options.indexSetup !== undefined && { setup: options.indexSetup }),
    ...(options.onIndexState !== undefined && { onState: options.onIndexState }),
  });
  const documents = createDocumentLibrary({
    readerEntry: join(dist, 'documentReader.cjs'),
    folders: options.documentFolders ?? (() => []),
    log,
  });
  const { adjust = (profile: ConnectionProfile) => profile } = options;
  const resolve: ProfileSource['resolve'] = async (id, signal) => {
    const target = await (id === sampleProfileId
      ? sampleTarget(sample, () => connections, signal)
      : options.profiles.resolve(id, signal));
    return { ...target, profile: adjust(target.profile) };
  };
  const connections: Connections = new Connections({ resolve }, options.onConnectionChange);
  let loading: Promise<SqlParser> | undefined;
  const parser = (): Promise<SqlParser> => (loading ??= loadParser(maxStatementBytes));
  const verified = withSampleQuestions(join(dist, 'sample', 'verified.sql'), options.verified);
  const glossary = options.glossary ?? (() => Promise.resolve(emptyGlossary));
  const answers = createAnswers({
    knowledge,
    models: options.models,
    parser,
    verified,
    history: options.history,
    glossary,
    documents: () => documents.current,
    log,
  });
  return {
    answers,
    help: createStatementHelp({ models: options.models, parser, glossary }),
    connections,
    knowledge,
    documents,
    sample,
    parser,
    verified,
    async dispose() {
      await Promise.all([connections.dispose(), knowledge.dispose(), documents.dispose()]);
      await sample.dispose();
    },
  };
}

/** The user's own come first: what he has verified himself is what he means. */
function withSampleQuestions(
  file: string,
  own: (profileId: string) => Promise<readonly VerifiedQuestion[]> = () => Promise.resolve(none),
): Parts['verified'] {
  let reading: Promise<readonly VerifiedQuestion[]> | undefined;
  let joined:
    { readonly own: readonly VerifiedQuestion[]; readonly all: readonly VerifiedQuestion[] } | undefined;
  return async (profileId) => {
    const mine = await own(profileId);
    if (profileId !== sampleProfileId) return mine;
    const sample = await (reading ??= readFile(file, 'utf8').then(parseVerified));
    if (joined?.own !== mine) joined = { own: mine, all: [...mine, ...sample] };
    return joined.all;
  };
}

const none: readonly VerifiedQuestion[] = [];

/** The sample as a connection: it needs no password, and is interrupted by starting it anew. */
async function sampleTarget(
  sample: SampleDatabase,
  connections: () => Connections,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<ProfileSource['resolve']>>> {
  const { host, port, database, user } = await sample.start(signal);
  const profile: ConnectionProfile = connectionProfile.parse({
    id: sampleProfileId,
    name: 'Sample shop',
    host,
    port,
    database,
    user,
    tls: 'disable',
    singleSession: true,
  });
  let interrupting: Promise<unknown> | undefined;
  const interrupt = async (): Promise<void> => {
    // Closing the connection interrupts what it still runs: once is enough.
    interrupting ??= (() => {
      // Disconnected first: who connects meanwhile waits for the fresh process, and is not sent to the one that ends.
      void connections().disconnect(sampleProfileId);
      return sample.restart(AbortSignal.timeout(60_000));
    })();
    await interrupting;
  };
  return { profile, context: { password: () => Promise.resolve(undefined), interrupt } };
}
