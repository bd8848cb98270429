/** Decides which VS Code the tests and `npm start` use: the desktop build where one can be had, otherwise the VS Code server. */
import { fork } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DownloadEnd, DownloadMessage } from './download.ts';
import { editorCache } from './folders.ts';
import { findOnPath, type Log } from './run.ts';

export type TestHost =
  | { readonly kind: 'server' }
  /** `executable` is VS Code itself, not its command line script. */
  | { readonly kind: 'desktop'; readonly executable: string };

/** Without a sign of life for this long, the download is taken for refused. */
const silenceMs = 10_000;

/** After the last byte it unzips, and says nothing meanwhile. */
const unzipMs = 180_000;

/**
 * `KHIPU_TEST_HOST=server|desktop` decides; else a `code` on the PATH, else test-electron's download, else the server.
 * Linux without a display always gets the server.
 * @throws Error when the desktop build was demanded and cannot be had
 */
export async function chooseHost(log: Log, signal: AbortSignal): Promise<TestHost> {
  const wish = process.env['KHIPU_TEST_HOST'] ?? '';
  if (!['', 'server', 'desktop'].includes(wish))
    throw new Error(`KHIPU_TEST_HOST is "${wish}"; it may be "server" or "desktop".`);
  if (wish === 'server') return { kind: 'server' };
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    if (wish === 'desktop') throw new Error('VS Code desktop needs a display: run this under xvfb-run.');
    return { kind: 'server' };
  }
  const executable = desktopOnPath() ?? (await downloadDesktop(log, signal));
  if (executable !== undefined) return { kind: 'desktop', executable };
  if (wish === 'desktop') throw new Error('VS Code desktop is not on the PATH and could not be downloaded.');
  return { kind: 'server' };
}

/** The program behind the script `code`. A `code` that only talks to another machine (WSL, a remote shell) has none. */
function desktopOnPath(): string | undefined {
  const script = findOnPath(['code']);
  if (script === undefined) return undefined;
  const folder = dirname(realpathSync(script));
  const candidates = {
    linux: ['../code'],
    darwin: ['../../../MacOS/Electron', '../../../MacOS/Code'],
    win32: ['../Code.exe'],
  };
  const places = Object.entries(candidates).find(([platform]) => platform === process.platform)?.[1] ?? [];
  return places.map((place) => join(folder, place)).find((path) => existsSync(path));
}

/** test-electron cannot be cancelled and tries three times: hence in a child that can be ended. */
async function downloadDesktop(log: Log, signal: AbortSignal): Promise<string | undefined> {
  const entry = join(import.meta.dirname, 'download.ts');
  const child = fork(entry, [editorCache], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end);
  let timer = setTimeout(end, silenceMs);
  try {
    const outcome = await new Promise<DownloadEnd>((resolve) => {
      child.on('message', (message: DownloadMessage) => {
        if (message.kind !== 'progress') {
          resolve(message);
          return;
        }
        clearTimeout(timer);
        timer = setTimeout(end, message.arriving ? unzipMs : silenceMs);
      });
      child.once('exit', () => resolve({ kind: 'failed', why: 'no answer' }));
    });
    if (outcome.kind === 'done') return outcome.executable;
    log(`VS Code desktop cannot be downloaded (${outcome.why}); the VS Code server is used instead.`);
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
    signal.throwIfAborted();
  }
}
