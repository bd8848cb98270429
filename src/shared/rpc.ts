/** The one RPC: typed, validated requests over vscode-jsonrpc, whatever carries the messages. */
import {
  CancellationTokenSource,
  type CancellationToken,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc';
import * as z from 'zod/mini';
import { cancelled, fromWire, KhipuError, throwIfAborted, toWire, wireError } from './errors.ts';

type Schema<T> = z.core.$ZodType<T>;

/** A request as both ends know it. */
export interface RequestType<P, R> {
  readonly method: string;
  readonly params: Schema<P>;
  readonly result: Schema<R>;
}

/** A notification as both ends know it. */
export interface NotificationType<P> {
  readonly method: string;
  readonly params: Schema<P>;
}

export function requestType<P, R>(method: string, params: Schema<P>, result: Schema<R>): RequestType<P, R> {
  return { method, params, result };
}

export function notificationType<P>(method: string, params: Schema<P>): NotificationType<P> {
  return { method, params };
}

/** One end of a connection. Every `call` ends: in a result, an error, a cancellation, or the death of the peer. */
export interface Peer {
  call<P, R>(type: RequestType<P, R>, params: P, signal: AbortSignal): Promise<R>;
  notify<P>(type: NotificationType<P>, params: P): void;
  onCall<P, R>(type: RequestType<P, R>, handler: (params: P, signal: AbortSignal) => R | Promise<R>): void;
  onNotify<P>(type: NotificationType<P>, handler: (params: P) => void): void;
  /** Resolves when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  dispose(): void;
}

const failureCode = -32000;

function parse<T>(schema: Schema<T>, value: unknown, method: string): T {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new KhipuError(
    'protocol',
    `A message of ${method} has the wrong shape: ${z.prettifyError(parsed.error)}`,
  );
}

function fromResponse(thrown: unknown, method: string): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  if (thrown instanceof ResponseError) {
    const wire = z.safeParse(wireError, thrown.data);
    if (wire.success) return fromWire(wire.data);
    if (thrown.code === ErrorCodes.PendingResponseRejected) return peerDied(method);
    return new KhipuError('protocol', `${method} failed: ${thrown.message}`);
  }
  return peerDied(method, thrown);
}

function peerDied(method: string, cause?: unknown): KhipuError {
  return new KhipuError('process-died', `The other side ended before it answered ${method}.`, {}, { cause });
}

/**
 * Makes a peer that listens at once.
 * @param reader where messages come from
 * @param writer where messages go
 * @param onFault told of messages that no one could answer to (malformed notifications, transport faults)
 */
export function createPeer(
  reader: MessageReader,
  writer: MessageWriter,
  onFault: (error: Error) => void,
): Peer {
  const connection = createMessageConnection(reader, writer);
  const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
  let open = true;
  const dispose = (): void => {
    if (!open) return;
    open = false;
    connection.dispose(); // rejects what is pending
    reader.dispose();
    writer.dispose();
    close(undefined);
  };
  connection.onClose(dispose);
  connection.onError(([error]) => onFault(error));
  connection.listen();

  return {
    closed,
    dispose,
    async call(type, params, signal) {
      throwIfAborted(signal);
      if (!open) throw peerDied(type.method);
      const source = new CancellationTokenSource();
      const abort = Promise.withResolvers<never>();
      // The caller is let go at once, whether or not the peer reacts to the cancellation.
      const onAbort = (): void => {
        source.cancel();
        abort.reject(signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const answer = connection.sendRequest<unknown>(type.method, params, source.token);
        return parse(type.result, await Promise.race([answer, abort.promise]), type.method);
      } catch (thrown) {
        throw fromResponse(thrown, type.method);
      } finally {
        signal.removeEventListener('abort', onAbort);
        source.dispose();
      }
    },
    notify(type, params) {
      if (open) connection.sendNotification(type.method, params).catch(onFault);
    },
    onCall(type, handler) {
      connection.onRequest(type.method, async (raw: unknown, token: CancellationToken) => {
        const controller = new AbortController();
        const subscription = token.onCancellationRequested(() => controller.abort(cancelled()));
        try {
          return await handler(parse(type.params, raw, type.method), controller.signal);
        } catch (thrown) {
          const wire = toWire(thrown);
          return new ResponseError(failureCode, wire.message, wire);
        } finally {
          subscription.dispose();
        }
      });
    },
    onNotify(type, handler) {
      connection.onNotification(type.method, (raw: unknown) => {
        try {
          handler(parse(type.params, raw, type.method));
        } catch (thrown) {
          onFault(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      });
    },
  };
}
