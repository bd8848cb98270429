/** The Postgres that the system brings (15 in the images used here), where there is one, started on a Unix socket. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = '/usr/lib/postgresql';

/** Directory of its programs; undefined where only a client or nothing is installed. */
export const systemPostgres: string | undefined = existsSync(root)
  ? readdirSync(root)
      .map((version) => join(root, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
  : undefined;

export interface SystemServer {
  /** Directory of its socket. */
  readonly host: string;
  readonly user: string;
  dispose(): Promise<void>;
}

/** Starts it on fresh data; as root, in the name of the user `postgres`, which its programs insist on. */
export async function startSystemPostgres(bin: string): Promise<SystemServer> {
  const account = await serverAccount();
  const directory = await mkdtemp(join(tmpdir(), 'khipu-system-'));
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid ?? -1);
  const data = join(directory, 'data');
  const options = { ...account, cwd: directory };
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '--locale=C', '-E', 'UTF8'],
    options,
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${directory}`, 'fsync=off'];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  const ready = Promise.withResolvers<undefined>();
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('ready to accept connections')) ready.resolve(undefined);
  });
  server.once('error', ready.reject);
  void exited.then(() => ready.reject(new Error(`The server ended: ${said}`)));
  const dispose = async (): Promise<void> => {
    server.kill('SIGQUIT');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready.promise;
  } catch (error) {
    await dispose();
    throw error;
  }
  return { host: directory, user: 'postgres', dispose };
}

async function serverAccount(): Promise<{ uid?: number; gid?: number }> {
  if (userInfo().uid !== 0) return {};
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
