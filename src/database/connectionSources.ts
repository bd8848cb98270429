/** Connections that are written down elsewhere: libpq's service file, password file and environment, and .env files. Pure. */
import { KhipuError } from '../shared/errors.ts';
import { connectionProfile, parseConnectionUrl, tlsModes, type ParsedUrl } from './profile.ts';

/** Connection parameters under libpq's keywords: host, port, dbname, user, password, sslmode, sslrootcert, sslcert, sslkey. */
export type LibpqParameters = ReadonlyMap<string, string>;

/**
 * Reads `pg_service.conf`: sections of `keyword=value` (PostgreSQL manual, "The Connection Service File").
 * @throws KhipuError `invalid-input` with the number of the line that is not understood
 */
export function parseServiceFile(text: string): Map<string, LibpqParameters> {
  const services = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = new Map();
      services.set(section, current);
      return;
    }
    const [, keyword, value] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (current === undefined || keyword === undefined) {
      throw new KhipuError('invalid-input', `Line ${index + 1} of the service file is not understood.`);
    }
    current.set(keyword, value ?? '');
  });
  return services;
}

/** libpq's environment variables and the keywords that they stand for. */
const environmentKeywords: Readonly<Record<string, string>> = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
};

/** What the `PG*` variables say; undefined when they name neither host nor database. */
export function environmentParameters(
  environment: Readonly<Record<string, string | undefined>>,
): LibpqParameters | undefined {
  const found = new Map<string, string>();
  for (const [variable, keyword] of Object.entries(environmentKeywords)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') found.set(keyword, value);
  }
  return found.has('host') || found.has('dbname') ? found : undefined;
}

/**
 * A profile from libpq's parameters, with libpq's defaults for what is not said.
 * @throws KhipuError `invalid-input`
 */
export function fromParameters(parameters: LibpqParameters, id: string, name: string): ParsedUrl {
  const get = (keyword: string): string | undefined => parameters.get(keyword);
  const user = get('user') ?? 'postgres';
  const sslmode = get('sslmode') ?? 'prefer';
  const parsed = connectionProfile.safeParse({
    id,
    name,
    host: get('host') ?? 'localhost',
    port: Number(get('port') ?? 5432),
    database: get('dbname') ?? user,
    user,
    tls: tlsModes.find((mode) => mode === sslmode) ?? 'prefer',
    tlsCa: get('sslrootcert'),
    tlsCert: get('sslcert'),
    tlsKey: get('sslkey'),
  });
  if (parsed.success) return { profile: parsed.data, password: get('password') };
  const wrong = parsed.error.issues[0]?.path.join('.') ?? 'something';
  throw new KhipuError('invalid-input', `The connection ${name} is not valid: ${wrong}.`);
}

/** A connection found in a `.env` file. */
export interface DotenvConnection {
  /** The variable that holds it. */
  readonly variable: string;
  readonly found: ParsedUrl;
}

/** The connections in a `.env` file: every variable with a Postgres URL, and the `PG*` variables together. */
export function parseDotenv(text: string, makeId: () => string): DotenvConnection[] {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && raw !== undefined) variables[name] = unquote(raw);
  }
  const urls = Object.entries(variables)
    .filter(([, value]) => /^postgres(?:ql)?:\/\//.test(value))
    .flatMap(([variable, value]) => {
      try {
        return [{ variable, found: parseConnectionUrl(value, makeId()) }];
      } catch {
        return []; // a template such as postgres://${USER}@…: not a connection yet
      }
    });
  const parameters = environmentParameters(variables);
  if (parameters === undefined) return urls;
  return [...urls, { variable: 'PG*', found: fromParameters(parameters, makeId(), 'from PG* variables') }];
}

function unquote(raw: string): string {
  const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw);
  return quoted?.[2] ?? raw.replace(/\s+#.*$/, '');
}

/**
 * The password that libpq would take from a `.pgpass` file: of the first line whose fields all match
 * (PostgreSQL manual, "The Password File").
 */
export function pgpassPassword(
  text: string,
  target: { readonly host: string; readonly port: number; readonly database: string; readonly user: string },
): string | undefined {
  // libpq looks a Unix socket in the default directory up as localhost.
  const host = target.host.startsWith('/') ? 'localhost' : target.host;
  const wanted = [host, `${target.port}`, target.database, target.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = splitFields(line);
    const password = fields[4];
    if (password === undefined) continue;
    if (wanted.every((value, index) => fields[index] === '*' || fields[index] === value)) return password;
  }
  return undefined;
}

/** Fields are separated by colons; a backslash takes the next character as it is. */
function splitFields(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === '\\') {
      field += line[++at] ?? '';
    } else if (character === ':' && fields.length < 4) {
      fields.push(field);
      field = '';
    } else {
      field += character;
    }
  }
  return [...fields, field];
}
