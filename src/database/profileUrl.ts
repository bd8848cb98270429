/** The server's part of a profile as a URL, and a URL put into a profile that has more than that. Pure. */
import { parseConnectionUrl, type ConnectionProfile } from './profile.ts';

/** The URL of a profile, without its password. */
export function formatConnectionUrl(profile: ConnectionProfile): string {
  const { host, port, database, user, tls } = profile;
  const isSocket = host.startsWith('/');
  const url = new URL(`postgres://${host.includes(':') ? `[${host}]` : isSocket ? 'localhost' : host}`);
  url.port = port.toString();
  url.username = encodeURIComponent(user);
  if (isSocket) url.searchParams.set('host', host);
  url.searchParams.set('sslmode', tls);
  // `URL` would take a database named `.` or `..`, escaped or not, for a way through folders.
  return `${url.protocol}//${url.username}@${url.host}/${encodeURIComponent(database)}${url.search}`;
}

/**
 * The profile with its server, user, database and TLS mode as the URL has them; all else stays.
 * @throws KhipuError `invalid-input`, as `parseConnectionUrl`
 */
export function withConnectionUrl(
  profile: ConnectionProfile,
  url: string,
): { readonly profile: ConnectionProfile; readonly password: string | undefined } {
  const read = parseConnectionUrl(url, profile.id);
  const { host, port, database, user } = read.profile;
  const tls = url.includes('sslmode=') ? read.profile.tls : profile.tls;
  return { profile: { ...profile, host, port, database, user, tls }, password: read.password };
}
