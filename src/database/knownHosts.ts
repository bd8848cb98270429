/** OpenSSH's known_hosts: which keys are trusted for a host (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). Pure. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One line that was understood. */
export interface KnownHost {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Host patterns separated by commas, or one hashed name. */
  readonly hosts: string;
  readonly key: Buffer;
}

export type HostKeyVerdict =
  | { readonly kind: 'known' | 'unknown' }
  /** Another key is trusted for this host, or this very key must not be. */
  | { readonly kind: 'changed' | 'revoked'; readonly by: KnownHost };

/** Reads a file; lines that are not understood are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const fields = raw.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') === true ? fields.shift()?.slice(1) : undefined;
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const [hosts = '', keyType, encoded = ''] = fields;
    if (hosts === '' || hosts.startsWith('#')) return [];
    const key = Buffer.from(encoded, 'base64');
    if (keyType === undefined || keyTypeOf(key) !== keyType) return [];
    return [{ file, line: index + 1, marker, hosts, key }];
  });
}

/** The type that a key in SSH's own encoding says it has; undefined for what is none. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length === 0 || 4 + length >= key.length ? undefined : key.toString('latin1', 4, 4 + length);
}

/** A host as known_hosts names it. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/**
 * Whether a host's key is trusted. Stricter than OpenSSH in one case: a host of which only keys of other types are trusted
 * counts as changed, since `trustedKeyTypes` had it asked for those first.
 */
export function judgeHostKey(
  known: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const ofHost = known.filter(({ hosts }) => matches(hosts, knownHostName(host, port)));
  const ofAnyPort = port === 22 ? [] : known.filter(({ hosts }) => matches(hosts, knownHostName(host, 22)));
  const isSame = (each: KnownHost): boolean => each.key.equals(key);
  const revoked = [...ofHost, ...ofAnyPort].find((each) => each.marker === 'revoked' && isSame(each));
  if (revoked !== undefined) return { kind: 'revoked', by: revoked };
  const trusted = ofHost.filter(({ marker }) => marker === undefined);
  // A key that is trusted without a port is the same host's on any port, but another key there may be another host's.
  const isKnown = [...trusted, ...ofAnyPort.filter(({ marker }) => marker === undefined)].some(isSame);
  if (isKnown) return { kind: 'known' };
  const type = keyTypeOf(key);
  const other = trusted.find((each) => keyTypeOf(each.key) === type) ?? trusted[0];
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', by: other };
}

/** Types of the keys that are trusted for a host: what it should be asked for, since it may have several keys. */
export function trustedKeyTypes(known: readonly KnownHost[], host: string, port: number): string[] {
  const names = [knownHostName(host, port), knownHostName(host, 22)];
  const types = known
    .filter(({ hosts, marker }) => marker === undefined && names.some((name) => matches(hosts, name)))
    .map(({ key }) => keyTypeOf(key) ?? '');
  return [...new Set(types)];
}

/** The line that makes a host known. */
export function knownHostLine(host: string, port: number, key: Buffer): string {
  return `${knownHostName(host, port)} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}\n`;
}

/** A key's fingerprint, as ssh and ssh-keygen print it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  const patterns = hosts.split(',');
  const excluded = patterns.some((each) => each.startsWith('!') && matchesPattern(each.slice(1), name));
  return !excluded && patterns.some((each) => !each.startsWith('!') && matchesPattern(each, name));
}

/** `|1|salt|hash`, both in base64: an HMAC-SHA1 of the name, so that the file does not tell which hosts are known. */
function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` stands for any characters, `?` for one. */
function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name;
  const parts = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${parts.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`).test(name);
}
