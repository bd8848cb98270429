/** What a profile looks like and where it leads, in the words that every surface uses. */
import type { ConnectionLook } from '../shared/connectionLook.ts';
import type { ConnectionProfile } from './profile.ts';

/** The look of a profile; one labelled production is red unless it says otherwise. */
export function lookOf({
  label,
  colour,
  access,
}: Pick<ConnectionProfile, 'label' | 'colour' | 'access'>): ConnectionLook {
  const production = /^(?:prod|production|live)$/i.test(label?.trim() ?? '');
  return {
    label: label?.trim() === '' ? undefined : label?.trim(),
    colour: colour ?? (production ? 'red' : undefined),
    production,
    writable: access === 'write',
  };
}

/** Where a profile leads: `user@host:port/database`. */
export function whereOf({
  user,
  host,
  port,
  database,
}: Pick<ConnectionProfile, 'user' | 'host' | 'port' | 'database'>): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

/**
 * Who gets a password that is sent for this profile: the server, the host on the way to it, and how the way is guarded. A
 * password that was stored for one target is not sent to another unasked.
 */
export function passwordTarget(profile: ConnectionProfile): string {
  const { ssh, tls } = profile;
  const through = ssh === undefined ? '' : ` through ${ssh.user}@${ssh.host}:${ssh.port}`;
  const checked = tls === 'verify-ca' || tls === 'verify-full' ? ` with ${tls}` : '';
  return `${whereOf(profile)}${through}${checked}`;
}
