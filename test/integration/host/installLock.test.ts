/** The lock of installations, with real processes that die while they hold it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from '../../host/folders.ts';
import { withLock } from '../../host/installLock.ts';

describe('the install lock', () => {
  const never = new AbortController().signal;

  it('lets one in at a time and leaves nothing behind', async () => {
    const folder = await freshFolder('lock');
    const inside: string[] = [];
    const install = (name: string) => async () => {
      inside.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      inside.push(`${name} out`);
    };
    const lock = join(folder, 'it.lock');
    await Promise.all(['a', 'b', 'c'].map((name) => withLock(lock, install(name), never)));
    assert.equal(inside.length, 6);
    for (let i = 0; i < 6; i += 2) assert.equal(inside[i]?.[0], inside[i + 1]?.[0]);
    assert.deepEqual(await readdir(folder), []);
  });

  it('takes over from a process that died', async () => {
    const lock = join(await freshFolder('lock'), 'it.lock');
    const dead = spawnSync(process.execPath, ['-e', '0']).pid;
    await mkdir(lock);
    await writeFile(join(lock, 'holder'), `${dead} some-token`);
    assert.equal(await withLock(lock, () => Promise.resolve('done'), never), 'done');
    assert.equal(existsSync(lock), false);
  });

  it('is free again when an installation fails', async () => {
    const lock = join(await freshFolder('lock'), 'it.lock');
    await assert.rejects(
      withLock(lock, () => Promise.reject(new Error('no disk')), never),
      /no disk/,
    );
    assert.equal(await withLock(lock, () => Promise.resolve(1), never), 1);
  });

  it('stops waiting when it is told to', async () => {
    const lock = join(await freshFolder('lock'), 'it.lock');
    const stop = new AbortController();
    await withLock(
      lock,
      async () => {
        const second = withLock(lock, () => Promise.resolve(), stop.signal);
        stop.abort();
        await assert.rejects(second, { name: 'AbortError' });
      },
      never,
    );
  });
});
