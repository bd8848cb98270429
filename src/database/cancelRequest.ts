/** Sends Postgres's CancelRequest: a connection of its own that names the session to interrupt and says nothing else. */
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ServerSocket } from './reach.ts';

const sslRequestCode = 80877103;
const cancelRequestCode = 80877102;
const timeLimitMs = 5000;

/** What the server told a session at its start, and how that session reached it. */
export interface SessionKey {
  readonly host: string;
  readonly port: number;
  readonly processId: number;
  readonly secretKey: number;
  /** Undefined for an unencrypted session. */
  readonly tls: ConnectionOptions | undefined;
  /** A socket that is not connected yet, by the way that the session took. */
  readonly socket: () => ServerSocket;
}

/**
 * Asks the server to cancel what the session runs; resolves when the server has taken the request.
 * Source: PostgreSQL manual, "Canceling Requests in Progress" and "CancelRequest" message format.
 * @throws socket errors; the caller then drops the connection instead
 */
export async function sendCancelRequest(session: SessionKey): Promise<void> {
  const plain = session.socket();
  const tooLate = new Error('The cancel request was not taken in time.');
  const timer = setTimeout(() => plain.destroy(tooLate), timeLimitMs);
  const failed = new Promise<never>((_, reject) => plain.once('error', reject));
  try {
    if (session.host.startsWith('/')) plain.connect(`${session.host}/.s.PGSQL.${session.port}`);
    else plain.connect(session.port, session.host);
    const socket =
      session.tls === undefined
        ? plain
        : await Promise.race([encrypt(plain, session.host, session.tls), failed]);
    const closed = new Promise<void>((resolve, reject) => {
      socket.once('close', resolve);
      socket.once('error', reject);
    });
    socket.write(message(cancelRequestCode, session.processId, session.secretKey));
    socket.resume();
    await Promise.race([closed, failed]);
  } finally {
    clearTimeout(timer);
    plain.destroy();
  }
}

async function encrypt(socket: Duplex, host: string, options: ConnectionOptions): Promise<Duplex> {
  socket.write(message(sslRequestCode));
  const reply = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  if (reply.toString('latin1') !== 'S') throw new Error('The server no longer offers TLS.');
  // A certificate names hosts; an address is not sent as a server name (RFC 6066).
  return connectTls({ ...options, socket, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

function message(...words: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 + words.length * 4);
  buffer.writeInt32BE(buffer.length, 0);
  words.forEach((word, index) => buffer.writeInt32BE(word, 4 + index * 4));
  return buffer;
}
