/** What the tests of tunnels share: a profile that leads through an SSH host, and a user who answers from a script. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import type {
  HostDecision,
  SshContext,
  SshQuestion,
  UnknownHost,
} from '../../../src/database/connectContext.ts';
import {
  parseConnectionUrl,
  sshTunnel,
  type ConnectionProfile,
  type SshHost,
} from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import type { PostgresServer } from '../../servers/postgres.ts';
import type { Sshd } from '../../servers/sshd.ts';

/** The file that opens encrypted keys, as it is when nothing is bundled. */
const keyWorker = join(import.meta.dirname, '../../../src/database/sshKeyWorker.ts');

export interface ScriptedUser {
  /** What was asked so far. */
  readonly questions: SshQuestion[];
  readonly hosts: UnknownHost[];
  readonly context: SshContext;
}

export interface UserScript {
  /** In order; the last is given again. */
  readonly secrets?: readonly (string | undefined)[];
  readonly decision?: HostDecision;
  /** Told of each question before it is answered, and may keep it waiting. */
  readonly onQuestion?: (signal: AbortSignal) => Promise<void> | void;
}

export function scriptedUser({ secrets = [], decision, onQuestion }: UserScript = {}): ScriptedUser {
  const questions: SshQuestion[] = [];
  const hosts: UnknownHost[] = [];
  const context: SshContext = {
    keyWorker,
    async secret(question, signal) {
      const answer = secrets[Math.min(questions.length, secrets.length - 1)];
      questions.push(question);
      await onQuestion?.(signal);
      return answer;
    },
    async decideOnHost(host, signal) {
      hosts.push(host);
      await onQuestion?.(signal);
      return decision ?? 'refuse';
    },
  };
  return { questions, hosts, context };
}

/** A file of known hosts with sshd's key in it. */
export async function trusting(sshd: Sshd, name = 'known_hosts', key = sshd.hostKey): Promise<string> {
  const file = join(sshd.folder, name);
  await writeFile(file, `[127.0.0.1]:${sshd.port} ${key}\n`);
  return file;
}

/** A database that is reached through an SSH host. */
export function openThrough(
  server: PostgresServer,
  ssh: Partial<SshHost>,
  user: ScriptedUser,
  change: Partial<ConnectionProfile> = {},
  connectTimeoutMs = 15_000,
): Database {
  const { profile, password } = parseConnectionUrl(server.url(), 'tunnelled');
  const host = sshTunnel.parse({ host: '127.0.0.1', user: 'nobody', ...ssh });
  return openDatabase(
    { ...profile, tls: 'disable', ...change, ssh: host },
    { password: () => Promise.resolve(password), ssh: user.context, connectTimeoutMs },
  );
}

/** Runs a statement, and gives its first cell. */
export async function cell(
  database: Database,
  text: string,
  signal = new AbortController().signal,
): Promise<string | null | undefined> {
  const session = await database.session(signal);
  try {
    return (await session.query({ text }, signal)).rows[0]?.[0];
  } finally {
    session.release();
  }
}

/** The error of a connection that must not come about; the database is disposed. */
export async function refusal(database: Database): Promise<KhipuError> {
  try {
    await cell(database, 'SELECT 1');
  } catch (error) {
    assert.ok(error instanceof KhipuError);
    return error;
  } finally {
    await database.dispose();
  }
  throw new Error('It connected.');
}

export const textOf = (file: string): Promise<string> => readFile(file, 'utf8');
