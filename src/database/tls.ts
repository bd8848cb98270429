/** What TLS a profile asks for, as options for Node: libpq's modes, with the files that they name. */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionProfile } from './profile.ts';

/**
 * Options for the connection; undefined for a plain one. `verify-ca` checks who signed the certificate, `verify-full` also the
 * host's name; `prefer` and `require` encrypt without asking whom (PostgreSQL manual, "SSL Support", table of sslmode).
 * @throws KhipuError `tls-refused` when a file cannot be read
 */
export async function tlsOptions(profile: ConnectionProfile): Promise<ConnectionOptions | undefined> {
  const { tls, host, tlsCa, tlsCert, tlsKey } = profile;
  if (tls === 'disable' || host.startsWith('/')) return undefined;
  const verifies = tls === 'verify-ca' || tls === 'verify-full';
  return {
    rejectUnauthorized: verifies,
    ...(tls === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(verifies && tlsCa !== undefined ? { ca: await read(tlsCa, 'CA certificate') } : {}),
    ...(tlsCert === undefined ? {} : { cert: await read(tlsCert, 'client certificate') }),
    ...(tlsKey === undefined ? {} : { key: await read(tlsKey, 'client key') }),
  };
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new KhipuError('tls-refused', `The ${what} ${path} cannot be read.`, { subject: path }, { cause });
  }
}
