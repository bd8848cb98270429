/** Makes the sample reachable by any Postgres client of this user, and of no one else where the system allows it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { socketDirectoryPrefix } from './socketDirectory.ts';

export interface Listening {
  /** What `pg` takes as host: the directory of the Unix socket, or the loopback address on Windows. */
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

const socketPort = 5432;
// sun_path holds 104 bytes on macOS, and the name .s.PGSQL.5432 needs 14 of them.
const longestDirectory = 88;
const connections = 16;

/**
 * Listens for clients. PGlite checks no password, so the socket lies in a fresh directory of mode 0700.
 * @param db the engine; all clients share its one session
 * @param platform as `process.platform` has it
 * @throws when the socket cannot be made
 */
export async function listen(db: PGlite, platform: NodeJS.Platform): Promise<Listening> {
  if (platform === 'win32') {
    const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: connections });
    await server.start();
    const [host = '', port = ''] = server.getServerConn().split(':');
    return { host, port: Number(port), stop: () => server.stop() };
  }
  const parent =
    join(tmpdir(), `${socketDirectoryPrefix}123456`).length <= longestDirectory ? tmpdir() : '/tmp';
  const host = await mkdtemp(join(parent, socketDirectoryPrefix));
  const path = join(host, `.s.PGSQL.${socketPort}`);
  const server = new PGLiteSocketServer({ db, path, maxConnections: connections });
  await server.start();
  return {
    host,
    port: socketPort,
    async stop() {
      await server.stop();
      await rm(host, { recursive: true, force: true });
    },
  };
}
