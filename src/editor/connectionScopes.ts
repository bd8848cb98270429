/** Connections of the user and of the workspace, read entry by entry: one that is wrong does not hide the others. Pure. */
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { connectionProfile, type ConnectionProfile } from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';
import { settings } from './contributions.ts';

/** Where a connection is saved: with the user, or in the workspace's settings, which others may share. */
export const scopes = ['user', 'workspace'] as const;
export type Scope = (typeof scopes)[number];

/** The setting as it stands in either place; undefined where it is not set. */
export type ScopeValues = Readonly<Record<Scope, unknown>>;

export interface ScopedProfile {
  readonly profile: ConnectionProfile;
  readonly scope: Scope;
  /** It takes the place of a connection of the user that has the same id. */
  readonly hidesUsers: boolean;
}

export interface ReadScopes {
  readonly profiles: readonly ScopedProfile[];
  /** What is not valid, each in a sentence. */
  readonly faults: readonly string[];
}

/**
 * Reads both places. A workspace's connection takes the place of the user's with the same id, as settings do.
 * @param trusted whether the user trusts the workspace; an untrusted one has no connections
 */
export function readScopes(values: ScopeValues, trusted: boolean): ReadScopes {
  const user = readEntries(values.user);
  const workspace = trusted ? readEntries(values.workspace) : { profiles: [], faults: [] };
  const usersIds = new Set(user.profiles.map(({ id }) => id));
  const hidden = new Set(workspace.profiles.map(({ id }) => id));
  return {
    profiles: [
      ...user.profiles
        .filter(({ id }) => !hidden.has(id))
        .map((profile) => ({ profile, scope: 'user' as const, hidesUsers: false })),
      ...workspace.profiles.map((profile) => ({
        profile,
        scope: 'workspace' as const,
        hidesUsers: usersIds.has(profile.id),
      })),
    ],
    faults: [...user.faults, ...workspace.faults],
  };
}

function readEntries(value: unknown): { profiles: ConnectionProfile[]; faults: string[] } {
  if (value === undefined) return { profiles: [], faults: [] };
  if (!Array.isArray(value)) return { profiles: [], faults: [fault('it is not a list.')] };
  const read = value.map((entry: unknown, index) => readEntry(entry, index));
  const profiles = read.flatMap((each) => (typeof each === 'string' ? [] : [each]));
  const first = new Map(profiles.toReversed().map((profile) => [profile.id, profile]));
  const doubled = profiles.filter((profile) => first.get(profile.id) !== profile);
  return {
    profiles: profiles.filter((profile) => !doubled.includes(profile)),
    faults: [
      ...read.filter((each) => typeof each === 'string'),
      ...doubled.map(({ id, name }) => fault(`${name} has the id of another connection, ${id}.`)),
    ],
  };
}

function readEntry(entry: unknown, index: number): ConnectionProfile | string {
  const parsed = z.safeParse(connectionProfile, entry, { error: en().localeError });
  if (parsed.success) return parsed.data;
  return fault(`${entryName(entry, index)}: ${issueWords(parsed.error)}`);
}

function fault(what: string): string {
  return `The setting ${settings.connections} is not valid: ${what}`;
}

/** A connection of a list by its name, or by its place when it has none. */
export function entryName(entry: unknown, index: number): string {
  const named = z.safeParse(z.object({ name: z.string() }), entry);
  return `connection ${index + 1}${named.success ? ` (${named.data.name})` : ''}`;
}

/** The first thing that is wrong, with the field that it is in. */
export function issueWords(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not understood';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/**
 * The setting's value with this connection in it, in place of the one with its id. Entries that are not understood stay.
 * @throws KhipuError `invalid-settings` when the value is not a list, which would be lost
 */
export function withProfile(value: unknown, profile: ConnectionProfile): unknown[] {
  const entries = entriesOf(value);
  const written = compactProfile(profile);
  const at = entries.findIndex((entry) => idOf(entry) === profile.id);
  return at === -1 ? [...entries, written] : entries.with(at, written);
}

/** The setting's value without the connection of this id. @throws as `withProfile` does */
export function withoutProfile(value: unknown, id: string): unknown[] {
  return entriesOf(value).filter((entry) => idOf(entry) !== id);
}

function entriesOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as unknown[];
  throw new KhipuError('invalid-settings', fault('it is not a list.'), { subject: settings.connections });
}

function idOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
}

/** A profile as it is written down: what is as it would be anyway is left out, but for the port. */
export function compactProfile(profile: ConnectionProfile): Record<string, unknown> {
  const { id, name, host, database, user } = profile;
  const usual: Record<string, unknown> = connectionProfile.parse({ id, name, host, database, user });
  const kept = new Set(['id', 'name', 'host', 'port', 'database', 'user']);
  return Object.fromEntries(
    Object.entries<unknown>(profile).filter(
      ([key, value]) =>
        value !== undefined && (kept.has(key) || JSON.stringify(value) !== JSON.stringify(usual[key])),
    ),
  );
}
