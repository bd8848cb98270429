/** The questions that make a new connection: a pasted URL, field after field, or what is written down elsewhere. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import {
  connectionProfile,
  parseConnectionUrl,
  tlsModes,
  type ConnectionProfile,
  type ParsedUrl,
} from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import { tlsWords } from './connectionProperties.ts';
import { faultOf } from './propertyInput.ts';
import { connectionPlaces, type ConnectionPlace } from './foundConnections.ts';

/** Asks how to enter a new connection, and has it entered; undefined when the user leaves. */
export async function askForDraft(): Promise<ConnectionDraft | undefined> {
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
      ...connectionPlaces.map((place) => ({ ...place, form: () => pickFrom(place) })),
    ],
    { title: 'Add Connection' },
  );
  const entered = await way?.form();
  return entered === undefined ? undefined : { ...entered, scope: 'user' };
}

/** Has the user choose among the connections of a place; it is read now and not before. */
async function pickFrom(place: ConnectionPlace): Promise<ParsedUrl | undefined> {
  const found = await place.find();
  if (found.length === 0)
    throw new KhipuError('invalid-input', 'No connection to Postgres is written down there.');
  const items = found.map((each) => {
    const { user, host, port, database } = each.found.profile;
    return { label: each.label, description: `${user}@${host}:${port}/${database}`, draft: each.found };
  });
  return (await vscode.window.showQuickPick(items, { title: 'Which connection?' }))?.draft;
}

async function askForUrl(): Promise<ParsedUrl | undefined> {
  const id = randomUUID();
  const url = await vscode.window.showInputBox({
    title: 'Connection URL',
    prompt: 'The password goes into the secret storage of VS Code, not into the settings.',
    placeHolder: 'postgres://user:password@localhost:5432/database',
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? 'Paste a URL.' : faultOf(() => parseConnectionUrl(text, id)),
  });
  return url === undefined ? undefined : parseConnectionUrl(url, id);
}

async function askForFields(): Promise<ParsedUrl | undefined> {
  const host = await field(
    'Host',
    'A host name, an address, or the directory of a Unix socket.',
    'localhost',
  );
  if (host === undefined) return undefined;
  const port = await field('Port', '', '5432', (text) =>
    /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
      ? undefined
      : 'A number from 1 to 65535.',
  );
  if (port === undefined) return undefined;
  const database = await field('Database', '', 'postgres');
  if (database === undefined) return undefined;
  const user = await field('User', '', 'postgres');
  if (user === undefined) return undefined;
  const password = await vscode.window.showInputBox({
    title: 'Password',
    prompt: 'Kept in the secret storage of VS Code. Leave it empty when none is needed.',
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) return undefined;
  const tls = await vscode.window.showQuickPick(
    tlsModes.map((mode) => ({ label: mode, description: tlsWords[mode][1] })),
    { title: 'TLS', ignoreFocusOut: true },
  );
  if (tls === undefined) return undefined;
  return {
    profile: connectionProfile.parse({
      id: randomUUID(),
      name: `${database} on ${host}`,
      host,
      port: Number(port),
      database,
      user,
      tls: tls.label,
    }),
    password: password === '' ? undefined : password,
  };
}

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
