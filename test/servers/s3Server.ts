/**
 * An S3-compatible server on a free port of 127.0.0.1, in memory: fauxqs behind a front that adds what LanceDB relies on and
 * fauxqs lacks (put only what is not there), looks at keys, counts requests and shows faults.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { startFauxqs } from 'fauxqs';

export interface S3Server {
  /** What a client takes as endpoint. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Keys of all objects of a bucket. */
  keys(bucket: string): Promise<string[]>;
  /** `METHOD path` of every request so far. */
  readonly requests: readonly string[];
  /** How it answers from now on. */
  mode: 'answers' | 'is silent' | 'fails' | 'refuses keys';
  close(): Promise<void>;
}

interface Upstream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export async function startS3Server(bucket: string): Promise<S3Server> {
  const behind = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  behind.createBucket(bucket);
  const requests: string[] = [];
  const known = 'AKIATESTKEYOFKHIPU';
  const ask = (method: string, url: string, headers: object, body: Buffer): Promise<Upstream> =>
    upstream(behind.port, method, url, headers, body);
  /** Puts of one key go one after the other: what is there is looked up and put in one step. */
  const puts = new Map<string, Promise<unknown>>();

  const putIfAbsent = async (url: string, headers: object, body: Buffer): Promise<Upstream> => {
    const there = await ask('HEAD', url, {}, Buffer.alloc(0));
    if (there.status !== 200) return await ask('PUT', url, headers, body);
    const xml = '<Error><Code>PreconditionFailed</Code><Message>It is there already.</Message></Error>';
    return { status: 412, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
  };
  const answer = async (incoming: IncomingMessage): Promise<Upstream> => {
    const { method = 'GET', url = '/', headers } = incoming;
    const body = await buffer(incoming);
    requests.push(`${method} ${url}`);
    if (server.mode === 'fails') return failure(503, 'SlowDown');
    if (server.mode === 'refuses keys' || !(headers.authorization ?? '').includes(`Credential=${known}/`)) {
      return failure(403, 'InvalidAccessKeyId');
    }
    if (method !== 'PUT' || headers['if-none-match'] !== '*') return await ask(method, url, headers, body);
    const put = (puts.get(url) ?? Promise.resolve()).then(() => putIfAbsent(url, headers, body));
    puts.set(url, put);
    return await put;
  };
  const front = createServer((incoming, response) => {
    if (server.mode === 'is silent') return;
    answer(incoming).then(
      (reply) => send(response, incoming.method, reply),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const server: S3Server = {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    accessKeyId: known,
    secretAccessKey: 'secret-of-the-s3-server',
    requests,
    mode: 'answers',
    async keys(of) {
      const { body } = await ask('GET', `/${of}?list-type=2&max-keys=1000`, {}, Buffer.alloc(0));
      return [...body.toString().matchAll(/<Key>([^<]+)<\/Key>/g)].map((match) => match[1]!);
    },
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await behind.stop();
    },
  };
  return server;
}

function failure(status: number, code: string): Upstream {
  const body = Buffer.from(`<Error><Code>${code}</Code><Message>scripted</Message></Error>`);
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function send(response: ServerResponse, method: string | undefined, reply: Upstream): void {
  const headers = { ...reply.headers };
  delete headers['transfer-encoding'];
  // What HEAD answers has the length of what GET would.
  response.writeHead(
    reply.status,
    method === 'HEAD' ? headers : { ...headers, 'content-length': reply.body.length },
  );
  response.end(method === 'HEAD' ? undefined : reply.body);
}

function upstream(
  port: number,
  method: string,
  path: string,
  headers: object,
  body: Buffer,
): Promise<Upstream> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: { ...headers } }, (reply) => {
      buffer(reply).then(
        (whole) => resolve({ status: reply.statusCode ?? 500, headers: reply.headers, body: whole }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
