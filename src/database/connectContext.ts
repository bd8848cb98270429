/** What a profile does not hold: secrets and decisions, asked for when they are needed. */

/** What is asked of a person to get into an SSH host. */
export type SshQuestion =
  | { readonly kind: 'passphrase'; readonly keyFile: string; readonly isAgain: boolean }
  | { readonly kind: 'password'; readonly user: string; readonly host: string; readonly isAgain: boolean }
  /** The host's own question, such as for a one-time code. */
  | { readonly kind: 'answer'; readonly prompt: string; readonly host: string; readonly isShown: boolean };

/** A host whose key is in no file of known hosts. */
export interface UnknownHost {
  /** As known_hosts writes it: `host`, or `[host]:port`. */
  readonly name: string;
  /** Such as `ssh-ed25519`. */
  readonly keyType: string;
  /** `SHA256:…`, as ssh prints it. */
  readonly fingerprint: string;
  /** The file in which it would be remembered. */
  readonly file: string;
}
export type HostDecision = 'once' | 'remember' | 'refuse';

export interface SshContext {
  /** Absolute path of the program that opens encrypted keys (`sshKeyWorker.ts`). */
  readonly keyWorker: string;
  /** A secret, kept only in memory and only while connected; undefined when the user gives none. */
  readonly secret: (question: SshQuestion, signal: AbortSignal) => Promise<string | undefined>;
  readonly decideOnHost: (host: UnknownHost, signal: AbortSignal) => Promise<HostDecision>;
}

export interface ConnectContext {
  /** The stored password, asked for when a connection is made and not kept. */
  readonly password: () => Promise<string | undefined>;
  /** Asks the user, for profiles whose password comes from a prompt; undefined when they give none. */
  readonly askPassword?: (isAgain: boolean, signal: AbortSignal) => Promise<string | undefined>;
  /** For profiles with an SSH host. */
  readonly ssh?: SshContext;
  /** For a server that knows no CancelRequest: what stops its work. */
  readonly interrupt?: () => Promise<void>;
  /** How long a connection is waited for, in milliseconds; 15 s unless told. The user's own time does not count. */
  readonly connectTimeoutMs?: number;
}
