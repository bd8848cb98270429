/** An SSH server of the ssh2 library for what sshd cannot do without PAM: passwords, questions, and hosts of other names. */
import { once } from 'node:events';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';

export interface SshServerOptions {
  readonly authenticate: (context: AuthContext) => void;
  /** Where a host and port that a client asks for really are; undefined for one that is never answered. */
  readonly forward: (host: string, port: number) => number | undefined;
}

export interface SshServer {
  readonly port: number;
  /** Clients that came so far. */
  readonly clients: () => number;
  /** Clients that are there now. */
  readonly present: () => number;
  /** `host:port` of each way that was asked for, in order. */
  readonly forwarded: readonly string[];
  /** Cuts every client off without a word. */
  cut(): void;
  close(): Promise<void>;
}

export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const present = new Set<Connection>();
  const forwarded: string[] = [];
  const sockets = new Set<Socket>();
  let clients = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients += 1;
    present.add(client);
    client.on('close', () => present.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (context) => options.authenticate(context));
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      forwarded.push(`${destIP}:${destPort}`);
      const port = options.forward(destIP, destPort);
      if (port === undefined) return;
      const channel = accept();
      const socket = connect(port, '127.0.0.1');
      channel.pipe(socket).pipe(channel);
      channel.on('close', () => socket.destroy());
      socket.on('error', () => channel.close());
    });
  });
  // ssh2 hands out no sockets, but is a server of Node's inside, which tells of them first.
  (server as unknown as { _srv: Server })._srv.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    clients: () => clients,
    present: () => present.size,
    forwarded,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      for (const client of present) client.end();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
