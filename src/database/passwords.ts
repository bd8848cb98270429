/** The password of one connection, from where its profile says: stored, asked of the user, or printed by a command. */
import { cancelled, KhipuError } from '../shared/errors.ts';
import { SharedAttempt } from '../shared/sharedAttempt.ts';
import type { ConnectContext } from './connectContext.ts';
import { runPasswordCommand } from './passwordCommand.ts';
import type { ConnectionProfile } from './profile.ts';

/** A password that is tried. */
export interface TriedPassword {
  /** Undefined for a stored one, which is read when the server asks for it. */
  readonly value: string | undefined;
  /** Got for this very try, and not remembered from an earlier one. */
  readonly isFresh: boolean;
}

/** Remembers what was asked for or printed, in memory, so that a pool can open more connections; `forget` ends that. */
export class Passwords {
  readonly #profile: ConnectionProfile;
  readonly #context: ConnectContext;
  #remembered: string | undefined;
  #isAgain = false;
  readonly #getting = new SharedAttempt((signal) => this.#get(signal));

  constructor(profile: ConnectionProfile, context: ConnectContext) {
    this.#profile = profile;
    this.#context = context;
  }

  /**
   * Gets what takes a person or a program to get, before a connection is made: its time limit does not run meanwhile.
   * @throws KhipuError `password-command-failed`, `authentication-failed`, or `cancelled` when the user enters none
   */
  async ready(signal: AbortSignal): Promise<TriedPassword> {
    if (this.#profile.passwordFrom === 'stored') return { value: undefined, isFresh: true };
    if (this.#remembered !== undefined) return { value: this.#remembered, isFresh: false };
    return { value: await this.#getting.get(signal), isFresh: true };
  }

  /** What pg sends; the empty string makes it not look for one elsewhere. */
  async current(): Promise<string> {
    if (this.#profile.passwordFrom === 'stored') return (await this.#context.password()) ?? '';
    return this.#remembered ?? '';
  }

  /**
   * Gets another one after the server refused the one that was tried: the user is asked again, a command is run again unless
   * it has just been run.
   * @param tried undefined when no new connection was expected
   * @returns false when there is none to be had
   */
  async replace(tried: TriedPassword | undefined, signal: AbortSignal): Promise<boolean> {
    const { passwordFrom } = this.#profile;
    if (passwordFrom === 'stored' || (passwordFrom === 'command' && tried?.isFresh === true)) return false;
    if (tried !== undefined && this.#remembered === tried.value) {
      this.forget();
      this.#isAgain = true;
    }
    await this.ready(signal);
    return true;
  }

  forget(): void {
    this.#remembered = undefined;
    this.#getting.forget();
  }

  async #get(signal: AbortSignal): Promise<string> {
    const isAgain = this.#isAgain;
    this.#isAgain = false;
    const { passwordFrom, passwordCommand = [] } = this.#profile;
    const password =
      passwordFrom === 'command'
        ? await runPasswordCommand(passwordCommand, signal)
        : await this.#ask(isAgain, signal);
    this.#remembered = password;
    return password;
  }

  async #ask(isAgain: boolean, signal: AbortSignal): Promise<string> {
    const { name } = this.#profile;
    if (this.#context.askPassword === undefined)
      throw new KhipuError(
        'authentication-failed',
        `The password of ${name} is asked for, and nobody can be asked here.`,
      );
    const password = await this.#context.askPassword(isAgain, signal);
    if (password === undefined) throw cancelled();
    return password;
  }
}
