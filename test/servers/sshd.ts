/** A real sshd for tests: on a free port of loopback, with a configuration, a host key and users' keys of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackages } from '../host/systemPackages.ts';
import { treeOf } from '../host/processTree.ts';
import { freePort } from './postgres.ts';

const run = promisify(execFile);
const program = '/usr/sbin/sshd';

export interface Sshd {
  readonly port: number;
  /** The only user who can be let in: the one that the tests run as. */
  readonly user: string;
  /** A directory for what a test writes; it goes with the server. */
  readonly folder: string;
  /** `type key` of the host. */
  readonly hostKey: string;
  /** Path of a new private key; the host lets it in unless it is a stranger's. */
  makeKey(name: string, flags: readonly string[], isStranger?: boolean): Promise<string>;
  /** Ends it at once, with every connection. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Processes of connections that it serves now. */
  connections(): number;
  dispose(): Promise<void>;
}

/** @param settings lines of sshd_config that go before the usual ones; sshd takes the first it finds */
export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  if (!existsSync(program))
    await installPackages(
      ['openssh-server', 'openssh-client'],
      () => undefined,
      AbortSignal.timeout(300_000),
    );
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(tmpdir(), 'khipu-sshd-'));
  const at = (name: string): string => join(folder, name);
  const port = await freePort();
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('host')]);
  await writeFile(at('authorized_keys'), '', { mode: 0o600 });
  const lines = [
    ...settings,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    `PidFile ${at('pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
  ];
  await writeFile(at('sshd_config'), `${lines.join('\n')}\n`);
  let server: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const { pid } = server ?? {};
    if (server === undefined || pid === undefined || server.exitCode !== null || server.signalCode !== null)
      return;
    const exited = once(server, 'exit');
    for (const each of treeOf(pid)) killNow(each);
    await exited;
  };
  const start = async (): Promise<void> => {
    server = await serve(at('sshd_config'));
  };
  await start();
  return {
    port,
    user: userInfo().username,
    folder,
    hostKey: (await readFile(at('host.pub'), 'utf8')).trim(),
    async makeKey(name, flags, isStranger = false) {
      await run('ssh-keygen', ['-q', ...flags, '-C', name, '-f', at(name)]);
      const known = await readFile(at('authorized_keys'), 'utf8');
      const line = await readFile(at(`${name}.pub`), 'utf8');
      if (!isStranger) await writeFile(at('authorized_keys'), known + line);
      return at(name);
    },
    kill,
    start,
    connections: () => (server?.pid === undefined ? 0 : treeOf(server.pid).length - 1),
    async dispose() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(config: string): Promise<ChildProcess> {
  const server = spawn(program, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ready = Promise.withResolvers<undefined>();
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('Server listening')) ready.resolve(undefined);
  });
  server.once('error', ready.reject);
  server.once('exit', () => ready.reject(new Error(`sshd ended: ${said}`)));
  await ready.promise;
  return server;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
