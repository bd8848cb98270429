/** One installation at a time over all processes of this checkout: a lock directory that outlives no crash. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `install` while holding the lock at `path`; waits for other holders, and takes over from one that died.
 * A directory with the holder's name in it is renamed into place, which only one process can do.
 */
export async function withLock<T>(path: string, install: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const mine = `${path}.${randomUUID()}`;
  await mkdir(mine, { recursive: true });
  await writeFile(join(mine, 'holder'), `${process.pid} ${randomUUID()}`);
  try {
    while (!(await moved(mine, path))) {
      await removeIfDead(path);
      await delay(200, undefined, { signal });
    }
    return await install().finally(() => release(path));
  } finally {
    await rm(mine, { recursive: true, force: true });
  }
}

/** Moved away before it is removed: over a directory that is already empty, another one could be moved into its place. */
async function release(path: string): Promise<void> {
  const gone = `${path}.${randomUUID()}`;
  await rename(path, gone);
  await rm(gone, { recursive: true });
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(code)) return false;
    throw error;
  }
}

async function removeIfDead(path: string): Promise<void> {
  const holder = await readFile(join(path, 'holder'), 'utf8').catch(() => '');
  const [pid, token] = holder.split(' ');
  if (pid === undefined || token === undefined || isAlive(Number(pid))) return;
  // Named by its token, so that of two that find it dead only one moves it, and none moves the next holder's lock.
  await moved(path, join(dirname(path), `.dead-lock-${token}`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
