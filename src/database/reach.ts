/** How a server is reached: what gives the sockets that pg, and a cancel request, then connect. */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What of a socket is used; `connect` takes a port and a host, or the path of a Unix socket. */
export interface ServerSocket extends Duplex {
  readonly bytesRead: number;
  connect(port: number, host: string): unknown;
  connect(path: string): unknown;
  setNoDelay(): unknown;
  setKeepAlive(): unknown;
  ref(): unknown;
  unref(): unknown;
}

export interface Reach {
  /**
   * Makes the way ready, again when it was cut; may ask the user.
   * @throws KhipuError of a tunnel's kinds, or `cancelled`
   */
  ready(signal: AbortSignal): Promise<void>;
  /** A socket that is not connected yet. */
  socket(): ServerSocket;
  dispose(): Promise<void>;
}

/** Straight over the network, or a Unix socket. */
export const directReach: Reach = {
  ready: () => Promise.resolve(),
  socket: () => new Socket(),
  dispose: () => Promise.resolve(),
};
