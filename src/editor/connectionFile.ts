/** The file in which connections are passed on: JSON without a secret, read entry by entry, and what to do about twins. Pure. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { connectionProfile, type ConnectionProfile } from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';
import { freeName } from './connectionDraft.ts';
import { compactProfile, entryName, issueWords } from './connectionScopes.ts';

const version = 1;

/** The text of a file with these connections; a program that one names for its password is pointed out in it. */
export function connectionFileText(profiles: readonly ConnectionProfile[]): string {
  const running = profiles.filter(({ passwordCommand }) => passwordCommand !== undefined);
  const warning =
    running.length === 0
      ? {}
      : {
          warning: `These run a program to get their password: ${namesOf(running)}. Read it before you use them.`,
        };
  const file = { khipuConnections: version, ...warning, connections: profiles.map(compactProfile) };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** The names, as a list in a sentence. */
export function namesOf(profiles: readonly ConnectionProfile[]): string {
  return profiles.map(({ name }) => name).join(', ');
}

/** A file of ours, or a bare list as the setting has it. */
const fileShape = z.union([
  z.object({ khipuConnections: z.literal(version), connections: z.array(z.unknown()) }),
  z.array(z.unknown()),
]);

/**
 * The connections of a file. All of them or none: one that is wrong is named by its place and field.
 * @throws KhipuError `invalid-input`
 */
export function readConnectionFile(text: string): ConnectionProfile[] {
  const read = fileShape.safeParse(parseJson(text));
  if (!read.success)
    throw new KhipuError('invalid-input', 'The file is not one with connections of Khipu.', {
      hint: `It begins with { "khipuConnections": ${version}, "connections": [ … ] }, as Export Connections writes it.`,
    });
  const entries = Array.isArray(read.data) ? read.data : read.data.connections;
  return entries.map((entry, index) => {
    const parsed = z.safeParse(connectionProfile, entry, { error: en().localeError });
    if (parsed.success) return parsed.data;
    const where = entryName(entry, index);
    throw new KhipuError(
      'invalid-input',
      `In the file, ${where} is not valid: ${issueWords(parsed.error)}.`,
      {
        hint: 'Nothing was imported. Correct the file, then import it again.',
      },
    );
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KhipuError('invalid-input', `The file is not JSON: ${why}.`, {}, { cause });
  }
}

/** What is done with a connection whose id or name another one has. */
export const twinAnswers = ['replace', 'keep both', 'skip'] as const;
export type TwinAnswer = (typeof twinAnswers)[number];

/** The connection that has the same id or else the same name; undefined when there is none. */
export function twinOf(
  profile: ConnectionProfile,
  others: readonly ConnectionProfile[],
): ConnectionProfile | undefined {
  return others.find(({ id }) => id === profile.id) ?? others.find(({ name }) => name === profile.name);
}

/** Whether they are the same but for their ids. */
export function isSame(one: ConnectionProfile, other: ConnectionProfile): boolean {
  const text = (profile: ConnectionProfile): string =>
    JSON.stringify(Object.entries(compactProfile({ ...profile, id: 'any' })).sort());
  return text(one) === text(other);
}

/** A connection as it is taken in beside the others; undefined when it is not. */
export function besideTwin(
  profile: ConnectionProfile,
  twin: ConnectionProfile,
  answer: TwinAnswer,
  others: readonly ConnectionProfile[],
): ConnectionProfile | undefined {
  switch (answer) {
    case 'replace':
      return { ...profile, id: twin.id };
    case 'keep both': {
      const names = others.map(({ name }) => name);
      return { ...profile, id: randomUUID(), name: freeName(profile.name, names) };
    }
    case 'skip':
      return undefined;
  }
}

/** The connection without its program: its password is asked for instead. */
export function withoutCommand({ passwordCommand, ...profile }: ConnectionProfile): ConnectionProfile {
  if (passwordCommand === undefined) return profile;
  return { ...profile, passwordFrom: profile.passwordFrom === 'command' ? 'prompt' : profile.passwordFrom };
}
