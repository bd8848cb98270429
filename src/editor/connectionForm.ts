/** The questions that make a connection: a pasted URL, or field after field; what was entered survives a failed test. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  connectionProfile,
  parseConnectionUrl,
  tlsModes,
  type ConnectionProfile,
} from '../database/profile.ts';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import { connectionPlaces, type ConnectionPlace } from './foundConnections.ts';

/** A connection as far as it has been entered. */
export interface Draft {
  readonly profile: ConnectionProfile;
  readonly password: string | undefined;
}

/** Asks how to enter the connection, and has it entered; undefined when the user leaves. */
export async function askForDraft(before: Draft | undefined): Promise<Draft | undefined> {
  const places = before === undefined ? connectionPlaces : [];
  const way = await vscode.window.showQuickPick(
    [
      {
        label: '$(link) Paste a URL',
        description: 'postgres://user:password@host:5432/database',
        form: askForUrl,
      },
      {
        label: '$(edit) Fill in the fields',
        description: 'host, port, database, user, password, TLS',
        form: askForFields,
      },
      ...places.map((place) => ({ ...place, form: () => pickFrom(place) })),
    ],
    { title: before === undefined ? 'Add Connection' : `Edit ${before.profile.name}` },
  );
  return way?.form(before);
}

/** Has the user choose among the connections of a place; it is read now and not before. */
async function pickFrom(place: ConnectionPlace): Promise<Draft | undefined> {
  const found = await place.find();
  if (found.length === 0)
    throw new KhipuError('invalid-input', 'No connection to Postgres is written down there.');
  const items = found.map((each) => {
    const { user, host, port, database } = each.found.profile;
    return { label: each.label, description: `${user}@${host}:${port}/${database}`, draft: each.found };
  });
  return (await vscode.window.showQuickPick(items, { title: 'Which connection?' }))?.draft;
}

async function askForUrl(before: Draft | undefined): Promise<Draft | undefined> {
  const id = before?.profile.id ?? randomUUID();
  const url = await vscode.window.showInputBox({
    title: 'Connection URL',
    prompt: 'The password goes into the secret storage of VS Code, not into the settings.',
    placeHolder: 'postgres://user:password@localhost:5432/database',
    value: before === undefined ? '' : urlOf(before.profile),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? 'Paste a URL.' : validation(() => parseConnectionUrl(text, id)),
  });
  if (url === undefined) return undefined;
  const { profile, password } = parseConnectionUrl(url, id);
  const kept = before === undefined ? profile : { ...before.profile, ...profile, name: before.profile.name };
  return { profile: kept, password: password ?? before?.password };
}

/** The URL of a profile, without its password. */
function urlOf(profile: ConnectionProfile): string {
  const { host, port, database, user, tls, tlsCa, tlsCert, tlsKey } = profile;
  const isSocket = host.startsWith('/');
  const url = new URL(`postgres://${host.includes(':') ? `[${host}]` : isSocket ? 'localhost' : host}`);
  url.port = port.toString();
  url.username = encodeURIComponent(user);
  url.pathname = encodeURIComponent(database);
  const parameters = {
    host: isSocket ? host : undefined,
    sslmode: tls,
    sslrootcert: tlsCa,
    sslcert: tlsCert,
    sslkey: tlsKey,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.toString();
}

async function askForFields(before: Draft | undefined): Promise<Draft | undefined> {
  const profile = before?.profile;
  const host = await field(
    'Host',
    'A host name, an address, or the directory of a Unix socket.',
    profile?.host ?? 'localhost',
  );
  if (host === undefined) return undefined;
  const port = await field('Port', '', `${profile?.port ?? 5432}`, (text) =>
    /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
      ? undefined
      : 'A number from 1 to 65535.',
  );
  if (port === undefined) return undefined;
  const database = await field('Database', '', profile?.database ?? 'postgres');
  if (database === undefined) return undefined;
  const user = await field('User', '', profile?.user ?? 'postgres');
  if (user === undefined) return undefined;
  const password = await vscode.window.showInputBox({
    title: 'Password',
    prompt: 'Kept in the secret storage of VS Code. Leave it empty when none is needed.',
    password: true,
    value: before?.password ?? '',
    ignoreFocusOut: true,
  });
  if (password === undefined) return undefined;
  const tls = await vscode.window.showQuickPick(
    tlsModes.map((label) => ({ label, description: tlsWords[label] })),
    { title: 'TLS', ignoreFocusOut: true },
  );
  if (tls === undefined) return undefined;
  const id = profile?.id ?? randomUUID();
  const name = profile?.name ?? `${database} on ${host}`;
  return {
    profile: connectionProfile.parse({
      ...profile,
      id,
      name,
      host,
      port: Number(port),
      database,
      user,
      tls: tls.label,
    }),
    password: password === '' ? undefined : password,
  };
}

const tlsWords: Readonly<Record<(typeof tlsModes)[number], string>> = {
  prefer: 'encrypt when the server can',
  disable: 'never encrypt',
  require: 'encrypt, and trust any certificate',
  'verify-ca': 'encrypt, and check who signed the certificate',
  'verify-full': 'encrypt, and check the certificate and the host name',
};

function field(
  title: string,
  prompt: string,
  value: string,
  check: (text: string) => string | undefined = (text) =>
    text.trim() === '' ? 'This cannot be empty.' : undefined,
): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true, validateInput: check });
}

/** Asks for the name under which a connection is listed. */
export function askForName(profile: ConnectionProfile): Thenable<string | undefined> {
  return field('Name of the Connection', 'It connects. Under which name shall it be listed?', profile.name);
}

function validation(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (thrown) {
    const error = toKhipuError(thrown);
    return [error.message, error.detail.hint].filter((part) => part !== undefined).join(' ');
  }
}
