/** Ends real trees of processes: grandchildren, and those that left their group or do not listen to SIGTERM. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endTree, treeOf } from '../../host/processTree.ts';

/** Starts a grandchild in a group of its own, says both ids, and turns a deaf ear to SIGTERM. */
const parent = `
  process.on('SIGTERM', () => undefined);
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { detached: true, stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => 0, 1000);`;

describe('the end of a process tree', () => {
  it('takes a detached grandchild and a deaf parent along', async () => {
    const child = spawn(process.execPath, ['-e', parent], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const grandchild = Number(said.toString());
    assert.ok(treeOf(child.pid ?? 0).includes(grandchild));
    await endTree(child);
    await exited;
    assert.deepEqual(treeOf(child.pid ?? 0), []);
    assert.deepEqual(treeOf(grandchild), []);
  });
});
