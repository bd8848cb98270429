/** An SSH tunnel: one connection to a host, a channel for each connection to the database, and a new one when it was cut. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { KhipuError } from '../shared/errors.ts';
import { SharedAttempt } from '../shared/sharedAttempt.ts';
import type { SshContext } from './connectContext.ts';
import { knownHostName } from './knownHosts.ts';
import type { SshHost } from './profile.ts';
import type { Reach, ServerSocket } from './reach.ts';
import type { SshMemory } from './sshAuthentication.ts';
import { connectSsh } from './sshConnect.ts';
import { fromForwardError } from './sshErrors.ts';
import { TunnelSocket, type SocketTarget } from './tunnelSocket.ts';

/** How long the host may take to say goodbye, in milliseconds. */
const goodbyeMs = 1000;

export class Tunnel implements Reach {
  readonly #ssh: SshHost;
  readonly #connecting: SharedAttempt<Client>;
  readonly #sockets = new Set<TunnelSocket>();
  readonly #memory: SshMemory = { key: undefined, password: undefined, acceptedHosts: new Set() };
  #client: Client | undefined;

  constructor(ssh: SshHost, context: SshContext, timeLimitMs: number) {
    this.#ssh = ssh;
    this.#connecting = new SharedAttempt(async (signal) => {
      const client = await connectSsh(ssh, context, this.#memory, timeLimitMs, signal);
      client.once('close', () => this.#lost(client));
      return (this.#client = client);
    }, closeClient);
  }

  async ready(signal: AbortSignal): Promise<void> {
    await this.#connecting.get(signal);
  }

  socket(): ServerSocket {
    const socket = new TunnelSocket((target) => this.#open(target));
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // whoever uses it listens as well
    return socket;
  }

  #open(target: SocketTarget): Promise<Duplex> {
    const client = this.#client;
    const opened = Promise.withResolvers<Duplex>();
    if (client === undefined) return Promise.reject(this.#lostError());
    const onOpen = (error: Error | undefined, channel: ClientChannel): void => {
      if (error !== undefined) opened.reject(fromForwardError(error, this.#ssh, inWords(target)));
      else opened.resolve(channel);
    };
    try {
      if ('path' in target) client.openssh_forwardOutStreamLocal(target.path, onOpen);
      else client.forwardOut('127.0.0.1', 0, target.host, target.port, onOpen);
    } catch (error) {
      opened.reject(fromForwardError(error, this.#ssh, inWords(target))); // it is closing, or no OpenSSH
    }
    return opened.promise;
  }

  /** The next `ready` connects anew; what ran through it hears of it at once. */
  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#connecting.forget();
    for (const socket of this.#sockets) socket.destroy(this.#lostError());
  }

  #lostError(): KhipuError {
    const name = knownHostName(this.#ssh.host, this.#ssh.port);
    return new KhipuError('connection-lost', `The SSH connection to ${name} was lost.`, { subject: name });
  }

  async dispose(): Promise<void> {
    await this.#connecting.end();
  }
}

async function closeClient(client: Client): Promise<void> {
  const closed = once(client, 'close').catch(() => undefined);
  client.end();
  const timer = setTimeout(() => client.destroy(), goodbyeMs);
  await closed;
  clearTimeout(timer);
}

function inWords(target: SocketTarget): string {
  return 'path' in target ? target.path : `${target.host}:${target.port}`;
}
