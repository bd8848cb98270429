import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { Connections } from '../../../src/database/connections.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startProxy } from './silentProxy.ts';
import { cell } from './tunnelArena.ts';

const signal = new AbortController().signal;
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

describe('a server', () => {
  let server: PostgresServer;
  const opened: Database[] = [];
  let logged = '';
  before(async () => {
    server = await startPostgres(
      [
        ...['-c', `listen_addresses=127.0.0.1${hasIpv6 ? ',::1' : ''}`],
        ...['-c', 'unix_socket_directories=/tmp'],
        ...['-c', 'log_statement=all'],
      ],
      [],
      (text) => (logged += text),
    );
    await server.run(`CREATE TABLE secrets (id int); CREATE ROLE least LOGIN PASSWORD 'least'`);
    await server.run('CREATE DATABASE closed');
    await server.run('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
  });
  after(() => server.dispose());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
  });

  function open(url: string): Database {
    const { profile, password } = parseConnectionUrl(url, 'test');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    opened.push(database);
    return database;
  }
  const login = (user = server.user, password = server.password): string => `${user}:${password}`;

  /** Runs a statement that a cancel ends at once, to see that the cancel takes the same way. */
  async function cancels(database: Database): Promise<void> {
    const controller = new AbortController();
    const session = await database.session(signal);
    const running = session.query({ text: `SELECT pg_sleep(60)` }, controller.signal);
    running.catch(() => undefined);
    const sleeping = `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
    while ((await cell(database, sleeping)) !== '1') continue;
    const started = performance.now();
    controller.abort();
    await assert.rejects(running, { kind: 'cancelled' });
    assert.ok(performance.now() - started < 1900, 'by the request, and not by giving up');
    assert.deepEqual((await session.query({ text: 'SELECT 1' }, signal)).rows, [['1']]);
    session.release();
  }

  for (const sslmode of ['prefer', 'require', 'verify-full']) {
    it(`is reached by a Unix socket, where ${sslmode} means nothing`, async () => {
      const database = open(
        `postgres://${login()}@localhost:${server.port}/postgres?host=/tmp&sslmode=${sslmode}`,
      );
      assert.equal(await cell(database, 'SELECT inet_server_addr() IS NULL'), 't');
      await cancels(database);
    });
  }

  it('is reached by an address of IPv6', async function () {
    if (!hasIpv6) this.skip();
    const database = open(`postgres://${login()}@[::1]:${server.port}/postgres?sslmode=prefer`);
    assert.equal(await cell(database, 'SELECT host(inet_server_addr())'), '::1');
    await cancels(database);
  });

  it('is asked once for a pool what it is, and never for a statement', async () => {
    const database = open(server.url());
    const catalog = await introspect(database, signal);
    const parser = await loadParser();
    const before = logged.length;
    for (let i = 0; i < 5; i++)
      await openResult(database, ReadOnlySql.fromText(parser, catalog, `SELECT ${i} AS marked`), signal);
    await cell(database, `SELECT 'the end'`);
    while (!logged.includes('the end', before)) await new Promise((resolve) => setImmediate(resolve));
    const said = logged.slice(before);
    assert.equal(said.match(/CURSOR FOR SELECT \d AS marked/g)?.length, 5);
    assert.doesNotMatch(said, /server_version|pg_settings|version\(\)|pg_catalog\.pg_/);
  });

  it('may have been restarted: the next statement, and the next refresh, work by themselves', async () => {
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    const context = { password: () => Promise.resolve(password) };
    const connections = new Connections(
      { resolve: () => Promise.resolve({ profile, context }) },
      () => undefined,
    );
    try {
      const { database, catalog } = await connections.connect('test', signal);
      const statement = ReadOnlySql.fromText(await loadParser(), catalog, 'SELECT 1');
      const idle = await Promise.all(Array.from({ length: 6 }, () => database.session(signal)));
      for (const session of idle) session.release();
      await server.stop();
      await server.start();
      assert.deepEqual((await openResult(database, statement, signal)).firstRows, [['1']]);
      await server.stop();
      await server.start();
      assert.equal((await connections.refresh('test', signal)).database, database);
    } finally {
      await connections.dispose();
    }
  });

  it('lets a role with the least rights in, and says what it may not', async () => {
    const database = open(server.url().replace(/\/\/[^@]*@/, `//${login('least', 'least')}@`));
    const catalog = await introspect(database, signal);
    const parser = await loadParser();
    const run = (text: string) => openResult(database, ReadOnlySql.fromText(parser, catalog, text), signal);
    assert.deepEqual((await run('SELECT current_user')).firstRows, [['least']]);
    await assert.rejects(run('SELECT * FROM secrets'), { kind: 'permission-denied', message: /secrets/ });
    const closed = open(server.url('closed').replace(/\/\/[^@]*@/, `//${login('least', 'least')}@`));
    await assert.rejects(cell(closed, 'SELECT 1'), { kind: 'permission-denied', message: /closed/ });
  });

  it('that falls silent does not keep the connections from being closed', async () => {
    const proxy = await startProxy(server.port);
    const database = open(server.url().replace(`:${server.port}/`, `:${proxy.port}/`));
    await Promise.all([cell(database, 'SELECT 1'), cell(database, 'SELECT 2')]);
    proxy.cut();
    const started = performance.now();
    await database.dispose();
    assert.ok(performance.now() - started < 2500);
    await proxy.dispose();
  });

  describe('is connected to by several at once', () => {
    async function attempts(): Promise<{
      connections: Connections;
      resolved: () => number;
      aborted: () => boolean;
    }> {
      const proxy = await startProxy(server.port);
      proxy.cut();
      const { profile, password } = parseConnectionUrl(
        server.url().replace(`:${server.port}/`, `:${proxy.port}/`),
        'test',
      );
      let resolved = 0;
      let aborted = false;
      const connections = new Connections(
        {
          resolve: (_id, attempt) => {
            resolved += 1;
            attempt.addEventListener('abort', () => (aborted = true));
            return Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } });
          },
        },
        () => undefined,
      );
      proxies.push(proxy);
      return { connections, resolved: () => resolved, aborted: () => aborted };
    }
    const proxies: Awaited<ReturnType<typeof startProxy>>[] = [];
    afterEach(async () => {
      await Promise.all(proxies.splice(0).map((each) => each.dispose()));
    });

    it('in one attempt, which ends when the last has gone, and is made anew for the next', async () => {
      const { connections, resolved, aborted } = await attempts();
      const [first, second] = [new AbortController(), new AbortController()];
      const both = [first, second].map((each) => connections.connect('test', each.signal));
      for (const each of both) each.catch(() => undefined);
      first.abort();
      await assert.rejects(both[0] ?? Promise.resolve(), { kind: 'cancelled' });
      assert.equal(aborted(), false);
      second.abort();
      await assert.rejects(both[1] ?? Promise.resolve(), { kind: 'cancelled' });
      assert.equal(aborted(), true);
      assert.equal(resolved(), 1);
      proxies[0]?.mend();
      await connections.connect('test', signal);
      assert.equal(resolved(), 2);
      await connections.dispose();
    });

    it('and a disconnect ends the attempt for all, soon', async () => {
      const { connections } = await attempts();
      const both = [1, 2].map(() => connections.connect('test', signal));
      for (const each of both) each.catch(() => undefined);
      const started = performance.now();
      await connections.disconnect('test');
      for (const each of both) await assert.rejects(each, { kind: 'cancelled' });
      assert.ok(performance.now() - started < 1000);
      await connections.dispose();
    });
  });
});
