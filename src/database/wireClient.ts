/** pg's client with `WireRows` between its socket and its parser. */
import type { Client, ClientConfig, PoolClient } from 'pg';
import type { Socket } from 'node:net';
import { WireRows } from './wireRows.ts';

interface Hearing {
  on(event: string, listener: (bytes: Buffer) => void): unknown;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** The part of pg's Connection that hands a socket to the parser; with TLS, the decrypted one. */
interface ParsingConnection {
  on(event: 'parameterStatus', listener: (message: ParameterStatus) => void): unknown;
  attachListeners(stream: Hearing): void;
}

const wires = new WeakMap<object, WireRows>();
const versions = new WeakMap<object, number>();

/** @param plain pg's own class, which is loaded late */
export function clientWithWire(plain: typeof Client): typeof Client {
  return class extends plain {
    constructor(config?: string | ClientConfig) {
      super(config);
      const wire = new WireRows();
      wires.set(this, wire);
      const { connection } = this as unknown as { connection: ParsingConnection };
      const attach = connection.attachListeners.bind(connection);
      connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
        if (parameterName === 'server_version') versions.set(this, Number.parseInt(parameterValue, 10) || 0);
      });
      connection.attachListeners = (stream) => attach(throughWire(stream, wire));
    }
  };
}

/** The wire of a client that was made by such a class. */
export function wireOf(client: PoolClient): WireRows {
  const wire = wires.get(client);
  if (wire === undefined) throw new TypeError('The client was not made by clientWithWire.');
  return wire;
}

/** The major version of Postgres that the server of a connected client says it has; 0 when it does not say. */
export function majorVersionOf(client: PoolClient): number {
  return versions.get(client) ?? 0;
}

function throughWire(stream: Hearing, wire: WireRows): Hearing {
  return {
    on: (event, listener) =>
      stream.on(event, event === 'data' ? (bytes: Buffer) => wire.take(bytes, listener) : listener),
  };
}

/** The socket of a client. */
export function socketOf(client: PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
