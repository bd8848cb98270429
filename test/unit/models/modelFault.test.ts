/** How HTTP faults become errors: kinds, sentences, waiting times, and no key in any of them. */
import assert from 'node:assert/strict';
import type { ModelEndpoint } from '../../../src/models/endpoint.ts';
import {
  networkFault,
  parseRetryAfter,
  RefusedRequestError,
  sentenceOf,
  statusFault,
  toModelFault,
  TransientModelError,
} from '../../../src/models/modelFault.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const key = 'sk-very-secret';
const endpoint: ModelEndpoint = {
  provider: 'openai',
  name: 'gpt-x',
  baseUrl: new URL('https://user:pw@models.example/v1'),
  locality: 'remote',
  key,
};
const quiet = new AbortController().signal;

function faultOf(status: number, body = '', headers: Record<string, string> = {}): KhipuError {
  return statusFault(endpoint, status, new Headers(headers), body);
}

describe('modelFault', () => {
  it('reads Retry-After as seconds and as a date', () => {
    const now = Date.UTC(2025, 0, 1, 0, 0, 0);
    assert.equal(parseRetryAfter('7', now), 7000);
    assert.equal(parseRetryAfter('0.5', now), 500);
    assert.equal(parseRetryAfter('Wed, 01 Jan 2025 00:00:09 GMT', now), 9000);
    assert.equal(parseRetryAfter('Tue, 31 Dec 2024 00:00:00 GMT', now), 0);
    assert.equal(parseRetryAfter('soon', now), undefined);
    assert.equal(parseRetryAfter(null, now), undefined);
  });

  it('finds the sentence in the error bodies of OpenAI, Ollama and FastAPI, and none in HTML', () => {
    assert.equal(sentenceOf('{"error":{"message":"No such\\n model"}}'), 'No such model');
    assert.equal(sentenceOf('{"error":"model not found"}'), 'model not found');
    assert.equal(sentenceOf('{"detail":"Not Found"}'), 'Not Found');
    assert.equal(sentenceOf('plain text'), 'plain text');
    assert.equal(sentenceOf('<html><body>502</body></html>'), '');
    assert.equal(sentenceOf('{"error":{"code":1}}'), '');
    assert.equal(sentenceOf('x'.repeat(1000)).length, 300);
  });

  const kinds: [number, string][] = [
    [401, 'model-authentication'],
    [403, 'model-authentication'],
    [404, 'model-not-found'],
    [429, 'model-rate-limited'],
    [500, 'model-failed'],
    [503, 'model-failed'],
    [400, 'model-failed'],
    [307, 'model-failed'],
    [418, 'model-failed'],
  ];
  for (const [status, kind] of kinds) {
    it(`calls ${status} ${kind}`, () => assert.equal(faultOf(status).kind, kind));
  }

  it('counts as passing what may pass: 5xx and 429, but no spent quota, no refusal', () => {
    const passing = (error: KhipuError): boolean => error instanceof TransientModelError;
    assert.deepEqual(
      [500, 502, 503, 429].map((status) => passing(faultOf(status))),
      [true, true, true, true],
    );
    assert.deepEqual(
      [400, 401, 403, 404].map((status) => passing(faultOf(status))),
      [false, false, false, false],
    );
    assert.equal(passing(faultOf(429, '{"error":{"message":"x","code":"insufficient_quota"}}')), false);
    assert.ok(faultOf(400) instanceof RefusedRequestError);
    assert.ok(faultOf(422) instanceof RefusedRequestError);
  });

  it('strikes out the key wherever the server repeats it, and the credentials of the URL', () => {
    const body = JSON.stringify({ error: { message: `Incorrect key ${key}`, param: key } });
    const faults = [
      ...[307, 400, 401, 404, 429, 500].map((status) => faultOf(status, body, { 'retry-after': '1' })),
      networkFault(
        endpoint,
        new TypeError('fetch failed', { cause: Object.assign(new Error(key), { code: 'ENOTFOUND' }) }),
      ),
      toModelFault(endpoint, new Error(`mirror: ${key}`), quiet),
    ];
    for (const fault of faults) {
      const told = JSON.stringify([fault.message, fault.detail, fault, String(fault.cause)]);
      assert.ok(!told.includes(key) && !told.includes('pw@'), told);
    }
    assert.match(faults[2]!.message, /Incorrect key …/);
  });

  it('says a missing key and a refused key apart', () => {
    const without = statusFault({ ...endpoint, key: undefined }, 401, new Headers(), '');
    assert.match(without.message, /wants a key/);
    assert.match(faultOf(401).message, /refused the key/);
  });

  it('tells why a server could not be reached, and does not retry a local one that is not running', () => {
    const refused = new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    });
    assert.ok(networkFault(endpoint, refused) instanceof TransientModelError);
    const local = networkFault({ ...endpoint, provider: 'ollama', locality: 'local' }, refused);
    assert.equal(local.kind, 'model-unreachable');
    assert.ok(!(local instanceof TransientModelError));
    assert.match(local.detail.hint ?? '', /ollama serve/);
    const tls = new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    });
    assert.match(networkFault(endpoint, tls).message, /certificate is not trusted/);
    const badPort = new TypeError('fetch failed', { cause: new Error('bad port') });
    assert.ok(!(networkFault(endpoint, badPort) instanceof TransientModelError));
  });

  it('takes the reason of a fired signal before anything else', () => {
    const controller = new AbortController();
    controller.abort(new KhipuError('timeout', 'late'));
    assert.equal(toModelFault(endpoint, new Error('aborted'), controller.signal).kind, 'timeout');
  });

  it('finds our own error inside what an SDK wrapped around it', () => {
    const own = new KhipuError('model-not-found', 'none');
    const wrapped = new Error('Connection error.', { cause: new Error('again', { cause: own }) });
    assert.equal(toModelFault(endpoint, wrapped, quiet), own);
  });
});
