/** How a user proves to an SSH host who they are: what is tried, in which order, and what is asked for meanwhile. */
import type { AnyAuthMethod, Prompt } from 'ssh2';
import { cancelled, KhipuError } from '../shared/errors.ts';
import type { SshContext, SshQuestion } from './connectContext.ts';
import { knownHostName } from './knownHosts.ts';
import type { SshHost } from './profile.ts';
import { SshKeyAgent } from './sshKeyAgent.ts';
import { readPrivateKey, type OpenKey } from './sshPrivateKey.ts';

/** What the user gave to one tunnel, kept in memory as long as it is: so that it can be made again by itself. */
export interface SshMemory {
  key: OpenKey | undefined;
  password: string | undefined;
  /** Hosts' keys that were accepted, in base64. */
  readonly acceptedHosts: Set<string>;
}

/** What one attempt works with. */
export interface SshAttempt {
  readonly ssh: SshHost;
  readonly context: SshContext;
  readonly memory: SshMemory;
  /** Runs a question to the user, or what else the host does not wait for, while the time limit stands still. */
  readonly asking: <T>(question: () => Promise<T>) => Promise<T>;
  /** Ends the attempt. */
  readonly fail: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** One attempt to sign in. */
export class SshAuthentication {
  readonly #attempt: SshAttempt;
  readonly #ssh: SshHost;
  readonly #memory: SshMemory;
  readonly #name: string;
  #tries = 0;
  #agentProblem: Error | undefined;

  constructor(attempt: SshAttempt) {
    this.#attempt = attempt;
    this.#ssh = attempt.ssh;
    this.#memory = attempt.memory;
    this.#name = knownHostName(attempt.ssh.host, attempt.ssh.port);
  }

  /** The agent failed; what else there is will be tried. */
  noteAgentProblem(error: Error): void {
    this.#agentProblem = error;
  }

  /**
   * What to try next.
   * @param left methods that the host still takes; undefined before it has said so
   * @param isPartial whether the last try was right, and the host wants another proof as well
   * @throws KhipuError `tunnel-authentication-failed` when nothing is left, `tunnel-failed`, `cancelled`
   */
  async next(left: readonly string[] | undefined, isPartial: boolean): Promise<AnyAuthMethod> {
    if (left === undefined) return { type: 'none', username: this.#ssh.user };
    if (isPartial) return this.#secondProof(left);
    return this.#ssh.auth === 'password' ? this.#byPassword(left) : this.#byKey(left);
  }

  async #byKey(left: readonly string[]): Promise<AnyAuthMethod> {
    if (this.#tries > 0 || !left.includes('publickey')) throw this.#refused(left);
    this.#tries += 1;
    const agent = this.#ssh.auth === 'agent' ? agentSocket() : new SshKeyAgent(await this.#key());
    return { type: 'agent', username: this.#ssh.user, agent };
  }

  /** As a password, or as the answer to the host's first hidden question, which is what PAM makes of it. */
  async #byPassword(left: readonly string[]): Promise<AnyAuthMethod> {
    const isAgain = this.#tries > 0;
    if (this.#tries > 1) throw this.#refused(left);
    this.#tries += 1;
    if (left.includes('password'))
      return { type: 'password', username: this.#ssh.user, password: await this.#password(isAgain) };
    if (!left.includes('keyboard-interactive')) throw this.#refused(left);
    let isDue = true;
    return this.#interactive((prompt) => {
      if (!isDue || prompt.echo === true) return this.#answer(prompt);
      isDue = false;
      return this.#password(isAgain);
    });
  }

  /** The host took the key or the password, and wants more: a one-time code, say. */
  async #secondProof(left: readonly string[]): Promise<AnyAuthMethod> {
    if (left.includes('keyboard-interactive')) return this.#interactive((prompt) => this.#answer(prompt));
    if (!left.includes('password') || this.#ssh.auth === 'password') throw this.#refused(left);
    return { type: 'password', username: this.#ssh.user, password: await this.#password(false) };
  }

  #interactive(answer: (prompt: Prompt) => Promise<string>): AnyAuthMethod {
    return {
      type: 'keyboard-interactive',
      username: this.#ssh.user,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        const answerAll = async (): Promise<string[]> => {
          const answers: string[] = [];
          for (const prompt of prompts) answers.push(await answer(prompt));
          return answers;
        };
        answerAll().then(finish, this.#attempt.fail);
      },
    };
  }

  async #key(): Promise<OpenKey> {
    const { keyFile } = this.#ssh;
    if (keyFile === undefined)
      throw new KhipuError('invalid-settings', `No key file is given for ${this.#name}.`);
    const ask = (isAgain: boolean): Promise<string> => this.#ask({ kind: 'passphrase', keyFile, isAgain });
    const { asking, context, signal } = this.#attempt;
    // The host is not to blame for the time that opening takes.
    this.#memory.key ??= await asking(() => readPrivateKey(keyFile, context.keyWorker, ask, signal));
    return this.#memory.key;
  }

  async #password(isAgain: boolean): Promise<string> {
    if (isAgain) this.#memory.password = undefined;
    const { user } = this.#ssh;
    this.#memory.password ??= await this.#ask({ kind: 'password', user, host: this.#name, isAgain });
    return this.#memory.password;
  }

  #answer({ prompt, echo }: Prompt): Promise<string> {
    return this.#ask({ kind: 'answer', prompt, host: this.#name, isShown: echo === true });
  }

  async #ask(question: SshQuestion): Promise<string> {
    const { asking, context, signal } = this.#attempt;
    const answer = await asking(() => context.secret(question, signal));
    if (answer === undefined) throw cancelled();
    return answer;
  }

  #refused(left: readonly string[]): KhipuError {
    const { user, auth, keyFile = '' } = this.#ssh;
    this.#memory.password = undefined;
    this.#memory.key = undefined;
    const by = {
      agent: 'with the keys of the SSH agent',
      key: `with the key ${keyFile}`,
      password: 'with that password',
    };
    const why = this.#agentProblem === undefined ? '' : ` ${this.#agentProblem.message}.`;
    const message = `${this.#name} did not let ${user} in ${by[auth]}.${why}`;
    return new KhipuError('tunnel-authentication-failed', message, {
      subject: this.#name,
      hint: left.length === 0 ? undefined : `It takes: ${left.join(', ')}.`,
    });
  }
}

/** Where the user's agent listens. @throws KhipuError `tunnel-failed` when there is none */
function agentSocket(): string {
  const socket = process.env['SSH_AUTH_SOCK'];
  if (socket !== undefined && socket !== '') return socket;
  if (process.platform === 'win32') return '\\\\.\\pipe\\openssh-ssh-agent';
  throw new KhipuError('tunnel-failed', 'No SSH agent is running for VS Code: SSH_AUTH_SOCK is not set.', {
    hint: 'Start VS Code from a terminal in which ssh-add -l works, or choose a key file.',
  });
}
