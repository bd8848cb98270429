/** Reads the user's private key; one with a passphrase is opened in a thread, for that takes up to a second of computing. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import ssh2 from 'ssh2';
import { abortable } from '../shared/abortable.ts';
import { KhipuError } from '../shared/errors.ts';
import { absolutePath } from './homePath.ts';

/** A key that can sign. */
export interface OpenKey {
  readonly kind: 'key';
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** In SSH's own encoding. */
  readonly publicKey: Uint8Array;
  readonly privatePem: string;
}

export type OpenedKey =
  OpenKey | { readonly kind: 'encrypted' } | { readonly kind: 'unusable'; readonly reason: string };

/** What is said to the thread. */
export interface OpenRequest {
  readonly text: string;
  readonly passphrase: string;
}

/** Opens what a key file holds. */
export function openKey(text: string, passphrase?: string): OpenedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) {
    if (passphrase !== undefined || /no passphrase given/.test(parsed.message)) return { kind: 'encrypted' };
    return { kind: 'unusable', reason: 'is in no format that is understood (OpenSSH, PEM or PuTTY)' };
  }
  if (!parsed.isPrivateKey()) return { kind: 'unusable', reason: 'holds a public key, not a private one' };
  return {
    kind: 'key',
    type: parsed.type,
    publicKey: parsed.getPublicSSH(),
    privatePem: parsed.getPrivatePEM(),
  };
}

const mostTries = 3;

/**
 * Reads a key, and asks for its passphrase when it has one.
 * @param worker absolute path of `sshKeyWorker.ts`, or its bundle
 * @param ask for the passphrase; throws when there is none
 * @throws KhipuError `tunnel-failed`, `tunnel-authentication-failed`, or what `ask` throws
 */
export async function readPrivateKey(
  keyFile: string,
  worker: string,
  ask: (isAgain: boolean) => Promise<string>,
  signal: AbortSignal,
): Promise<OpenKey> {
  const text = await readKeyFile(keyFile);
  let opened = openKey(text);
  for (let tries = 0; opened.kind === 'encrypted' && tries < mostTries; tries += 1) {
    const passphrase = await ask(tries > 0);
    opened = await openInThread(worker, { text, passphrase }, signal);
  }
  if (opened.kind === 'key') return opened;
  if (opened.kind === 'encrypted')
    throw new KhipuError('tunnel-authentication-failed', `That is not the passphrase of ${keyFile}.`, {
      subject: keyFile,
    });
  throw new KhipuError('tunnel-failed', `The key file ${keyFile} ${opened.reason}.`, { subject: keyFile });
}

async function readKeyFile(keyFile: string): Promise<string> {
  try {
    return await readFile(absolutePath(keyFile), 'utf8');
  } catch (cause) {
    throw new KhipuError(
      'tunnel-failed',
      `The key file ${keyFile} cannot be read.`,
      { subject: keyFile },
      { cause },
    );
  }
}

async function openInThread(worker: string, request: OpenRequest, signal: AbortSignal): Promise<OpenedKey> {
  const thread = new Worker(worker);
  try {
    const answer = once(thread, 'message') as Promise<[OpenedKey]>;
    thread.postMessage(request);
    const [opened] = await abortable(answer, signal);
    return opened;
  } finally {
    await thread.terminate();
  }
}
