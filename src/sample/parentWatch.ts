/** Ends this process when its parent has gone, even while a long statement blocks the event loop. */
import { Worker } from 'node:worker_threads';

// Plain JavaScript, since it is evaluated in a thread of its own: a blocked main thread cannot see that its IPC channel closed.
const watch = `
const { workerData } = require('node:worker_threads');
const { rmSync } = require('node:fs');
setInterval(() => {
  try {
    if (process.platform !== 'win32' && process.ppid !== workerData.parent) throw new Error('adopted by another process');
    process.kill(workerData.parent, 0);
  } catch (error) {
    if (error.code === 'EPERM') return;
    if (workerData.directory !== undefined) rmSync(workerData.directory, { recursive: true, force: true });
    process.kill(process.pid, 'SIGKILL');
  }
}, 2000);
`;

/**
 * Starts watching the parent; the worker's thread keeps nothing alive.
 * @param directory removed before the end, when given
 */
export function watchParent(directory: string | undefined): void {
  const worker = new Worker(watch, { eval: true, workerData: { parent: process.ppid, directory } });
  worker.unref();
}
