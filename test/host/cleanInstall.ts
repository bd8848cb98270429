/** Installs a VSIX into a VS Code that has nothing else, and opens it where the checkout cannot be reached. */
import { copyFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { ensureCodeServer } from './codeServer.ts';
import { freshFolder, repository } from './folders.ts';
import { nodeFirst, run, type Log } from './run.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/**
 * What `code --install-extension` does, for the VS Code server.
 * @returns the folder of extensions, to be handed to `openWorkbench` or `startCodeServer`
 * @throws Error with VS Code's words when the VSIX is not accepted
 */
export async function installVsix(vsix: string, log: Log, signal: AbortSignal): Promise<string> {
  const main = await ensureCodeServer(log, signal);
  const folder = await freshFolder('clean-install');
  const copy = join(folder, basename(vsix));
  await copyFile(vsix, copy);
  const extensionsDir = join(folder, 'extensions');
  const dirs = ['--extensions-dir', extensionsDir, '--server-data-dir', join(folder, 'data')];
  const args = [main, '--install-extension', copy, '--accept-server-license-terms', ...dirs];
  await run(
    process.execPath,
    args,
    { cwd: folder, env: { ...nodeFirst(), EXTENSIONS_GALLERY: '{}' }, log },
    signal,
  );
  return extensionsDir;
}

/** Installs a VSIX and opens a workbench with it; neither PATH, NODE_PATH nor the working directory leads to the checkout. */
export async function openCleanWorkbench(
  vsix: string,
  options: Omit<WorkbenchOptions, 'extensionPath' | 'extensionsDir'>,
  signal: AbortSignal,
): Promise<Workbench> {
  const extensionsDir = await installVsix(vsix, options.log ?? (() => undefined), signal);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const PATH = folders.filter((folder) => !folder.startsWith(repository)).join(delimiter);
  const env = { ...options.env, PATH, NODE_PATH: undefined, INIT_CWD: undefined };
  return openWorkbench({ ...options, extensionsDir, env }, signal);
}
