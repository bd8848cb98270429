/** A disk that can be filled: a small tmpfs for root; for others a limit on the size of the files of one process. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './indexProcess.ts';

export interface SmallDisk {
  readonly path: string;
  /** From now on the process can write nothing more of any size. */
  fill(pid: number): void;
  /** From now on it can again. */
  free(pid: number): void;
  remove(): void;
}

export function smallDisk(): SmallDisk {
  return process.getuid?.() === 0 ? mountedDisk() : limitedDisk();
}

function mountedDisk(): SmallDisk {
  const directory = temporaryDirectory();
  const { path } = directory;
  const filler = join(path, 'filler');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]);
  return {
    path,
    fill() {
      try {
        for (let part = 0; ; part++) writeFileSync(`${filler}${part}`, Buffer.alloc(64 * 1024));
      } catch (thrown) {
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown;
      }
    },
    free() {
      for (let part = 0; part < 200; part++) rmSync(`${filler}${part}`, { force: true });
    },
    remove() {
      execFileSync('umount', ['-l', path]);
      directory.remove();
    },
  };
}

function limitedDisk(): SmallDisk {
  const limit = (pid: number, bytes: string): void => {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  };
  return {
    ...temporaryDirectory(),
    fill: (pid) => limit(pid, '256'),
    free: (pid) => limit(pid, 'unlimited'),
  };
}
