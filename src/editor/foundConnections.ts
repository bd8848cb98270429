/** Connections that are written down elsewhere on this machine, read only when the user asks for them. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  environmentParameters,
  fromParameters,
  parseDotenv,
  parseServiceFile,
  pgpassPassword,
} from '../database/connectionSources.ts';
import type { ConnectionProfile, ParsedUrl } from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';

/** A place where connections are written down. */
export interface ConnectionPlace {
  readonly label: string;
  readonly description: string;
  /** @throws KhipuError `invalid-input` when what is there is not understood */
  find(): Promise<readonly { readonly label: string; readonly found: ParsedUrl }[]>;
}

export const connectionPlaces: readonly ConnectionPlace[] = [
  {
    label: '$(file) From .env of this workspace',
    description: 'DATABASE_URL and the like',
    find: fromDotenv,
  },
  { label: '$(server) From the service file', description: 'pg_service.conf', find: fromServiceFile },
  { label: '$(terminal) From the environment', description: 'PGHOST, PGDATABASE, …', find: fromEnvironment },
];

async function fromDotenv(): Promise<{ label: string; found: ParsedUrl }[]> {
  const files = await vscode.workspace.findFiles('**/.env{,.local,.development}', '**/node_modules/**', 20);
  const read = files.map(async (file) => {
    const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
    const name = vscode.workspace.asRelativePath(file);
    return parseDotenv(text, randomUUID).map(({ variable, found }) => ({
      label: `${variable} in ${name}`,
      found,
    }));
  });
  return (await Promise.all(read)).flat();
}

async function fromServiceFile(): Promise<{ label: string; found: ParsedUrl }[]> {
  const path = process.env['PGSERVICEFILE'] ?? join(homedir(), '.pg_service.conf');
  const text = await readIfThere(path);
  if (text === undefined) throw new KhipuError('invalid-input', `There is no service file ${path}.`);
  return [...parseServiceFile(text)].map(([name, parameters]) => ({
    label: name,
    found: fromParameters(parameters, randomUUID(), name),
  }));
}

function fromEnvironment(): Promise<{ label: string; found: ParsedUrl }[]> {
  const parameters = environmentParameters(process.env);
  if (parameters === undefined) return Promise.resolve([]);
  const found = fromParameters(parameters, randomUUID(), 'from the environment');
  return Promise.resolve([{ label: `${found.profile.database} on ${found.profile.host}`, found }]);
}

/** The password in the user's own `.pgpass`, which libpq would take too; undefined when there is none for this target. */
export async function passwordFile(profile: ConnectionProfile): Promise<string | undefined> {
  const usual =
    process.platform === 'win32'
      ? join(process.env['APPDATA'] ?? homedir(), 'postgresql', 'pgpass.conf')
      : join(homedir(), '.pgpass');
  const text = await readIfThere(process.env['PGPASSFILE'] ?? usual);
  return text === undefined ? undefined : pgpassPassword(text, profile);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new KhipuError('invalid-input', `${path} cannot be read.`, {}, { cause: error });
  }
}
