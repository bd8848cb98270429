/** A socket whose other end is reached through a tunnel: what pg does with one of Node's, on a channel of SSH. */
import { Duplex } from 'node:stream';
import type { ServerSocket } from './reach.ts';

/** Where a socket leads: a port of a host, or a Unix socket. */
export type SocketTarget = { readonly port: number; readonly host: string } | { readonly path: string };

export class TunnelSocket extends Duplex implements ServerSocket {
  /** As Node's sockets count. */
  bytesRead = 0;
  readonly #open: (target: SocketTarget) => Promise<Duplex>;
  #channel: Duplex | undefined;
  /** What was written before there was a channel. */
  #waiting: ((channel: Duplex) => void) | undefined;
  #hasEnded = false;

  /** @param open makes the channel; what it throws becomes the socket's error */
  constructor(open: (target: SocketTarget) => Promise<Duplex>) {
    super({ allowHalfOpen: false });
    this.#open = open;
  }

  connect(portOrPath: number | string, host = 'localhost'): this {
    const target = typeof portOrPath === 'number' ? { port: portOrPath, host } : { path: portOrPath };
    this.#open(target).then(
      (channel) => this.#attach(channel),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return this;
  }

  #attach(channel: Duplex): void {
    channel.on('error', (error: Error) => this.destroy(error));
    if (this.destroyed) {
      channel.destroy();
      return;
    }
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length;
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.#end());
    // A closed channel calls nobody back who writes to it, so the end of reading is the end of all.
    channel.on('close', () => {
      this.once('end', () => this.destroy());
      this.#end();
    });
    this.emit('connect');
    this.#waiting?.(channel);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.push(null);
  }

  override _read(): void {
    this.#channel?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#onChannel((channel) => channel.write(chunk, done));
  }

  override _final(done: () => void): void {
    this.#onChannel((channel) => {
      channel.end();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel?.destroy();
    // TLS on top tells its own error a turn of the event loop after it destroyed this: our end must not come first.
    setImmediate(() => setImmediate(done, error));
  }

  /** Writes come one after the other, so that one at most waits. */
  #onChannel(work: (channel: Duplex) => void): void {
    if (this.#channel === undefined) this.#waiting = work;
    else work(this.#channel);
  }

  // The connection to the host is Node's own socket, and is set up once for all channels.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
