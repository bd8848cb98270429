/** The one error type of Khipu: every failure that a person may see is a KhipuError with a literal kind. */
import * as z from 'zod/mini';
import { serverMessages } from './serverMessages.ts';

/** What can go wrong. `src/shared/messages.ts` holds the one exhaustive switch over these. */
export const errorKinds = [
  'cancelled',
  'timeout',
  'invalid-input',
  'invalid-settings',
  'unknown-host',
  'connection-refused',
  'connection-lost',
  'authentication-failed',
  'tls-refused',
  'password-command-failed',
  'tunnel-failed',
  'tunnel-authentication-failed',
  'host-key-unknown',
  'host-key-changed',
  'database-missing',
  'too-many-connections',
  'permission-denied',
  'sql-syntax',
  'sql-failed',
  'statement-timeout',
  'refused-by-guard',
  'write-refused',
  'outcome-unknown',
  'unknown-name',
  'model-unreachable',
  'model-authentication',
  'model-not-allowed',
  'model-not-found',
  'model-rate-limited',
  'model-failed',
  'model-reply-unusable',
  'model-pull-failed',
  'no-model',
  'ai-switched-off',
  'glossary-faulty',
  'index-unavailable',
  'file-failed',
  'sample-failed',
  'process-died',
  'protocol',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

const errorDetail = z.object({
  /** The statement the error is about. */
  sql: z.optional(z.string()),
  /** Where in `sql`, as a UTF-16 offset. */
  position: z.optional(z.number()),
  /** What to do, where the source of the error (Postgres, a provider) said so itself. */
  hint: z.optional(z.string()),
  /** The thing that failed: a host, a model, a name. */
  subject: z.optional(z.string()),
  /** The five-character SQLSTATE. */
  sqlState: z.optional(z.string()),
  /** Names that exist and are near the unknown one, or questions that can be answered. */
  candidates: z.optional(z.array(z.string())),
  /** The profile of the connection that failed, for the buttons. */
  connectionId: z.optional(z.string()),
  /** The model to pull from its Ollama, for the button. */
  pullable: z.optional(z.string()),
  /** How long the other side asked us to wait, in milliseconds. */
  retryAfterMs: z.optional(z.number()),
  /** The number of the parameter that it is about, counted from 1. */
  parameter: z.optional(z.number()),
  /** The message may quote values that the user bound to parameters: it is shown, and not logged. */
  hasValues: z.optional(z.boolean()),
  /** What the server said before it failed. */
  messages: z.optional(serverMessages),
});
export type ErrorDetail = z.infer<typeof errorDetail>;

/** `message` is one sentence for a person that says what happened; `detail` says where and about what. */
export class KhipuError extends Error {
  override readonly name = 'KhipuError';
  readonly kind: ErrorKind;
  readonly detail: ErrorDetail;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.detail = detail;
  }
}

/** The error with more to say of what to do, behind what its source said itself. */
export function withHint(error: KhipuError, hint: string): KhipuError {
  const hints = [error.detail.hint, hint].filter((part) => part !== undefined && part !== '').join(' ');
  return new KhipuError(error.kind, error.message, { ...error.detail, hint: hints }, { cause: error.cause });
}

/** The shape in which an error crosses a process boundary. */
export const wireError = z.object({ kind: z.enum(errorKinds), message: z.string(), detail: errorDetail });
export type WireError = z.infer<typeof wireError>;

/** Anything that was thrown, as a KhipuError; what is not one already becomes `internal` with its cause kept. */
export function toKhipuError(thrown: unknown): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return cancelled(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KhipuError('internal', message, {}, { cause: thrown });
}

export function toWire(thrown: unknown): WireError {
  const { kind, message, detail } = toKhipuError(thrown);
  return { kind, message, detail };
}

export function fromWire(error: WireError): KhipuError {
  return new KhipuError(error.kind, error.message, error.detail);
}

export function cancelled(cause?: unknown): KhipuError {
  return new KhipuError('cancelled', 'Cancelled.', {}, { cause });
}

/** Throws `cancelled` when the signal has fired: for loops between two awaits. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortionOf(signal);
}

/** Why a signal has fired: `cancelled`, unless whoever fired it gave another reason. */
export function abortionOf(signal: AbortSignal): KhipuError {
  return signal.reason instanceof KhipuError ? signal.reason : cancelled(signal.reason);
}
