/** Installs the VS Code server from the npm package code-server, once per checkout: the editor where no desktop build can be had. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editorCache } from './folders.ts';
import { withLock } from './installLock.ts';
import { runNpm, type Log } from './run.ts';
import { ensureCompilers } from './systemPackages.ts';

const version = '4.139.1'; // carries VS Code 1.139
const folder = join(editorCache, `code-server-${version}`);
const done = join(folder, '.done');

/** The folder of VS Code itself inside the npm package. */
const serverRoot = join(folder, 'node_modules/code-server/lib/vscode');

const nativeModules = ['@vscode/spdlog', 'node-pty', '@parcel/watcher', '@vscode/native-watchdog'];
const nativeModulesOfWindows = [
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  '@vscode/deviceid',
];

/**
 * Makes sure that the server is there; what an interrupted installation left is begun anew. About 45 s the first time.
 * @returns the path of its main program, to be run by Node 24
 */
export async function ensureCodeServer(log: Log, signal: AbortSignal): Promise<string> {
  if (!existsSync(done)) {
    await mkdir(editorCache, { recursive: true });
    await withLock(`${folder}.lock`, () => install(log, signal), signal);
  }
  return join(serverRoot, 'out/server-main.js');
}

async function install(log: Log, signal: AbortSignal): Promise<void> {
  if (existsSync(done)) return; // whoever held the lock before us did it
  const started = performance.now();
  log(`installing the VS Code server (code-server ${version}) into ${folder}`);
  await ensureCompilers(log, signal);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = { log: () => undefined };
  const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await runNpm(['install', ...flags, `code-server@${version}`], { ...quiet, cwd: folder }, signal);
  await runNpm(['install', ...flags], { ...quiet, cwd: serverRoot }, signal);
  await build(signal);
  await writeFile(done, new Date().toISOString());
  log(`installed the VS Code server in ${Math.round((performance.now() - started) / 1000)} s`);
}

async function build(signal: AbortSignal): Promise<void> {
  const modules =
    process.platform === 'win32' ? [...nativeModules, ...nativeModulesOfWindows] : nativeModules;
  const present = modules.filter((name) => existsSync(join(serverRoot, 'node_modules', name)));
  const headers = await nodeHeaders(signal);
  const env = headers === undefined ? process.env : { ...process.env, npm_config_nodedir: headers };
  await runNpm(['rebuild', ...present], { log: () => undefined, cwd: serverRoot, env }, signal);
}

/** The C headers of the Node that runs us, from npm: node-gyp would fetch them from nodejs.org, which may be out of reach. */
async function nodeHeaders(signal: AbortSignal): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const name = `node-linux-${process.arch}`;
  const to = join(folder, 'headers');
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'package.json'), '{ "private": true }\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await runNpm(
    ['install', ...flags, `${name}@${process.versions.node}`],
    { log: () => undefined, cwd: to },
    signal,
  );
  return join(to, 'node_modules', name);
}
