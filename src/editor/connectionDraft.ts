/** A connection as far as it has been entered, and what is still wrong with it. Pure. */
import { randomUUID } from 'node:crypto';
import type { ConnectionProfile } from '../database/profile.ts';
import type { Scope } from './connectionScopes.ts';

export interface ConnectionDraft {
  readonly profile: ConnectionProfile;
  readonly scope: Scope;
  /** Kept in the secret storage; undefined forgets the one before. */
  readonly password: string | undefined;
}

/** A copy under an id and a name of its own. @param taken the names that there are */
export function copyOf(draft: ConnectionDraft, taken: readonly string[]): ConnectionDraft {
  const name = freeName(`${draft.profile.name} copy`, taken);
  return { ...draft, profile: { ...draft.profile, id: randomUUID(), name } };
}

/** The name itself, or with the first number that makes it one of its own. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number++;
  return `${name} ${number}`;
}

/** Whether anything would be lost if the draft were thrown away. */
export function isChanged(before: ConnectionDraft | undefined, draft: ConnectionDraft): boolean {
  return before === undefined || JSON.stringify(ordered(before)) !== JSON.stringify(ordered(draft));
}

function ordered({ profile, scope, password }: ConnectionDraft): unknown[] {
  const fields = Object.entries<unknown>(profile).filter(([, value]) => value !== undefined);
  return [fields.sort(([a], [b]) => (a < b ? -1 : 1)), scope, password];
}

/** What keeps a draft from being saved, in a sentence; undefined when nothing does. */
export function draftProblem({ profile }: ConnectionDraft): string | undefined {
  const { passwordFrom, passwordCommand, ssh } = profile;
  if (passwordFrom === 'command' && (passwordCommand ?? []).length === 0)
    return 'The password comes from a command, and there is none yet.';
  if (ssh?.auth === 'key' && ssh.keyFile === undefined)
    return 'The tunnel signs in with a key, and no key file is chosen yet.';
  return undefined;
}
