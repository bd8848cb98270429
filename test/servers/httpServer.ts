/** An HTTP server on a free port of 127.0.0.1 that records its requests and plays scripted bodies, faults included. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TextReply } from './httpReply.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
  /** How the exchange ended: the response was sent whole, or the connection was closed first, by the client or by the script. */
  readonly ended: Promise<'finished' | 'closed-by-client' | 'closed-by-server'>;
}

export interface ModelServer {
  /** What a client takes as base URL. */
  readonly url: string;
  /** All requests so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Resolves to the request of that number (from 0), when it has come. */
  request(index: number): Promise<RecordedRequest>;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** One request being answered. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
}

/** Responses that the script itself cut. */
const cutByScript = new WeakSet<ServerResponse>();

function recordEnd(response: ServerResponse): RecordedRequest['ended'] {
  return new Promise((resolve) => {
    response.once('close', () => {
      if (response.writableFinished) resolve('finished');
      else resolve(cutByScript.has(response) ? 'closed-by-server' : 'closed-by-client');
    });
  });
}

/** Closes the connection from the server's side, whatever was sent. */
export function hangUp(response: ServerResponse): void {
  cutByScript.add(response);
  response.socket?.destroy();
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Resolves when the client has read on, or is gone. */
function untilTaken(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

/** Sends a body in parts, as the reply says: slowly, silent after some, or cut after some bytes. */
export async function sendParts(
  { response }: Exchange,
  contentType: string,
  parts: Iterable<string>,
  reply: TextReply,
): Promise<void> {
  response.writeHead(200, { 'content-type': contentType });
  response.flushHeaders();
  let left = reply.cutAfter ?? Number.POSITIVE_INFINITY;
  let index = -1;
  for (const part of parts) {
    index += 1;
    if (index === reply.silentAfter) return; // stays open until the client leaves or the server closes
    if (reply.delayMs !== undefined && index > 0) await sleep(reply.delayMs);
    if (response.destroyed) return;
    const bytes = Buffer.from(part, 'utf8');
    if (bytes.length > left) {
      // Closed only when the bytes before the cut are on their way.
      response.write(bytes.subarray(0, left), () => hangUp(response));
      return;
    }
    left -= bytes.length;
    // A client that reads no further is not sent more: what a real server spends tokens on is seen here.
    if (!response.write(bytes)) await untilTaken(response);
  }
  response.end();
}

/** Starts a server; `answer` plays one request. A rejected answer closes the connection and makes `close` reject. */
export async function startHttpServer(
  basePath: string,
  answer: (exchange: Exchange) => Promise<void>,
): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const waiting = new Map<number, (request: RecordedRequest) => void>();
  const faults: unknown[] = [];

  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const ended = recordEnd(response);
    const body = await readText(incoming);
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: body === '' ? undefined : (JSON.parse(body) as unknown),
      ended,
    };
    requests.push(request);
    waiting.get(requests.length - 1)?.(request);
    await answer({ request, response });
  };
  const server = createServer((incoming, response) => {
    take(incoming, response).catch((fault: unknown) => {
      faults.push(fault);
      hangUp(response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    requests,
    request(index) {
      const there = requests[index];
      return there ? Promise.resolve(there) : new Promise((resolve) => waiting.set(index, resolve));
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      if (faults.length > 0) throw faults[0];
    },
  };
}
