/** Asks the user for what a connection needs while it is made: passwords, passphrases, codes, and whether a host is trusted. */
import * as vscode from 'vscode';
import type { ConnectContext, HostDecision, SshQuestion, UnknownHost } from '../database/connectContext.ts';
import type { ConnectionProfile } from '../database/profile.ts';
import { whereOf } from '../database/profileLook.ts';
import type { Secrets } from './secrets.ts';

type KeptKind = 'passphrase' | 'password';

/** What a connection may ask; every question closes when its signal fires. */
export type ConnectPrompts = Required<Pick<ConnectContext, 'askPassword' | 'ssh'>>;

/**
 * The questions of one connection.
 * @param keyWorker absolute path of the bundled `sshKeyWorker.ts`
 */
export function connectPrompts(
  profile: ConnectionProfile,
  secrets: Secrets,
  keyWorker: string,
): ConnectPrompts {
  let keeps: Promise<boolean> | undefined;
  // Asked once: an answer holds for the passphrase that is entered after a wrong one, too.
  const mayKeep = (kind: KeptKind, signal: AbortSignal): Promise<boolean> =>
    (keeps ??= askToKeep(kind, signal));
  return {
    askPassword: (isAgain, signal) => askPassword(profile, isAgain, signal),
    ssh: {
      keyWorker,
      secret: (question, signal) => sshSecret(question, secrets, mayKeep, signal),
      decideOnHost,
    },
  };
}

function askPassword(
  profile: ConnectionProfile,
  isAgain: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  return ask(
    {
      title: `Password for ${profile.name}`,
      prompt: isAgain
        ? `The server refused that password. Enter the password of ${whereOf(profile)}.`
        : `For ${whereOf(profile)}. It is kept in memory while connected, and nowhere else.`,
      password: true,
    },
    signal,
  );
}

async function sshSecret(
  question: SshQuestion,
  secrets: Secrets,
  mayKeep: (kind: KeptKind, signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (question.kind === 'answer') {
    const { host, prompt, isShown } = question;
    return ask({ title: `${host} asks`, prompt: prompt.trim() || 'An answer', password: !isShown }, signal);
  }
  const name = question.kind === 'passphrase' ? question.keyFile : `${question.user}@${question.host}`;
  if (!question.isAgain) {
    const stored = await secrets.sshSecret(question.kind, name);
    if (stored !== undefined) return stored;
  }
  await secrets.setSshSecret(question.kind, name, undefined);
  const entered = await ask(questionWords(question, name), signal);
  if (entered !== undefined && (await mayKeep(question.kind, signal)))
    await secrets.setSshSecret(question.kind, name, entered);
  return entered;
}

function questionWords(
  question: Exclude<SshQuestion, { kind: 'answer' }>,
  name: string,
): vscode.InputBoxOptions {
  if (question.kind === 'passphrase')
    return {
      title: 'Passphrase of the SSH Key',
      prompt: question.isAgain
        ? `That passphrase does not open ${name}. Enter it again.`
        : `It opens ${name}.`,
      password: true,
    };
  return {
    title: 'Password for the SSH Host',
    prompt: question.isAgain ? `${name} refused that password. Enter it again.` : `For ${name}.`,
    password: true,
  };
}

async function askToKeep(kind: KeptKind, signal: AbortSignal): Promise<boolean> {
  const keep = { label: '$(lock) Keep it', description: 'in the secret storage of VS Code' };
  const forget = {
    label: '$(circle-slash) Do not keep it',
    description: 'you are asked again after a disconnect',
  };
  const chosen = await closing(signal, (token) =>
    vscode.window.showQuickPick([forget, keep], { title: `Keep the ${kind}?`, ignoreFocusOut: true }, token),
  );
  return chosen === keep;
}

async function decideOnHost(host: UnknownHost, signal: AbortSignal): Promise<HostDecision> {
  const remember = { title: 'Trust and Remember' };
  const once = { title: 'Trust Once' };
  const refuse = { title: 'Do Not Connect', isCloseAffordance: true };
  const detail = [
    `It shows this key (${host.keyType}):`,
    host.fingerprint,
    'Compare it with what whoever runs the host says it is: ssh-keygen -lf prints it there. If they differ, another machine may stand in its place, and would get what you send.',
    `Remembered hosts are written to ${host.file}.`,
  ].join('\n\n');
  const asked = vscode.window.showWarningMessage(
    `The SSH host ${host.name} is not known yet. Trust it?`,
    { modal: true, detail },
    remember,
    once,
    refuse,
  );
  // VS Code cannot take a modal message back: an answer after the cancel counts for nothing.
  const chosen = await closing(signal, () => asked);
  if (chosen === remember) return 'remember';
  return chosen === once ? 'once' : 'refuse';
}

function ask(options: vscode.InputBoxOptions, signal: AbortSignal): Promise<string | undefined> {
  return closing(signal, (token) => vscode.window.showInputBox({ ignoreFocusOut: true, ...options }, token));
}

/** Waits for an answer, and no longer once the signal fires. @returns undefined then */
async function closing<T>(
  signal: AbortSignal,
  show: (token: vscode.CancellationToken) => Thenable<T | undefined>,
): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const source = new vscode.CancellationTokenSource();
  const closed = Promise.withResolvers<undefined>();
  const onAbort = (): void => {
    source.cancel();
    closed.resolve(undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([show(source.token), closed.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    source.dispose();
  }
}
