import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { openDatabase } from '../../../src/database/connect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';
import { freePort, startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

async function connectError(url: string, abort = signal): Promise<KhipuError> {
  const { profile, password } = parseConnectionUrl(url, 'test');
  const database = openDatabase(profile, { password: () => Promise.resolve(password) });
  try {
    const session = await database.session(abort);
    session.release();
  } catch (error) {
    assert.ok(error instanceof KhipuError);
    return error;
  } finally {
    await database.dispose();
  }
  throw new Error('It connected.');
}

describe('connect', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.dispose());

  const cases: readonly (readonly [what: string, kind: ErrorKind, url: () => Promise<string> | string])[] = [
    [
      'a wrong password',
      'authentication-failed',
      () => `postgres://postgres:wrong-secret@127.0.0.1:${server.port}/postgres`,
    ],
    [
      'a missing password',
      'authentication-failed',
      () => `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    ],
    ['an unknown database', 'database-missing', () => server.url('nowhere')],
    ['an unknown host', 'unknown-host', () => 'postgres://a@no-such-host.invalid/b'],
    [
      'a port where nothing listens',
      'connection-refused',
      async () => `postgres://a@127.0.0.1:${await freePort()}/b`,
    ],
    ['TLS that the server does not have', 'tls-refused', () => server.url('postgres', 'require')],
    [
      'a socket directory without a socket',
      'connection-refused',
      () => 'postgres://a@localhost/b?host=/tmp/no-such-directory',
    ],
  ];
  for (const [what, kind, url] of cases) {
    it(`tells ${what}`, async () => {
      const error = await connectError(await url());
      assert.equal(error.kind, kind, error.message);
      assert.ok(
        !error.message.includes('wrong-secret') && !JSON.stringify(error.detail).includes('wrong-secret'),
      );
      assert.ok(error.detail.subject !== undefined);
    });
  }

  it('falls back to a plain connection when TLS is only preferred', async () => {
    const { profile, password } = parseConnectionUrl(server.url('postgres', 'prefer'), 'test');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    const session = await database.session(signal);
    assert.deepEqual((await session.query({ text: 'SELECT $1::int + 1', values: [41] }, signal)).rows, [
      ['42'],
    ]);
    session.release();
    await database.dispose();
  });

  it('takes no second statement', async () => {
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    const session = await database.session(signal);
    await assert.rejects(session.query({ text: 'SELECT 1; SELECT 2' }, signal), { kind: 'sql-syntax' });
    session.release();
    await database.dispose();
  });

  it('can be cancelled within 300 ms while a silent server keeps it waiting, and lets go of it', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.resume())).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const controller = new AbortController();
    const reached = once(silent, 'connection');
    const { profile } = parseConnectionUrl(`postgres://a@127.0.0.1:${port}/b?sslmode=disable`, 'test');
    const database = openDatabase(profile, { password: () => Promise.resolve(undefined) });
    const connecting = database.session(controller.signal);
    connecting.catch(() => undefined);
    await reached;
    const started = performance.now();
    controller.abort();
    await assert.rejects(connecting, { kind: 'cancelled' });
    assert.ok(performance.now() - started < 300);
    const [socket] = sockets;
    if (socket?.closed === false) await once(socket, 'close');
    silent.close();
    await database.dispose();
  });

  it('leaves no connection behind', async () => {
    const result = await server.run(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu'`,
    );
    assert.ok(!Array.isArray(result));
    assert.deepEqual(result.rows, [{ n: 0 }]);
  });
});
