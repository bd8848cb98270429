/** The processes that Khipu started below this extension host, looked up in the system's own table. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { treeOf } from '../host/processTree.ts';

/** The ids of the running processes below us whose command line names this bundle. */
export function processesOf(bundle: string): number[] {
  return treeOf(process.pid).filter((pid) => pid !== process.pid && commandLine(pid).includes(bundle));
}

/** The processor time that a process has used. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout
      .trim()
      .split(':')
      .reduce((total, part) => total * 60 + Number(part), 0);
  }
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

function commandLine(pid: number): string {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
