import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, inspect } from 'node:util';
import { openTransaction } from '../../../src/database/openTransaction.ts';
import type { Database } from '../../../src/database/connect.ts';
import type { SshHost } from '../../../src/database/profile.ts';
import { freePort, startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startSshd, type Sshd } from '../../servers/sshd.ts';
import {
  cell,
  openThrough,
  refusal,
  scriptedUser,
  textOf,
  trusting,
  type ScriptedUser,
  type UserScript,
} from './tunnelArena.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const passphrase = 'open sesame';
const plain = ['-t', 'ed25519', '-N', ''];

/** Waits for what another process does a moment later; the test's own time limit ends it otherwise. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

describe('a tunnel through sshd', () => {
  let server: PostgresServer;
  let sshd: Sshd;
  let keyFile: string;
  let knownHosts: string;
  const opened: Database[] = [];

  before(async function () {
    this.timeout(300_000);
    [server, sshd] = await Promise.all([startPostgres(), startSshd()]);
    keyFile = await sshd.makeKey('plain', plain);
    knownHosts = await trusting(sshd);
  });
  after(async () => {
    await Promise.all([server.dispose(), sshd.dispose()]);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    await until(() => sshd.connections() === 0);
  });

  function through(
    ssh: Partial<SshHost> = {},
    user: ScriptedUser = scriptedUser(),
    ...rest: [object?, number?]
  ): Database {
    const host = { port: sshd.port, user: sshd.user, auth: 'key' as const, keyFile, knownHosts, ...ssh };
    const database = openThrough(server, host, user, ...rest);
    opened.push(database);
    return database;
  }

  describe('lets in', () => {
    const kinds: readonly (readonly [string, readonly string[]])[] = [
      ['an Ed25519 key', plain],
      ['an ECDSA key of 256 bits', ['-t', 'ecdsa', '-b', '256', '-N', '']],
      ['an ECDSA key of 521 bits', ['-t', 'ecdsa', '-b', '521', '-N', '']],
      ['an RSA key', ['-t', 'rsa', '-b', '2048', '-N', '']],
      ['an RSA key as PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '']],
    ];
    for (const [what, flags] of kinds) {
      it(what, async () => {
        const made = await sshd.makeKey(what.replaceAll(' ', '-'), flags);
        assert.equal(await cell(through({ keyFile: made }), 'SELECT 41 + 1'), '42');
      });
    }

    it('a key of the agent', async () => {
      const made = await sshd.makeKey('in-agent', plain);
      const socket = join(sshd.folder, 'agent');
      const { stdout } = await run('ssh-agent', ['-a', socket]);
      const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(stdout) ?? [];
      const before = process.env['SSH_AUTH_SOCK'];
      process.env['SSH_AUTH_SOCK'] = socket;
      try {
        const empty = await refusal(through({ auth: 'agent' }));
        assert.equal(empty.kind, 'tunnel-authentication-failed', empty.message);
        await run('ssh-add', ['-q', made], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
        assert.equal(await cell(through({ auth: 'agent' }), 'SELECT 1'), '1');
      } finally {
        process.kill(Number(pid));
        process.env['SSH_AUTH_SOCK'] = before ?? '';
      }
      const gone = await refusal(through({ auth: 'agent' }));
      assert.equal(gone.kind, 'tunnel-failed');
      assert.match(gone.message, /SSH_AUTH_SOCK is not set/);
    });

    for (const [what, flags] of [
      ['OpenSSH', ['-t', 'ed25519']],
      ['PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ] as const) {
      it(`a key of ${what} with a passphrase, asked for again when it was wrong and not when the tunnel is made anew`, async () => {
        const made = await sshd.makeKey(`locked-${what}`, [...flags, '-N', passphrase]);
        const user = scriptedUser({ secrets: ['not it', passphrase] });
        const database = through({ keyFile: made }, user);
        assert.equal(await cell(database, 'SELECT 1'), '1');
        assert.deepEqual(user.questions, [
          { kind: 'passphrase', keyFile: made, isAgain: false },
          { kind: 'passphrase', keyFile: made, isAgain: true },
        ]);
        await sshd.kill();
        await sshd.start();
        await until(async () => (await cell(database, 'SELECT 2').catch(() => undefined)) === '2');
        assert.equal(user.questions.length, 2);
      });
    }
  });

  describe('says what is wrong with', () => {
    const faults: readonly (readonly [
      string,
      string,
      RegExp,
      () => Promise<Partial<SshHost>> | Partial<SshHost>,
      UserScript?,
    ])[] = [
      [
        'a stranger’s key',
        'tunnel-authentication-failed',
        /did not let .* in with the key/,
        async () => ({ keyFile: await sshd.makeKey('stranger', plain, true) }),
      ],
      ['a key that is not there', 'tunnel-failed', /cannot be read/, () => ({ keyFile: '/no/such/key' })],
      ['a public key', 'tunnel-failed', /holds a public key/, () => ({ keyFile: `${keyFile}.pub` })],
      [
        'a file that holds no key',
        'tunnel-failed',
        /in no format that is understood/,
        () => ({ keyFile: join(sshd.folder, 'sshd_config') }),
      ],
      [
        'a wrong passphrase',
        'tunnel-authentication-failed',
        /not the passphrase/,
        async () => ({ keyFile: await sshd.makeKey('locked', ['-t', 'ed25519', '-N', passphrase]) }),
        { secrets: ['wrong-secret'] },
      ],
      [
        'a passphrase that is not given',
        'cancelled',
        /Cancelled/,
        () => ({ keyFile: join(sshd.folder, 'locked') }),
        { secrets: [undefined] },
      ],
      [
        'a password, which this host does not take',
        'tunnel-authentication-failed',
        /did not let/,
        () => ({ auth: 'password' }),
        { secrets: ['wrong-secret'] },
      ],
      [
        'another user',
        'tunnel-authentication-failed',
        /did not let somebody-else in/,
        () => ({ user: 'somebody-else' }),
      ],
      [
        'an unknown host name',
        'unknown-host',
        /no host named no-such-host\.invalid/,
        () => ({ host: 'no-such-host.invalid' }),
      ],
      [
        'a port where nothing listens',
        'tunnel-failed',
        /nothing accepts SSH connections/,
        async () => ({ port: await freePort() }),
      ],
      [
        'a port where something else listens',
        'tunnel-failed',
        /closed before SSH began|closed the connection|Expected/i,
        () => ({ port: server.port }),
      ],
    ];
    for (const [what, kind, message, change, script] of faults) {
      it(what, async () => {
        const error = await refusal(through(await change(), scriptedUser(script), {}, 5000));
        assert.equal(error.kind, kind, error.message);
        assert.match(error.message, message);
        assert.ok(!inspect(error, { depth: 9 }).includes('wrong-secret'));
      });
    }

    it('a port that the host cannot reach', async () => {
      const port = await freePort();
      const error = await refusal(through({}, scriptedUser(), { port }));
      assert.equal(error.kind, 'connection-refused');
      assert.match(
        error.message,
        new RegExp(`^Nothing accepts Postgres connections at 127.0.0.1:${port}, seen from \\[127`),
      );
    });

    it('a host that forwards nothing', async () => {
      const closed = await startSshd(['AllowTcpForwarding no']);
      try {
        const key = await closed.makeKey('key', plain);
        const ssh = { port: closed.port, keyFile: key, knownHosts: await trusting(closed) };
        const error = await refusal(through(ssh));
        assert.equal(error.kind, 'tunnel-failed');
        assert.match(error.message, /does not forward to 127\.0\.0\.1/);
        assert.match(error.detail.hint ?? '', /AllowTcpForwarding/);
      } finally {
        await closed.dispose();
      }
    });
  });

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

  it('reaches a Unix socket on the host', async () => {
    const sockets = await startPostgres(['-c', `unix_socket_directories=/tmp`]);
    try {
      assert.equal(
        await cell(
          through({}, scriptedUser(), { host: '/tmp', port: sockets.port }),
          'SELECT inet_server_addr() IS NULL',
        ),
        't',
      );
    } finally {
      await sockets.dispose();
    }
  });

  it('carries many rows unchanged, and as many statements at once as there are connections, by one sign-in', async () => {
    const database = through();
    const rows = (from: string): string =>
      `SELECT md5(string_agg(repeat(i::text, 20), ',' ORDER BY i)) FROM ${from}`;
    const series = 'generate_series(1, 200000) i';
    const expected = await server.run(
      `SELECT md5(string_agg(repeat(i::text, 20), ',' ORDER BY i)) AS sum FROM ${series}`,
    );
    assert.ok(!Array.isArray(expected));
    const { createHash } = await import('node:crypto');
    const hash = createHash('md5');
    const session = await database.session(signal);
    let first = true;
    await session.stream(
      { text: `SELECT repeat(i::text, 20) FROM ${series}` },
      ([text]) => {
        hash.update(`${first ? '' : ','}${text ?? ''}`);
        first = false;
      },
      signal,
    );
    session.release();
    assert.equal(hash.digest('hex'), (expected.rows[0] as { sum: string }).sum);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        cell(database, `SELECT ${index} FROM (${rows('generate_series(1, 1000) i')}) x`),
      ),
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 30 }, (_, index) => `${index}`),
    );
    assert.ok(sshd.connections() <= 2, 'one connection, of which sshd makes two processes');
  });

  it('ends a statement in flight when it is cut, and is made anew by the next', async () => {
    const database = through();
    const running = cell(database, 'SELECT pg_sleep(60)');
    running.catch(() => undefined);
    await until(async () => {
      const result = await server.run(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND application_name = 'Khipu'`,
      );
      return !Array.isArray(result) && (result.rows[0] as { n: number }).n === 1;
    });
    await sshd.kill();
    await assert.rejects(running, {
      kind: 'connection-lost',
      message: /^The SSH connection to \[127\.0\.0\.1\]:\d+ was lost\.$/,
    });
    const down = await refusal(through());
    assert.equal(down.kind, 'tunnel-failed');
    await assert.rejects(cell(database, 'SELECT 1'), { kind: 'tunnel-failed' });
    await sshd.start();
    assert.equal(await cell(database, 'SELECT 1'), '1');
  });

  it('goes on when the database was restarted behind it', async () => {
    const database = through();
    await Promise.all([cell(database, 'SELECT 1'), cell(database, 'SELECT 2'), cell(database, 'SELECT 3')]);
    await server.stop();
    await server.start();
    const session = await openTransaction(database, 'BEGIN', signal);
    assert.deepEqual((await session.query({ text: 'SELECT 4' }, signal)).rows, [['4']]);
    session.release();
  });

  it('leaves nothing behind', async () => {
    const database = through();
    await Promise.all([cell(database, 'SELECT 1'), cell(database, 'SELECT 2')]);
    assert.notEqual(sshd.connections(), 0);
    await database.dispose();
    await until(() => sshd.connections() === 0);
    const left = await server.run(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu'`,
    );
    assert.ok(!Array.isArray(left));
    assert.deepEqual(left.rows, [{ n: 0 }]);
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
