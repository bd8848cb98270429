/** A TCP proxy that can stop forwarding without closing anything: a network that was cut in silence. */
import { connect, createServer, type Socket } from 'node:net';

export interface SilentProxy {
  readonly port: number;
  /** From now on nothing that was or will be sent arrives. */
  cut(): void;
  /** Cuts as soon as a client has sent this text, which still arrives: the answer to it does not. */
  cutAfter(text: string): Promise<void>;
  /** Connections made from now on are forwarded again; those that were cut stay so. */
  mend(): void;
  dispose(): Promise<void>;
}

export async function startProxy(target: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
      if (!isCut) socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  return {
    port: address.port,
    cut,
    cutAfter: (text) =>
      new Promise((resolve) => {
        for (const socket of sockets) {
          // Behind the pipe's own listener, so that this piece has been forwarded.
          socket.on('data', (piece: Buffer) => {
            if (isCut || !piece.includes(text)) return;
            cut();
            resolve();
          });
        }
      }),
    mend() {
      isCut = false;
    },
    async dispose() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
