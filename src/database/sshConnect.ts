/** Connects to an SSH host: checks that it is the right one, signs in, and says in words what failed. */
import { connect as connectSocket } from 'node:net';
import ssh2, { type Client } from 'ssh2';
import { cancelled, KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { SshContext } from './connectContext.ts';
import { HostKeys } from './hostKeys.ts';
import { knownHostName } from './knownHosts.ts';
import type { SshHost } from './profile.ts';
import { SshAuthentication, type SshMemory } from './sshAuthentication.ts';
import { fromSshError } from './sshErrors.ts';
import { TimeLimit } from './timeLimit.ts';

/** A host that falls silent is noticed after three of these. */
const keepaliveMs = 15_000;

/**
 * Resolves with a client that is signed in.
 * @param limitMs how long the host may take; the time in which the user is asked does not count
 * @throws KhipuError `tunnel-failed`, `tunnel-authentication-failed`, `host-key-unknown`, `host-key-changed`, `unknown-host`,
 *   `timeout`, `cancelled`
 */
export async function connectSsh(
  ssh: SshHost,
  context: SshContext,
  memory: SshMemory,
  limitMs: number,
  signal: AbortSignal,
): Promise<Client> {
  const hostKeys = await HostKeys.read(ssh, memory.acceptedHosts);
  throwIfAborted(signal);
  const name = knownHostName(ssh.host, ssh.port);
  const socket = connectSocket({ host: ssh.host, port: ssh.port, noDelay: true, keepAlive: true });
  const client = new ssh2.Client();
  const done = Promise.withResolvers<undefined>();
  const over = new AbortController(); // closes the questions that are still open
  const fail = (error: unknown): void => {
    done.reject(fromSshError(error, ssh));
    over.abort(error);
    socket.destroy();
  };
  const limit = new TimeLimit(limitMs, () =>
    fail(new KhipuError('timeout', `${name} did not answer in time.`, { subject: name })),
  );
  const asking = <T>(question: () => Promise<T>): Promise<T> => limit.pausedFor(question);
  const authentication = new SshAuthentication({ ssh, context, memory, asking, fail, signal: over.signal });
  const onAbort = (): void => fail(cancelled(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  client.on('ready', () => done.resolve(undefined));
  // These listeners stay: an error without one would end the process.
  client.on('error', (error) => (isOfAgent(error) ? authentication.noteAgentProblem(error) : fail(error)));
  client.on('close', () =>
    fail(new KhipuError('tunnel-failed', `${name} closed the connection.`, { subject: name })),
  );
  client.connect({
    sock: socket,
    username: ssh.user,
    readyTimeout: 0,
    keepaliveInterval: keepaliveMs,
    algorithms: { serverHostKey: hostKeys.algorithms },
    hostVerifier: (key: Buffer, verify: (isTrusted: boolean) => void) => {
      asking(() => hostKeys.check(key, context, over.signal)).then(() => verify(true), fail);
    },
    authHandler: (left: readonly string[] | null, isPartial: boolean | null, next) => {
      authentication.next(left ?? undefined, isPartial === true).then(next, fail);
    },
  });
  try {
    await done.promise;
    return client;
  } finally {
    limit.end();
    signal.removeEventListener('abort', onAbort);
  }
}

function isOfAgent(error: Error): boolean {
  return 'level' in error && error.level === 'agent';
}
