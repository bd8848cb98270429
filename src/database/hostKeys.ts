/** Decides whether an SSH host is the one it should be: by the files of known hosts, or by asking the user. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { SshContext, UnknownHost } from './connectContext.ts';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostLine,
  knownHostName,
  parseKnownHosts,
  trustedKeyTypes,
  type HostKeyVerdict,
  type KnownHost,
} from './knownHosts.ts';
import { absolutePath } from './homePath.ts';
import type { SshHost } from './profile.ts';

const systemFile = '/etc/ssh/ssh_known_hosts';

/** Keys that ssh2 can check, the best first; RSA keys sign under several names (RFC 8332). */
const algorithmsByType: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The hosts that are trusted now, for one connection to one host. */
export class HostKeys {
  readonly #ssh: SshHost;
  readonly #known: readonly KnownHost[];
  readonly #file: string;
  /** What the user accepted for as long as the connection lasts: keys in base64. */
  readonly #accepted: Set<string>;

  private constructor(ssh: SshHost, known: readonly KnownHost[], file: string, accepted: Set<string>) {
    this.#ssh = ssh;
    this.#known = known;
    this.#file = file;
    this.#accepted = accepted;
  }

  /** @throws KhipuError `tunnel-failed` when a file is there and cannot be read */
  static async read(ssh: SshHost, accepted: Set<string>): Promise<HostKeys> {
    // A file of known hosts has a meaning for these, and an unknown host's name is written to one.
    if (/[\s,*?!|#@]/.test(ssh.host))
      throw new KhipuError('unknown-host', `${JSON.stringify(ssh.host)} is no name of a host.`, {
        subject: ssh.host,
      });
    const file =
      ssh.knownHosts === undefined ? join(homedir(), '.ssh', 'known_hosts') : absolutePath(ssh.knownHosts);
    const files = ssh.knownHosts === undefined ? [file, systemFile] : [file];
    const known = await Promise.all(files.map(readKnownHosts));
    return new HostKeys(ssh, known.flat(), file, accepted);
  }

  /** What to ask the host for: the keys first that it is known by. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const types = trustedKeyTypes(this.#known, this.#ssh.host, this.#ssh.port);
    const wanted = [...types, ...Object.keys(algorithmsByType)];
    return [...new Set(wanted.flatMap((type) => algorithmsByType[type] ?? []))];
  }

  /**
   * Resolves when the key is the host's own, as far as the user or a file says.
   * @throws KhipuError `host-key-unknown`, `host-key-changed`, `cancelled`
   */
  async check(key: Buffer, context: SshContext, signal: AbortSignal): Promise<void> {
    if (this.#accepted.has(key.toString('base64'))) return;
    const { host, port } = this.#ssh;
    const verdict = judgeHostKey(this.#known, host, port, key);
    if (verdict.kind === 'known') return;
    if (verdict.kind === 'changed' || verdict.kind === 'revoked') throw this.#refusal(verdict, key);
    const unknown: UnknownHost = {
      name: knownHostName(host, port),
      keyType: keyTypeOf(key) ?? '',
      fingerprint: fingerprintOf(key),
      file: this.#file,
    };
    const decision = await context.decideOnHost(unknown, signal);
    throwIfAborted(signal);
    if (decision === 'refuse') {
      const message = `${unknown.name} was not trusted (${unknown.fingerprint}), so it was not signed in to.`;
      throw new KhipuError('host-key-unknown', message, { subject: unknown.name });
    }
    this.#accepted.add(key.toString('base64'));
    if (decision === 'remember') await remember(this.#file, knownHostLine(host, port, key));
  }

  #refusal(verdict: Extract<HostKeyVerdict, { by: KnownHost }>, key: Buffer): KhipuError {
    const name = knownHostName(this.#ssh.host, this.#ssh.port);
    const shown = `${keyTypeOf(key) ?? ''} ${fingerprintOf(key)}`;
    const where = `line ${verdict.by.line} of ${verdict.by.file}`;
    if (verdict.kind === 'revoked')
      return new KhipuError('host-key-changed', `${name} shows a key that ${where} revokes: ${shown}.`, {
        subject: name,
      });
    const known = `${keyTypeOf(verdict.by.key) ?? ''} ${fingerprintOf(verdict.by.key)}`;
    const message = `The key of ${name} is ${shown}, and not ${known}, as in ${where}.`;
    const hint = `If whoever runs it confirms the new key, forget the old one with ssh-keygen -R '${name}' -f '${verdict.by.file}' and connect again.`;
    return new KhipuError('host-key-changed', message, { subject: name, hint });
  }
}

async function readKnownHosts(file: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return [];
    throw new KhipuError(
      'tunnel-failed',
      `The known hosts in ${file} cannot be read.`,
      { subject: file },
      { cause },
    );
  }
}

/** Adds a line, after an unfinished last one on a line of its own. */
async function remember(file: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const before = await readFile(file, 'utf8').catch(() => '');
    const separator = before === '' || before.endsWith('\n') ? '' : '\n';
    await appendFile(file, separator + line, { mode: 0o600 });
  } catch (cause) {
    throw new KhipuError(
      'tunnel-failed',
      `The host could not be remembered in ${file}.`,
      { subject: file },
      { cause },
    );
  }
}
