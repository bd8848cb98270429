/** The parts as a composition root makes them, on the built bundles, over one database and the models that a test names. */
import { join } from 'node:path';
import type { Answer, AskedForRows, Costly } from '../../../src/answers.ts';
import { parseConnectionUrl, type AiPolicy, type ConnectionProfile } from '../../../src/database/profile.ts';
import { createModelChain, type ModelSettings } from '../../../src/models/modelChain.ts';
import { createParts, type Parts } from '../../../src/parts.ts';
import { glossaryFor } from '../../../src/rag/glossary.ts';
import { createGlossaryReader } from '../../../src/rag/glossaryReader.ts';
import type { Clarification } from '../../../src/query/propose.ts';
import { startTrace, type Trace } from '../../../src/query/trace.ts';
import type { ResultRow } from '../../../src/shared/resultsProtocol.ts';
import { freshFolder, repository } from '../../host/folders.ts';

export interface AskedParts extends Parts {
  /** The folder of indexes and caches, for the test to remove. */
  readonly storage: string;
  readonly log: readonly string[];
  /** What the next questions find configured. */
  models: ModelSettings;
  aiPolicy: AiPolicy;
  /** What the next questions find in khipu.yml. */
  glossary: string;
}

export const never = new AbortController().signal;
export const key = 'sk-test-4711-secret';

/**
 * @param url the one connection, whose id is `test`
 * @param documents the folder of the user's documents
 */
export async function partsOver(url: string, documents?: string): Promise<AskedParts> {
  const { profile, password } = parseConnectionUrl(url, 'test');
  const storage = await freshFolder('parts');
  const log: string[] = [];
  const settings: Pick<AskedParts, 'models' | 'aiPolicy' | 'glossary'> = {
    glossary: '',
    models: { first: 'none', then: [], ollamaUrl: '' },
    aiPolicy: 'schema',
  };
  const read = createGlossaryReader(join(repository, 'dist/glossaryWorker.cjs'));
  const parts = createParts({
    dist: join(repository, 'dist'),
    storage,
    log: (line) => log.push(line),
    models: () => createModelChain(settings.models, () => Promise.resolve(key)),
    profiles: {
      resolve: () => Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } }),
    },
    ...(documents !== undefined && {
      documentFolders: () => [{ path: documents, base: documents, optional: false }],
    }),
    glossary: async ({ name }, signal) =>
      glossaryFor([{ ...(await read(settings.glossary, signal)), path: 'khipu.yml' }], name),
    adjust: (each: ConnectionProfile) => ({ ...each, aiPolicy: settings.aiPolicy }),
    onConnectionChange: () => undefined,
  });
  return Object.assign(settings, { ...parts, storage, log });
}

export interface Asked {
  readonly trace: Trace;
  readonly outcome: Promise<Answer | Clarification | Costly>;
}

/** @param more the conversation before it, and what may be spent */
export function ask(
  parts: Parts,
  question: string,
  signal = never,
  more: Omit<AskedForRows, 'question'> = {},
): Asked {
  const trace = startTrace(question, 'test');
  const outcome = parts.connections
    .connect('test', signal)
    .then((connected) => parts.answers.ask({ question, ...more }, connected, trace, () => undefined, signal));
  outcome.catch(() => undefined); // looked at by the test
  return { trace, outcome };
}

/** All rows of an answer, which is closed. */
export async function rowsOf(outcome: Answer | Clarification | Costly): Promise<readonly ResultRow[]> {
  if (!('rows' in outcome))
    throw new Error('clarification' in outcome ? `Asked back: ${outcome.clarification}` : 'Too costly.');
  const rows = await outcome.rows.page(0, 1000, never);
  await outcome.rows.close();
  return rows;
}
