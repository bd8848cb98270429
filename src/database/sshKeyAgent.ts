/** An SSH agent inside this process, with one key in it: ssh2 takes only keys that it has opened itself, or an agent. */
import { sign } from 'node:crypto';
import ssh2, { type IdentityCallback, type SignCallback, type SigningRequestOptions } from 'ssh2';
import type { OpenKey } from './sshPrivateKey.ts';

/** The hash belongs to the curve (RFC 5656); for RSA it is agreed on (RFC 8332), and Ed25519 has its own. */
const hashes: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha1',
};

export class SshKeyAgent extends ssh2.BaseAgent {
  readonly #key: OpenKey;

  constructor(key: OpenKey) {
    super();
    this.#key = key;
  }

  override getIdentities(answer: IdentityCallback): void {
    answer(undefined, [Buffer.from(this.#key.publicKey)]);
  }

  override sign(
    _publicKey: unknown,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    answer?: SignCallback,
  ): void {
    const [hash, tell] = typeof options === 'function' ? [undefined, options] : [options.hash, answer];
    try {
      tell?.(undefined, sign(hash ?? hashes[this.#key.type] ?? null, data, this.#key.privatePem));
    } catch (error) {
      tell?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
