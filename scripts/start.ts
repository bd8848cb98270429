/** `npm start`: opens VS Code with Khipu on the demo workspace, and ends all of it on Ctrl+C. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseHost } from '../test/host/desktop.ts';
import { lastingDemoWorkspace } from '../test/host/demoWorkspace.ts';
import { editorCache, repository } from '../test/host/folders.ts';
import { linkExtensions } from '../test/host/installedExtension.ts';
import { pageAddress } from '../test/host/payload.ts';
import { endTree } from '../test/host/processTree.ts';
import { quietSettings } from '../test/host/settings.ts';
import { startCodeServer } from '../test/host/startServer.ts';
import { writeUserSettings } from '../test/host/workbench.ts';

/** Fires on Ctrl+C, on SIGTERM, when the terminal closes, and when npm, which started us, is gone. */
function whenToldToStop(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, 1000).unref();
  return stop.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function openDesktop(executable: string, workspace: string, signal: AbortSignal): Promise<void> {
  const state = join(editorCache, 'start-desktop');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [
    workspace,
    `--extensionDevelopmentPath=${repository}`,
    `--user-data-dir=${join(state, 'user-data')}`,
    `--extensions-dir=${join(state, 'extensions')}`,
    ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', ...asRoot],
  ];
  const child = spawn(executable, args, { stdio: 'ignore', detached: process.platform !== 'win32' });
  const closed = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve());
    child.once('error', reject);
  });
  console.log('Khipu is open in VS Code. Ctrl+C here, or closing its window, ends it.');
  await Promise.race([closed, aborted(signal)]).finally(() => endTree(child));
}

async function openServer(workspace: string, signal: AbortSignal): Promise<void> {
  const serverDataDir = join(editorCache, 'start-server');
  const extensionsDir = join(serverDataDir, 'extensions');
  await linkExtensions([repository], extensionsDir);
  if (!existsSync(join(serverDataDir, 'data/User/settings.json')))
    await writeUserSettings(serverDataDir, quietSettings);
  let started = false;
  const log = (line: string): void => (started ? undefined : console.log(line));
  const server = await startCodeServer({ serverDataDir, extensionsDir, log }, signal);
  started = true;
  console.log(`\nKhipu is open at ${pageAddress(server.port, { workspace })}`);
  console.log('Open this address in a browser. Ctrl+C here ends it.');
  const died = server.exited.then((how) => {
    if (!signal.aborted) throw new Error(`The VS Code server ended: ${how}`);
  });
  await Promise.race([died, aborted(signal)]).finally(() => server.dispose());
}

async function main(): Promise<void> {
  const signal = whenToldToStop();
  try {
    const host = await chooseHost((line) => console.log(line), signal);
    const workspace = await lastingDemoWorkspace();
    if (host.kind === 'desktop') await openDesktop(host.executable, workspace, signal);
    else await openServer(workspace, signal);
  } catch (error) {
    if (signal.aborted) return;
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

await main();
process.exit();
