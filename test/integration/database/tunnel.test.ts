import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, inspect } from 'node:util';
import { openTransaction } from '../../../src/database/openTransaction.ts';
import type { SshHost } from '../../../src/database/profile.ts';
import { freePort, startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startSshd, type Sshd } from '../../servers/sshd.ts';
import { cell, refusal, scriptedUser, trusting, type UserScript } from './tunnelArena.ts';
import { plainKey, tunnelScene, until } from './tunnelScene.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const passphrase = 'open sesame';
const plain = plainKey;

describe('a tunnel through sshd', () => {
  const { running, through } = tunnelScene();
  let server: PostgresServer;
  let sshd: Sshd;
  let keyFile: string;
  before(() => ({ server, sshd, keyFile } = running()));

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
});
