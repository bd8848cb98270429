/** Certificates for tests of TLS, made by the openssl command: a CA, a server's and a client's, and a stranger's CA. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** Signs the server's and the client's certificates. */
  readonly ca: string;
  /** Signs neither. */
  readonly otherCa: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/**
 * Makes the files, readable by the user that Postgres runs as.
 * @param host the name in the server's certificate
 * @param client the name in the client's certificate: the Postgres user
 */
export async function makeCertificates(host: string, client: string): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'khipu-certificates-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: directory });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other-ca']) {
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
    );
  }
  for (const [name, subject] of [
    ['server', host],
    ['client', client],
  ] as const) {
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
    await writeFile(at(`${name}.ext`), `subjectAltName=DNS:${subject}\n`);
    const signed = [
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    ];
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...signed);
  }
  await giveToPostgres(directory);
  return {
    ca: at('ca.crt'),
    otherCa: at('other-ca.crt'),
    serverCert: at('server.crt'),
    serverKey: at('server.key'),
    clientCert: at('client.crt'),
    clientKey: at('client.key'),
  };
}

/** Postgres refuses a key that others may read, and as root the test server runs as `postgres`. */
async function giveToPostgres(directory: string): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? Number((await run('id', ['-u', 'postgres'])).stdout) : undefined;
  for (const path of [directory, ...(await readdir(directory)).map((name) => join(directory, name))]) {
    await chmod(path, path === directory ? 0o700 : 0o600);
    if (uid !== undefined) await chown(path, uid, uid);
  }
}
