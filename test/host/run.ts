/** Runs programs to their end: npm, apt-get, VS Code's command line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { endTree } from './processTree.ts';

export type Log = (line: string) => void;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told of every line that it prints. */
  readonly log: Log;
}

/** This process' environment with the Node that runs us first on the PATH. */
export function nodeFirst(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}` };
}

/** Calls `log` for each whole line of what the child prints on either stream. */
export function logLines(child: ChildProcess, log: Log): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) log(line);
    });
    stream?.on('end', () => {
      if (rest !== '') log(rest);
    });
  }
}

/** Runs a program to its end. @throws Error with its last lines when it does not end with 0 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, log }: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  const last: string[] = [];
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  logLines(child, (line) => {
    last.push(line);
    if (last.length > 30) last.shift();
    log(line);
  });
  const end = (): void => void endTree(child);
  signal.addEventListener('abort', end);
  try {
    const how = await ended(child);
    signal.throwIfAborted();
    if (how !== 0) throw new Error(`${program} ${args.join(' ')}: ${how}\n${last.join('\n')}`);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Runs npm under the Node that runs us. */
export function runNpm(args: readonly string[], options: RunOptions, signal: AbortSignal): Promise<void> {
  const env = nodeFirst(options.env);
  const cli = process.env['npm_execpath'];
  if (cli?.endsWith('.js') === true)
    return run(process.execPath, [cli, ...args], { ...options, env }, signal);
  const npm = findOnPath(['npm']);
  if (npm === undefined) return Promise.reject(new Error('npm is not on the PATH.'));
  return run(npm, args, { ...options, env }, signal);
}

/** The first of these programs that the PATH has. */
export function findOnPath(names: readonly string[]): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((e) => join(folder, name + e))),
  );
  return paths.find((path) => existsSync(path));
}

/** Resolves with the exit code, or with a few words on how else it ended. */
export function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'));
    child.once('error', (error) => resolve(error.message));
  });
}
