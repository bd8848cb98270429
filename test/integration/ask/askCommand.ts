/** `npm run ask` as a process of its own: the built bundle, run from elsewhere, with its caches where a test wants them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { artefacts, freshFolder, repository } from '../../host/folders.ts';

export interface AskRun {
  readonly process: ChildProcess;
  readonly done: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

export interface AskCommand {
  /** The folder that everything was written to, for the test to remove. */
  readonly folder: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): AskRun;
}

/** The command finds its caches beside its bundles: a link to them gives it a folder of its own. */
export async function askCommand(): Promise<AskCommand> {
  const folder = await freshFolder('ask');
  const caches = join(folder, '.cache', 'ask');
  // Loading the sample's rows takes seconds; its cache is kept between runs of the tests.
  const sampleCache = join(artefacts, 'test-sample');
  await Promise.all([mkdir(caches, { recursive: true }), mkdir(sampleCache, { recursive: true })]);
  await symlink(sampleCache, join(caches, 'sample'), 'junction');
  await symlink(join(repository, 'dist'), join(folder, 'dist'), 'junction');
  return {
    folder,
    run(args, env = {}) {
      const child = spawn(
        process.execPath,
        ['--preserve-symlinks-main', join(folder, 'dist', 'headless.cjs'), ...args],
        {
          cwd: folder,
          env: { ...process.env, OPENAI_API_KEY: undefined, ...env },
          // A group of its own, as a terminal gives it one: Ctrl+C goes to the whole of it.
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const exit = new Promise<[number | null, string | null]>((resolve) => {
        child.once('exit', (code, signal) => resolve([code, signal]));
      });
      const done = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
        ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
      );
      return { process: child, done };
    },
  };
}
