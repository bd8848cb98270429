/** Runs a test module inside the extension host of a real VS Code, desktop or server, through test-electron's `runTests`. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { chooseHost } from './desktop.ts';
import { editorCache, freshFolder } from './folders.ts';
import { quietSettings, type Settings } from './settings.ts';
import type { Log } from './run.ts';

export interface ExtensionTests {
  /** Absolute paths of the extensions' folders. */
  readonly extensionPaths: readonly string[];
  /** Absolute path of the CommonJS module that exports `run()`. */
  readonly testsPath: string;
  /** Absolute path of the folder to open. */
  readonly workspace: string;
  readonly settings?: Settings;
  /** Where installed extensions lie; a fresh folder without any by default. */
  readonly extensionsDir?: string;
  /** Added to the environment of the extension host. */
  readonly env?: Record<string, string>;
  readonly log: Log;
}

/** @throws Error when a test failed or VS Code did not run */
export async function runExtensionTests(options: ExtensionTests, signal: AbortSignal): Promise<void> {
  const { extensionPaths, testsPath, workspace, env = {}, log } = options;
  const host = await chooseHost(log, signal);
  const vscodeExecutablePath = host.kind === 'desktop' ? host.executable : await writeLauncher();
  const userDataDir = await freshFolder('user-data');
  await mkdir(join(userDataDir, 'User'), { recursive: true });
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2);
  await writeFile(join(userDataDir, 'User/settings.json'), settings);
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: [...extensionPaths],
    extensionTestsPath: testsPath,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      `--user-data-dir=${userDataDir}`,
      `--extensions-dir=${options.extensionsDir ?? join(userDataDir, 'extensions')}`,
    ],
  });
}

/** An executable with absolute paths in it, so that it runs under this Node whatever the PATH. @returns its path */
export async function writeLauncher(): Promise<string> {
  await mkdir(editorCache, { recursive: true });
  const program = join(import.meta.dirname, 'launcher.ts');
  const windows = process.platform === 'win32';
  const path = join(editorCache, windows ? 'khipu-launcher.cmd' : 'khipu-launcher');
  const text = windows
    ? `@"${process.execPath}" "${program}" %*\r\n`
    : `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`;
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}
