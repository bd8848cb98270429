/** The product's own path from a database to what a question is told: connection, catalog, index process, retrieval. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Connected } from '../../src/database/connections.ts';
import { parseConnectionUrl } from '../../src/database/profile.ts';
import { createParts } from '../../src/parts.ts';
import type { Retrieval } from '../../src/rag/retrieval.ts';
import type { PrepareReport } from '../../src/rag/subject.ts';
import { KhipuError } from '../../src/shared/errors.ts';
import type { PostgresServer } from '../servers/postgres.ts';

export interface ProductPath {
  readonly connected: Connected;
  /** The index process as it runs now. */
  readonly processId: number | undefined;
  index(signal: AbortSignal): Promise<PrepareReport>;
  retrieve(question: string, signal: AbortSignal): Promise<Retrieval>;
  dispose(): Promise<void>;
}

/** @param storage of an earlier path, to find its index again; a directory of its own when not given */
export async function productPath(
  server: PostgresServer,
  database: string,
  signal: AbortSignal,
  storage?: string,
): Promise<ProductPath> {
  const own = storage === undefined ? await mkdtemp(join(tmpdir(), 'khipu-bench-')) : undefined;
  const { profile, password } = parseConnectionUrl(server.url(database, 'disable'), 'bench');
  const parts = createParts({
    dist: resolve('dist'),
    storage: storage ?? own ?? '',
    log: () => undefined,
    models: () => Promise.reject(new KhipuError('no-model', 'A benchmark asks no model.')),
    profiles: {
      resolve: () => Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } }),
    },
    onConnectionChange: () => undefined,
  });
  const dispose = async (): Promise<void> => {
    await parts.dispose();
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  };
  try {
    const connected = await parts.connections.connect(profile.id, signal);
    const subject = { databaseKey: profile.id, catalog: connected.catalog, verified: [] };
    return {
      connected,
      get processId() {
        return parts.knowledge.processId;
      },
      index: (abort) => parts.knowledge.prepare(subject, abort),
      retrieve: (question, abort) => parts.knowledge.retrieve({ ...subject, question }, abort),
      dispose,
    };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}
