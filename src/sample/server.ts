/** The sample database's process: loads the shop into PGlite and serves it until the parent goes away. */
import { startSample } from '../shared/sampleProtocol.ts';
import { serveParent } from '../shared/childProcess.ts';
import { KhipuError } from '../shared/errors.ts';
import { openSample } from './engine.ts';
import { watchParent } from './parentWatch.ts';
import { listen, type Listening } from './socket.ts';
import type { PGlite } from '@electric-sql/pglite';

const warn = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * An exception inside the engine (not an error of SQL) leaves pglite-socket's queue stuck for ever, with every client
 * waiting: better to end, so that the parent can start a fresh process.
 */
function endOnEngineFault(db: PGlite): void {
  const stream = db.execProtocolRawStream.bind(db);
  db.execProtocolRawStream = async (message, options) => {
    try {
      await stream(message, options);
    } catch (error) {
      warn(`the engine failed: ${String(error)}`);
      process.exit(1);
    }
  };
}

function serve(): void {
  const state: { listening?: Promise<Listening> } = {};
  const end = async (): Promise<void> => {
    await (await state.listening)?.stop();
  };
  const peer = serveParent(end);
  // Ctrl+C in a terminal reaches the whole group; whether to end is the parent's decision, and its end is noticed.
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', () => {
    end()
      .catch((error: unknown) => warn(String(error)))
      .finally(() => process.exit(0));
  });
  peer.onCall(startSample, async ({ cacheDirectory, sqlDirectory }) => {
    if (state.listening !== undefined)
      throw new KhipuError('internal', 'The sample has been started already.');
    const startedAt = performance.now();
    const opened = openSample({ cacheDirectory, sqlDirectory, warn });
    state.listening = opened.then(({ db }) => {
      endOnEngineFault(db);
      return listen(db, process.platform);
    });
    const [{ cached }, { host, port }] = await Promise.all([opened, state.listening]);
    watchParent(process.platform === 'win32' ? undefined : host);
    return { host, port, cached, ms: Math.round(performance.now() - startedAt) };
  });
}

serve();
