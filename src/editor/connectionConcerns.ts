/** What a connection would do that the user may not know of, because a file that others write says so. Pure. */
import { createHash } from 'node:crypto';
import { formatCommandLine } from '../database/commandWords.ts';
import { passwordTarget } from '../database/profileLook.ts';
import type { ScopedProfile } from './connectionScopes.ts';
import type { StoredPassword } from './secrets.ts';

const sshWords = { agent: 'with your SSH agent', key: 'with a key of yours', password: 'with a password' };

/**
 * What the user must agree to before this connects, each in a sentence; nothing for what the user entered here.
 * @param stored the password that is kept under the connection's id
 */
export function concernsOf(
  { profile, scope }: Pick<ScopedProfile, 'profile' | 'scope'>,
  stored: StoredPassword | undefined,
): string[] {
  const { passwordFrom, passwordCommand, ssh } = profile;
  const target = passwordTarget(profile);
  const ofWorkspace = scope === 'workspace';
  const concerns: string[] = [];
  if (ofWorkspace && passwordFrom === 'command' && passwordCommand !== undefined) {
    concerns.push(`It runs a program to get the password: ${formatCommandLine(passwordCommand)}`);
  }
  if (ofWorkspace && ssh !== undefined) {
    concerns.push(`It signs in to ${ssh.host} as ${ssh.user} ${sshWords[ssh.auth]}, and goes through it.`);
  }
  // One that was stored before targets were is the user's own wherever the user's settings lead.
  const isOld = stored?.target === undefined && !ofWorkspace;
  if (passwordFrom === 'stored' && stored !== undefined && !isOld && stored.target !== target) {
    const before = stored.target === undefined ? 'another connection' : stored.target;
    concerns.push(`The password that was stored for ${before} would be sent to ${target}.`);
  }
  return concerns;
}

/** Names what was agreed to, so that it is asked once, and again as soon as any of it changes. */
export function fingerprintOf(profileId: string, concerns: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([profileId, ...concerns]))
    .digest('base64url');
}
