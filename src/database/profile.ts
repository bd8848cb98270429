/** A connection as the user configured it: everything but its secrets. */
import * as z from 'zod/mini';
import { connectionColours } from '../shared/connectionLook.ts';
import { KhipuError } from '../shared/errors.ts';

/** What may be sent to a model: nothing, names and types, also common values, also rows of results. */
export const aiPolicies = ['off', 'schema', 'samples', 'results'] as const;
export type AiPolicy = (typeof aiPolicies)[number];

export const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof tlsModes)[number];

export const accesses = ['read', 'write'] as const;
export const passwordSources = ['stored', 'prompt', 'command'] as const;
export const sshAuthentications = ['agent', 'key', 'password'] as const;

const text = z.string().check(z.minLength(1));
const count = z.int().check(z.positive());

const port = z.int().check(z.minimum(1), z.maximum(65535));

/** A host with a secure shell through which the database is reached. */
export const sshTunnel = z.object({
  host: text,
  port: z._default(port, 22),
  user: text,
  auth: z._default(z.enum(sshAuthentications), 'agent'),
  /** Path of the private key, for `key`. */
  keyFile: z.optional(text),
  /** Path of the file of hosts that are trusted; the user's own when left out. */
  knownHosts: z.optional(text),
});
export type SshHost = z.infer<typeof sshTunnel>;

export const connectionProfile = z.object({
  id: text,
  name: text,
  /** What kind of server it is to the user: production, staging… Shown wherever the connection is named. */
  label: z.optional(text),
  /** The colour it is shown in; one labelled production is red when none is given. */
  colour: z.optional(z.enum(connectionColours)),
  /** A host name or address, or the directory of a Unix socket. */
  host: text,
  port: z._default(port, 5432),
  database: text,
  user: text,
  /** Where the password comes from: the secret storage, a question at each connect, or what `passwordCommand` prints. */
  passwordFrom: z._default(z.enum(passwordSources), 'stored'),
  /** A program and its arguments; no shell is involved. */
  passwordCommand: z.optional(z.array(text)),
  /** Come first in the search path. */
  defaultSchemas: z._default(z.array(text), []),
  /** Whether statements that write may pass, through a door of their own. */
  access: z._default(z.enum(accesses), 'read'),
  ssh: z.optional(sshTunnel),
  tls: z._default(z.enum(tlsModes), 'prefer'),
  /** Path of the certificates that `verify-ca` and `verify-full` trust; the system's own when left out. */
  tlsCa: z.optional(z.string()),
  /** Paths of the client's certificate and its key, for servers that ask for one. */
  tlsCert: z.optional(z.string()),
  tlsKey: z.optional(z.string()),
  aiPolicy: z._default(z.enum(aiPolicies), 'schema'),
  /** Ends a statement on the server, in milliseconds. */
  statementTimeoutMs: z._default(count, 60_000),
  /** Rows beyond this are not fetched unless asked for. */
  rowCap: z._default(count, 100_000),
  /** The server runs one session for all clients (PGlite), so no transaction may stay open between two calls. */
  singleSession: z._default(z.boolean(), false),
});
export type ConnectionProfile = z.infer<typeof connectionProfile>;

/** A profile read from a URL, and the password that stood in it, kept apart. */
export interface ParsedUrl {
  readonly profile: ConnectionProfile;
  readonly password: string | undefined;
}

const sslModes: Record<string, TlsMode> = {
  disable: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`; a Unix socket's directory may stand in `?host=`.
 * @throws KhipuError `invalid-input`, whose message never repeats the URL (it may hold a password)
 */
export function parseConnectionUrl(text: string, id: string): ParsedUrl {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw new KhipuError('invalid-input', 'That is not a URL.', { hint: urlForm });
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new KhipuError('invalid-input', 'A connection URL starts with postgres://.', { hint: urlForm });
  }
  const sslmode = url.searchParams.get('sslmode') ?? 'prefer';
  const tls = sslModes[sslmode];
  if (tls === undefined) {
    throw new KhipuError('invalid-input', `sslmode=${sslmode} is not one that Postgres knows.`, {
      hint: urlForm,
    });
  }
  const user = decode(url.username) || 'postgres';
  const database = decode(pathOf(text)) || user;
  const host = url.searchParams.get('host') ?? (decode(url.hostname).replace(/^\[|\]$/g, '') || 'localhost');
  const port = url.port === '' ? 5432 : Number(url.port);
  const parsed = connectionProfile.safeParse({
    id,
    name: `${database} on ${host}`,
    host,
    port,
    database,
    user,
    tls,
  });
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]?.path.join('.') ?? 'a part';
    throw new KhipuError('invalid-input', `The URL's ${wrong} is not valid.`, { hint: urlForm });
  }
  return { profile: parsed.data, password: url.password === '' ? undefined : decode(url.password) };
}

const urlForm = 'The form is postgres://user:password@host:5432/database?sslmode=prefer';

/** As it was written: `URL` takes a database named `.` or `..` for a way through folders. */
function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*\/([^?#]*)/i.exec(url.trim())?.[1] ?? '';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new KhipuError('invalid-input', 'The URL has a % that does not start an escape (write %25).', {
      hint: urlForm,
    });
  }
}
