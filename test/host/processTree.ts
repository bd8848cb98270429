/** Ends a process and everything that it started, on every platform, without a program such as pkill. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
}

const graceMs = 4000;

/**
 * Ends a child that was spawned with `detached: true`, and everything below it, also what left its process group:
 * asks, waits up to four seconds, then kills.
 */
export async function endTree(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    killTreeNow(pid);
    return;
  }
  const members = treeOf(pid);
  const left = (): number[] => {
    const alive = new Set(processTable().map((row) => row.pid));
    return members.filter((member) => alive.has(member));
  };
  for (const member of members) send(member, 'SIGTERM');
  for (let waited = 0; waited < graceMs && left().length > 0; waited += 50) await delay(50);
  for (const member of [...left(), ...treeOf(pid)]) send(member, 'SIGKILL');
}

/** The same at once and without waiting: for the `exit` event, where nothing can be awaited any more. */
export function killTreeNow(pid: number): void {
  if (process.platform === 'win32') spawnSync('taskkill', ['/T', '/F', '/PID', String(pid)]);
  else for (const member of treeOf(pid)) send(member, 'SIGKILL');
}

/** The ids of a process, its group and all below them that have not ended. */
export function treeOf(root: number): number[] {
  const rows = processTable();
  const members = new Set(rows.filter((row) => row.pid === root || row.group === root).map((row) => row.pid));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  return [...members];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended already, which is what we wanted
  }
}

/** All processes except those that have ended and wait to be collected. */
function processTable(): Row[] {
  const rows = process.platform === 'linux' ? fromProc() : fromPs();
  return rows.filter((row) => !row.state.startsWith('Z'));
}

/** A bare Debian has no `ps`. */
function fromProc(): Row[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(id), parent: Number(parent), group: Number(group), state }];
    } catch {
      return []; // it ended while we read
    }
  });
}

function fromPs(): Row[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, group, state = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      state,
    }));
}
