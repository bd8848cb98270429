/** Turns whatever goes wrong between us and a model server into a KhipuError that holds no secret. */
import { cancelled, KhipuError, type ErrorDetail, type ErrorKind } from '../shared/errors.ts';
import { azureHint } from './azure.ts';
import { describeEndpoint, serverItself, type ModelEndpoint } from './endpoint.ts';
import { member, parseJson, textMember } from './json.ts';

/** A fault that may pass by itself and that came before any text. */
export class TransientModelError extends KhipuError {}

/** The server understood the request and refused something in it (400, 422). */
export class RefusedRequestError extends KhipuError {
  /** What the server said, whole, to find the refused parameter in. */
  readonly said: string;

  constructor(message: string, detail: ErrorDetail, said: string) {
    super('model-failed', message, detail);
    this.said = said;
  }
}

/** Strikes the key out of a text. */
function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key === '' ? text : text.replaceAll(key, '…');
}

/**
 * What `Retry-After` asks for, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now milliseconds since 1970
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The sentence in an error body: OpenAI's `error.message`, Ollama's `error`, FastAPI's `detail`; short and on one line. */
export function sentenceOf(body: string): string {
  const json = parseJson(body);
  const error = member(json, 'error');
  const found = [member(error, 'message'), error, member(json, 'message'), member(json, 'detail')].find(
    (value) => typeof value === 'string',
  );
  const text = typeof found === 'string' ? found : json === undefined && !/^\s*</.test(body) ? body : '';
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim().slice(0, 300); // prettier-ignore
}

function isQuota(body: string): boolean {
  return /insufficient_quota|billing_hard_limit/.test(body);
}

function kindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'model-authentication';
  if (status === 404) return 'model-not-found';
  if (status === 429) return 'model-rate-limited';
  return 'model-failed';
}

function whatHappened(endpoint: ModelEndpoint, status: number): string {
  const host = endpoint.baseUrl.host;
  if (status === 401 || status === 403) {
    return endpoint.key === undefined
      ? `${host} wants a key (${status})`
      : `${host} refused the key (${status})`;
  }
  if (status === 404) return `${host} has no model "${endpoint.name}" (404)`;
  if (status === 429) return `${host} takes no more requests for now (429)`;
  if (status >= 300 && status < 400) return `${host} sends requests on to another address (${status})`;
  if (status >= 500) return `${host} failed (${status})`;
  return `${host} refused the request (${status})`;
}

function hintFor(endpoint: ModelEndpoint, status: number): string | undefined {
  if (status === 404) {
    return endpoint.provider === 'ollama'
      ? `Pull it (ollama pull ${endpoint.name}), or choose another model.`
      : (azureHint(endpoint.baseUrl) ??
          `Check the model's name and the base URL (${endpoint.baseUrl.origin}${endpoint.baseUrl.pathname}).`);
  }
  // A redirect is not followed: a local address could lead the prompt off this machine.
  if (status >= 300 && status < 400) return 'Set the base URL to the final address.';
  return undefined;
}

/** Whether what is missing is a model that this Ollama could get. */
function isPullable({ provider, name }: ModelEndpoint, status: number): boolean {
  return status === 404 && provider === 'ollama' && name !== serverItself;
}

/** The fault for a response that is not 2xx. */
export function statusFault(
  endpoint: ModelEndpoint,
  status: number,
  headers: Headers,
  body: string,
): KhipuError {
  const said = withoutKey(body, endpoint.key);
  const sentence = sentenceOf(said);
  const message = `${whatHappened(endpoint, status)}${sentence === '' ? '.' : `: ${sentence}`}`;
  const subject = status === 404 ? endpoint.name : endpoint.baseUrl.host;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  const hint = hintFor(endpoint, status);
  const detail: ErrorDetail = {
    subject,
    ...(hint !== undefined && { hint }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(isPullable(endpoint, status) && { pullable: endpoint.name }),
  };
  if (status === 400 || status === 422) return new RefusedRequestError(message, detail, said);
  const passing = status >= 500 || (status === 429 && !isQuota(said));
  return passing
    ? new TransientModelError(kindOfStatus(status), message, detail)
    : new KhipuError(kindOfStatus(status), message, detail);
}

function codeOf(thrown: unknown): string | undefined {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = textMember(at, 'code');
    if (code !== undefined) return code;
  }
  return undefined;
}

function reasonOf(code: string | undefined): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'the connection was not answered';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'it closed the connection without an answer';
  if (code !== undefined && /CERT|TLS|SSL|SIGNATURE/.test(code))
    return `its certificate is not trusted: ${code}`;
  return code ?? 'fetch refuses this address';
}

/** The fault for a request that got no response at all. */
export function networkFault(endpoint: ModelEndpoint, thrown: unknown): KhipuError {
  const code = codeOf(thrown);
  const host = endpoint.baseUrl.host;
  const message = `${host} could not be reached: ${reasonOf(code)}.`;
  const hint =
    endpoint.provider === 'ollama' && endpoint.locality === 'local' ? 'Run: ollama serve' : undefined;
  const detail: ErrorDetail = { subject: host, ...(hint !== undefined && { hint }) };
  // A server on this machine that is not running will not be a second later either; without a code fetch itself refused.
  const notRunning = code === 'ECONNREFUSED' && endpoint.locality === 'local';
  const passing = code !== undefined && !notRunning && !/certificate/.test(message);
  return passing
    ? new TransientModelError('model-unreachable', message, detail)
    : new KhipuError('model-unreachable', message, detail);
}

/** The fault for a response that broke off. */
export function brokenOff(endpoint: ModelEndpoint, why: string): KhipuError {
  return new KhipuError('model-failed', `${describeEndpoint(endpoint)} broke off its reply: ${why}.`, {
    subject: endpoint.baseUrl.host,
  });
}

/**
 * Anything thrown while a model was asked, as a KhipuError. The SDKs wrap what our fetch throws, so causes are searched first.
 * @param signal the watch's signal: when it has fired, its reason is what happened
 */
export function toModelFault(endpoint: ModelEndpoint, thrown: unknown, signal: AbortSignal): KhipuError {
  if (signal.aborted) return signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason);
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof KhipuError) return at;
  }
  // The SDKs meet replies that are not of the protocol with a TypeError or SyntaxError, which tell a person nothing.
  const malformed = thrown instanceof TypeError || thrown instanceof SyntaxError;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const short = malformed ? 'it is malformed.' : sentenceOf(withoutKey(said, endpoint.key));
  return new KhipuError(
    'model-failed',
    `${describeEndpoint(endpoint)} gave a reply that cannot be used: ${short}`,
    {
      subject: endpoint.baseUrl.host,
    },
  );
}
