import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { forkChild, serveParent, type Child } from '../../../src/shared/childProcess.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { die, endSlowly, facts, hang, refuse, say } from './childProtocol.ts';

const never = new AbortController().signal;
const program = join(import.meta.dirname, 'childProgram.ts');

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when the file is there. */
async function appears(file: string): Promise<void> {
  const found = Promise.withResolvers<undefined>();
  const watcher = watch(dirname(file), () => {
    if (existsSync(file)) found.resolve(undefined);
  });
  if (existsSync(file)) found.resolve(undefined);
  await found.promise;
  watcher.close();
}

describe('childProcess', () => {
  let directory: string;
  let log: string[];
  const children: Child[] = [];
  /** Called with each line of the log. */
  let onLine: (line: string) => void;
  const start = (entry = program): Child => {
    const child = forkChild({
      name: 'child',
      entry,
      log(line) {
        log.push(line);
        onLine(line);
      },
    });
    children.push(child);
    return child;
  };
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'khipu-child-'));
  });
  beforeEach(() => {
    log = [];
    onLine = () => undefined;
  });
  afterEach(() => Promise.all(children.splice(0).map((child) => child.dispose())));
  after(() => rm(directory, { recursive: true }));

  it('answers over the RPC, with nothing in its arguments, also when it is run by Electron', async () => {
    const child = start();
    assert.deepEqual(await child.peer.call(facts, {}, never), { pid: child.pid, argv: [], asNode: '1' });
    await assert.rejects(child.peer.call(refuse, {}, never), {
      kind: 'sample-failed',
      message: 'Not today.',
      detail: { hint: 'Tomorrow.' },
    });
  });

  it('passes on what the child prints, under its name', async () => {
    const both = Promise.withResolvers<undefined>();
    onLine = () => {
      if (log.length >= 2) both.resolve(undefined);
    };
    await start().peer.call(say, { text: 'hello' }, never);
    await both.promise;
    assert.deepEqual([...log].sort(), ['child: hello', 'child: not hello']);
  });

  for (const [how, ended] of [
    ['exit', 'exit code 7'],
    ['kill', 'SIGKILL'],
    ['throw', 'exit code 1'],
  ] as const) {
    it(`ends what is pending when the child dies by ${how}, and says how it ended`, async () => {
      const child = start();
      const pending = assert.rejects(
        child.peer.call(hang, {}, never),
        (error: KhipuError) => error.kind === 'process-died',
      );
      child.peer.notify(die, { how });
      await pending;
      assert.equal(await child.exited, ended);
      await child.peer.closed;
      await assert.rejects(child.peer.call(facts, {}, never), { kind: 'process-died' });
    });
  }

  it('shows a program that cannot start as one that ended, with its words in the log', async () => {
    const child = start(join(directory, 'nowhere.ts'));
    await assert.rejects(child.peer.call(facts, {}, never), { kind: 'process-died' });
    assert.equal(await child.exited, 'exit code 1');
    assert.match(log.join('\n'), /nowhere\.ts/);
  });

  it('lets the child tidy up when it is disposed, and can be disposed twice', async () => {
    const child = start();
    const file = join(directory, 'disposed');
    await child.peer.call(endSlowly, { file, how: 'tidy' }, never);
    await Promise.all([child.dispose(), child.dispose()]);
    assert.equal(existsSync(file), true);
    assert.equal(await child.exited, 'exit code 0');
    await child.dispose();
  });

  it('ends also when tidying up fails', async () => {
    const child = start();
    await child.peer.call(endSlowly, { file: '', how: 'reject' }, never);
    await child.dispose();
    assert.equal(await child.exited, 'exit code 0');
    assert.match(log.join('\n'), /could not tidy up/);
  });

  it('kills a child that does not come to its end', async () => {
    const child = start();
    await child.peer.call(endSlowly, { file: '', how: 'never' }, never);
    await child.dispose();
    assert.equal(await child.exited, 'SIGKILL');
    assert.equal(isAlive(child.pid!), false);
  });

  it('ends what is pending when it is disposed', async () => {
    const child = start();
    await child.peer.call(facts, {}, never);
    const pending = assert.rejects(child.peer.call(hang, {}, never), { kind: 'process-died' });
    await child.dispose();
    await pending;
  });

  it('goes when its parent is killed, and tidies up', async () => {
    const file = join(directory, 'orphan');
    const parent = fork(join(import.meta.dirname, 'parentProgram.ts'), {
      env: { ...process.env, KHIPU_TEST_FILE: file },
    });
    const [told] = (await once(parent, 'message')) as [{ pid: number }];
    assert.equal(isAlive(told.pid), true);
    parent.kill('SIGKILL');
    await appears(file);
  });

  it('is refused by hand', () => {
    assert.ok(!process.connected);
    assert.throws(() => serveParent(() => undefined), { kind: 'internal' });
  });
});
