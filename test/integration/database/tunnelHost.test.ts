import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from '../../../src/database/connect.ts';
import type { SshHost } from '../../../src/database/profile.ts';
import type { Sshd } from '../../servers/sshd.ts';
import { cell, refusal, scriptedUser, textOf, trusting } from './tunnelArena.ts';
import { plainKey, tunnelScene, until } from './tunnelScene.ts';

const run = promisify(execFile);
const passphrase = 'open sesame';
const plain = plainKey;

describe('a tunnel and its host', () => {
  const { running, through } = tunnelScene();
  let sshd: Sshd;
  before(() => ({ sshd } = running()));

  describe('checks the host', () => {
    const fresh = (name: string): string => join(sshd.folder, name);

    it('by a hashed name', async () => {
      const file = await trusting(sshd, 'hashed');
      await run('ssh-keygen', ['-q', '-H', '-f', file]);
      assert.match(await textOf(file), /^\|1\|/);
      assert.equal(await cell(through({ knownHosts: file }), 'SELECT 1'), '1');
    });

    it('and asks about one that is unknown, with the fingerprint that ssh-keygen prints', async () => {
      const user = scriptedUser({ decision: 'refuse' });
      const error = await refusal(through({ knownHosts: fresh('none/yet') }, user));
      assert.equal(error.kind, 'host-key-unknown');
      const { stdout } = await run('ssh-keygen', ['-l', '-f', join(sshd.folder, 'host.pub')]);
      const [, fingerprint] = stdout.split(' ');
      assert.deepEqual(user.hosts, [
        { name: `[127.0.0.1]:${sshd.port}`, keyType: 'ssh-ed25519', fingerprint, file: fresh('none/yet') },
      ]);
      assert.ok(error.message.includes(fingerprint ?? '?'));
    });

    it('once for as long as it is connected, and leaves no trace, when told so', async () => {
      const user = scriptedUser({ decision: 'once' });
      const database = through({ knownHosts: fresh('once') }, user);
      assert.equal(await cell(database, 'SELECT 1'), '1');
      await sshd.kill();
      await sshd.start();
      await until(async () => (await cell(database, 'SELECT 2').catch(() => undefined)) === '2');
      assert.equal(user.hosts.length, 1);
      await assert.rejects(textOf(fresh('once')), { code: 'ENOENT' });
      const again = scriptedUser({ decision: 'once' });
      assert.equal(await cell(through({ knownHosts: fresh('once') }, again), 'SELECT 1'), '1');
      assert.equal(again.hosts.length, 1);
    });

    it('and remembers it, as ssh itself reads it', async () => {
      const file = fresh('new-folder/known');
      const user = scriptedUser({ decision: 'remember' });
      assert.equal(await cell(through({ knownHosts: file }, user), 'SELECT 1'), '1');
      assert.equal(await textOf(file), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
      const { stdout } = await run('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', file]);
      assert.match(stdout, /found: line 1/);
      assert.equal(await cell(through({ knownHosts: file }, user), 'SELECT 1'), '1');
      assert.equal(user.hosts.length, 1);
    });

    it('and adds to a file whose last line has no end', async () => {
      const file = fresh('endless');
      await writeFile(file, `other ${sshd.hostKey}`);
      assert.equal(
        await cell(through({ knownHosts: file }, scriptedUser({ decision: 'remember' })), 'SELECT 1'),
        '1',
      );
      assert.equal(await textOf(file), `other ${sshd.hostKey}\n[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    });

    it('and refuses one that shows another key, saying how to remove the old one', async () => {
      const other = (await textOf(`${await sshd.makeKey('other-host', plain, true)}.pub`))
        .split(' ')
        .slice(0, 2)
        .join(' ');
      const file = await trusting(sshd, 'changed', other);
      const user = scriptedUser({ decision: 'remember' });
      const error = await refusal(through({ knownHosts: file }, user));
      assert.equal(error.kind, 'host-key-changed');
      assert.ok(error.message.includes(`line 1 of ${file}`), error.message);
      assert.ok(
        error.detail.hint?.includes(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f '${file}'`),
        error.detail.hint,
      );
      assert.deepEqual(user.hosts, []);
      const [remove = ''] = /ssh-keygen -R '\S+' -f '\S+'/.exec(error.detail.hint ?? '') ?? [];
      await run('sh', ['-c', remove]);
      assert.equal(await cell(through({ knownHosts: file }, user), 'SELECT 1'), '1');
    });

    it('and refuses a key that is revoked', async () => {
      const file = await trusting(sshd, 'revoked');
      await appendFile(file, `@revoked * ${sshd.hostKey}\n`);
      const error = await refusal(through({ knownHosts: file }));
      assert.equal(error.kind, 'host-key-changed');
      assert.match(error.message, /line 2 of .* revokes/);
    });
  });

  describe('can be cancelled within 300 ms', () => {
    async function cancels(
      database: Database,
      controller: AbortController,
      isThere: Promise<unknown>,
    ): Promise<void> {
      const connecting = database.session(controller.signal);
      connecting.catch(() => undefined);
      await isThere;
      const started = performance.now();
      controller.abort();
      await assert.rejects(connecting, { kind: 'cancelled' });
      assert.ok(performance.now() - started < 300, `${performance.now() - started} ms`);
      await database.dispose();
      assert.ok(performance.now() - started < 2000, 'and is gone soon');
    }

    it('while the host says nothing', async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => sockets.push(socket));
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as { port: number };
      const connected = once(silent, 'connection');
      await cancels(through({ port }), new AbortController(), connected);
      await until(() =>
        sockets.every((socket) => socket.destroyed || socket.readableEnded || socket.resume().readableEnded),
      );
      silent.close();
    });

    const questions: readonly (readonly [string, () => Promise<Partial<SshHost>>])[] = [
      ['the host key is asked about', () => Promise.resolve({ knownHosts: join(sshd.folder, 'nowhere') })],
      [
        'the passphrase is asked for',
        async () => ({ keyFile: await sshd.makeKey('locked-again', ['-t', 'ed25519', '-N', passphrase]) }),
      ],
    ];
    for (const [what, change] of questions) {
      it(`while ${what}, and the question is closed`, async () => {
        const asked = Promise.withResolvers<undefined>();
        let closed = false;
        const user = scriptedUser({
          secrets: [passphrase],
          decision: 'remember',
          async onQuestion(questionSignal) {
            asked.resolve(undefined);
            await once(questionSignal, 'abort');
            closed = true;
          },
        });
        await cancels(through(await change(), user), new AbortController(), asked.promise);
        assert.ok(closed);
        await assert.rejects(
          textOf(join(sshd.folder, 'nowhere')),
          { code: 'ENOENT' },
          'an answer that comes too late counts for nothing',
        );
      });
    }
  });

  it('gives the user all the time they need', async () => {
    const limitMs = 1000;
    const user = scriptedUser({
      decision: 'once',
      onQuestion: () => new Promise((resolve) => setTimeout(resolve, 2 * limitMs)),
    });
    const database = through({ knownHosts: join(sshd.folder, 'slow') }, user, {}, limitMs);
    assert.equal(await cell(database, 'SELECT 1'), '1');
  });
});
