/** Programs that npm cannot give: on Debian as root they are installed, elsewhere the error says what is missing. */
import { existsSync } from 'node:fs';
import { findOnPath, run, type Log } from './run.ts';

/** True where `apt-get install` can be run: Debian and its kin, as root. */
export function canInstallPackages(): boolean {
  return (
    existsSync('/etc/debian_version') && process.getuid?.() === 0 && findOnPath(['apt-get']) !== undefined
  );
}

/** @throws Error when this is not Debian, when we are not root, or when apt-get fails */
export async function installPackages(
  packages: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  if (!canInstallPackages()) throw new Error(`Please install ${packages.join(', ')} and try again.`);
  log(`installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env, log: () => undefined }, signal);
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  await run('apt-get', install, { env, log: () => undefined }, signal);
}

/** Makes sure that native modules can be built: Python, make and a C++ compiler. */
export async function ensureCompilers(log: Log, signal: AbortSignal): Promise<void> {
  if (process.platform === 'win32') return; // node-gyp finds Visual Studio itself, and says so when it cannot
  const needed = { python3: ['python3', 'python'], make: ['make'], 'g++': ['g++', 'c++', 'clang++'] };
  const missing = Object.entries(needed).filter(([, names]) => findOnPath(names) === undefined);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name);
    await installPackages(names, log, signal);
  }
}
