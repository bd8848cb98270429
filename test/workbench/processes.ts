/** What the processes below a VS Code server run, and what they have open; by /proc where there is one. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { treeOf } from '../host/processTree.ts';

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** A process and all below it. */
export function processesBelow(root: number): RunningProcess[] {
  return treeOf(root).flatMap((pid) => {
    const command = unlessGone(() => commandOf(pid));
    return command === undefined ? [] : [{ pid, command }];
  });
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

/** Linux only: the paths that these processes run from, have open or have mapped into their memory. */
export function filesBelow(root: number): Set<string> {
  const paths = treeOf(root).flatMap((pid) =>
    [() => mapped(pid), () => open(pid), () => [readlinkSync(`/proc/${pid}/cwd`)]].flatMap(
      (read) => unlessGone(read) ?? [],
    ),
  );
  return new Set(paths.filter((path) => path.startsWith('/')));
}

function mapped(pid: number): string[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return lines.flatMap((each) => /\s(\/.+)$/.exec(each)?.[1] ?? []);
}

function open(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => unlessGone(() => readlinkSync(`${folder}/${fd}`)) ?? []);
}

/** A process may end, and a file be closed, while we look. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
