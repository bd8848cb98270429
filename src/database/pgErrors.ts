/** Turns what `pg`, TLS and sockets throw into KhipuErrors of a known kind. */
import { KhipuError, type ErrorKind } from '../shared/errors.ts';
import { codePointsToUtf16 } from './textPositions.ts';

/** The fields of a server error, a socket error or a TLS error that are looked at. */
interface ForeignError {
  readonly message: string;
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly hint?: unknown;
  readonly position?: unknown;
  readonly where?: unknown;
  readonly severity?: unknown;
}

/** The statement that ran, and how many code points Khipu put before it (a DECLARE), so that positions fit it. */
export interface StatementContext {
  readonly sql: string;
  readonly prefixLength: number;
  /** Values are bound to it, which the server may quote in its error. */
  readonly hasValues?: boolean;
}

/** Where the connection was going, for the message. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const socketCodes: Record<string, ErrorKind> = {
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ECONNREFUSED: 'connection-refused',
  ENOENT: 'connection-refused',
  EHOSTUNREACH: 'connection-refused',
  ENETUNREACH: 'connection-refused',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
};

const sqlStates: Record<string, ErrorKind> = {
  '28P01': 'authentication-failed',
  '28000': 'authentication-failed',
  '3D000': 'database-missing',
  '53300': 'too-many-connections',
  '42501': 'permission-denied',
  '42601': 'sql-syntax',
  '57P01': 'connection-lost',
  '57P02': 'connection-lost',
  '57P03': 'connection-refused',
  '57P05': 'connection-lost',
  '25P03': 'connection-lost',
};

/** What went wrong while connecting. The password is never part of it. */
export function fromConnectError(thrown: unknown, target: Target): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const error = asForeign(thrown);
  const kind = connectKind(error);
  const where = `${target.host}:${target.port}`;
  const detail = { subject: where, hint: text(error.hint), sqlState: sqlStateOf(error) };
  return new KhipuError(kind, connectMessage(kind, error, target, where), detail, { cause: thrown });
}

/** The same error, with the profile that it is about. */
export function ofConnection(error: KhipuError, connectionId: string): KhipuError {
  const { kind, message, detail, cause } = error;
  return new KhipuError(kind, message, { ...detail, connectionId }, { cause });
}

function connectKind(error: ForeignError): ErrorKind {
  const code = text(error.code) ?? '';
  const known = socketCodes[code] ?? sqlStates[code];
  // Postgres says 28000 also when pg_hba.conf only lacks a rule for unencrypted connections.
  if (code === '28000' && /no encryption|SSL off/.test(error.message)) return 'tls-refused';
  if (known !== undefined) return known;
  if (
    /does not support SSL|certificate|self.signed|ERR_TLS|ERR_SSL|EPROTO/i.test(`${code} ${error.message}`)
  ) {
    return 'tls-refused';
  }
  if (/password must be|SASL|SCRAM/.test(error.message)) return 'authentication-failed';
  if (/timeout/i.test(error.message)) return 'timeout';
  return 'connection-lost';
}

function connectMessage(kind: ErrorKind, error: ForeignError, target: Target, where: string): string {
  switch (kind) {
    case 'unknown-host':
      return `There is no host named ${target.host}.`;
    case 'connection-refused':
      return `Nothing accepts Postgres connections at ${where}.`;
    case 'authentication-failed':
      return /password must be/.test(error.message)
        ? `${where} asks for a password, and none is stored for ${target.user}.`
        : `${where} refused the user ${target.user}: ${error.message}.`;
    case 'database-missing':
      return `There is no database ${target.database} at ${where}.`;
    case 'tls-refused':
      return `No encrypted connection could be agreed on with ${where}: ${error.message}.`;
    case 'timeout':
      return `${where} did not answer in time.`;
    default:
      return `The connection to ${where} failed: ${error.message}`;
  }
}

/** What went wrong while a statement ran, with the position as a UTF-16 offset in the user's own text. */
export function fromStatementError(thrown: unknown, statement?: StatementContext): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const error = asForeign(thrown);
  const sqlState = sqlStateOf(error);
  const detail = {
    sql: statement?.sql,
    position: statement === undefined ? undefined : positionIn(error, statement),
    hint: [text(error.detail), text(error.hint)].filter((part) => part !== undefined).join(' ') || undefined,
    sqlState,
    parameter: parameterIn(error),
    hasValues: statement?.hasValues === true ? true : undefined,
  };
  const kind = statementKind(error, sqlState);
  // A socket's own words ("read ECONNRESET") say nothing to a person.
  const isSocket = kind === 'connection-lost' && sqlState === undefined;
  const message = isSocket ? `The connection was lost: ${error.message}.` : error.message;
  return new KhipuError(kind, message, detail, { cause: thrown });
}

function statementKind(error: ForeignError, sqlState: string | undefined): ErrorKind {
  if (sqlState === '57014')
    return /statement timeout/.test(error.message) ? 'statement-timeout' : 'cancelled';
  if (sqlState !== undefined) return sqlStates[sqlState] ?? 'sql-failed';
  const code = text(error.code) ?? '';
  if (/terminated|connection error|not queryable|closed/i.test(error.message)) return 'connection-lost';
  return socketCodes[code] ?? 'internal';
}

function positionIn(error: ForeignError, statement: StatementContext): number | undefined {
  const oneBased = Number(text(error.position) ?? Number.NaN);
  const codePoint = oneBased - 1 - statement.prefixLength;
  return Number.isNaN(codePoint) || codePoint < 0 ? undefined : codePointsToUtf16(statement.sql, codePoint);
}

/** Postgres names the parameter whose value it could not read in the context, and one without a type in the message. */
function parameterIn(error: ForeignError): number | undefined {
  const found =
    /portal parameter \$(\d+)/.exec(text(error.where) ?? '') ??
    (text(error.code) === '42P18' ? /\$(\d+)/.exec(error.message) : null);
  return found === null ? undefined : Number(found[1]);
}

/** Server errors carry a severity; socket errors have codes of their own that merely look alike. */
function sqlStateOf(error: ForeignError): string | undefined {
  const code = text(error.code);
  return error.severity !== undefined && code?.length === 5 ? code : undefined;
}

function asForeign(thrown: unknown): ForeignError {
  if (thrown instanceof AggregateError && thrown.errors[0] instanceof Error) return thrown.errors[0];
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
