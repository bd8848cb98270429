import assert from 'node:assert/strict';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { AuthContext } from 'ssh2';
import type { Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { makeCertificates, type Certificates } from '../../servers/certificates.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startSshServer, type SshServer } from '../../servers/sshServer.ts';
import {
  cell,
  openThrough,
  refusal,
  scriptedUser,
  type ScriptedUser,
  type UserScript,
} from './tunnelArena.ts';

const signal = new AbortController().signal;
const right = 'right-secret';
const code = '246 810';
/** Names that only the host knows: whatever arrives there came through the tunnel. */
const inside = 'db.internal';

type Method = 'password' | 'keyboard-interactive';

/** Asks, and lets in who answers right. */
function question(context: AuthContext, prompts: readonly string[], expected: readonly string[]): void {
  if (context.method !== 'keyboard-interactive') {
    context.reject(['keyboard-interactive']);
    return;
  }
  const asked = prompts.map((prompt) => ({ prompt, echo: prompt !== 'Password: ' }));
  context.prompt(asked, (answers) => {
    if (JSON.stringify(answers) === JSON.stringify(expected)) context.accept();
    else context.reject(['keyboard-interactive']);
  });
}

/** Who is let in how, by the user's name. */
const users: Readonly<Record<string, (context: AuthContext) => void>> = {
  password(context) {
    if (context.method === 'password' && context.password === right) context.accept();
    else context.reject(['password']);
  },
  interactive: (context) => question(context, ['Password: ', 'Code: '], [right, code]),
  factor(context) {
    const isRight = context.method === 'password' && context.password === right;
    const left: Method[] = isRight ? ['keyboard-interactive'] : ['password'];
    if (context.method === 'keyboard-interactive') question(context, ['Code: '], [code]);
    else context.reject(left, isRight);
  },
};

describe('a tunnel whose host asks', () => {
  let server: PostgresServer;
  let host: SshServer;
  let files: Certificates;
  let forward: (name: string, port: number) => number | undefined;
  const opened: Database[] = [];

  before(async function () {
    this.timeout(60_000);
    files = await makeCertificates(inside, 'postgres');
    server = await startPostgres([
      ...['-c', 'ssl=on', '-c', `ssl_cert_file=${files.serverCert}`, '-c', `ssl_key_file=${files.serverKey}`],
    ]);
    host = await startSshServer({
      authenticate: (context) => (users[context.username] ?? (() => context.reject()))(context),
      forward: (name, port) => forward(name, port),
    });
  });
  after(async () => {
    await host.close();
    await server.dispose();
  });
  beforeEach(() => {
    forward = (name, port) => (name.endsWith('.internal') && port === 5432 ? server.port : 1);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    while (host.present() > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  function through(user: string, script: UserScript | ScriptedUser, change: object = {}): Database {
    const person = 'context' in script ? script : scriptedUser({ decision: 'once', ...script });
    const ssh = { port: host.port, user, auth: 'password' as const, knownHosts: '/no/such/file' };
    const database = openThrough(server, ssh, person, { host: inside, port: 5432, ...change });
    opened.push(database);
    return database;
  }

  it('for a password, and once more when it was wrong', async () => {
    const user = scriptedUser({ decision: 'once', secrets: ['wrong-secret', right] });
    assert.equal(await cell(through('password', user), 'SELECT 1'), '1');
    const name = `[127.0.0.1]:${host.port}`;
    assert.deepEqual(user.questions, [
      { kind: 'password', user: 'password', host: name, isAgain: false },
      { kind: 'password', user: 'password', host: name, isAgain: true },
    ]);
  });

  it('for a password that stays wrong, and repeats it nowhere', async () => {
    const user = scriptedUser({ decision: 'once', secrets: ['wrong-secret'] });
    const error = await refusal(through('password', user));
    assert.equal(error.kind, 'tunnel-authentication-failed');
    assert.match(error.message, /did not let password in with that password\.$/);
    assert.equal(error.detail.hint, 'It takes: password.');
    assert.equal(user.questions.length, 2);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('wrong-secret'));
  });

  it('for a password among questions of its own, and shows the others as they are', async () => {
    const user = scriptedUser({ decision: 'once', secrets: [right, code] });
    assert.equal(await cell(through('interactive', user), 'SELECT 1'), '1');
    assert.deepEqual(
      user.questions.map((question) => ({ ...question, host: '' })),
      [
        { kind: 'password', user: 'interactive', host: '', isAgain: false },
        { kind: 'answer', prompt: 'Code: ', host: '', isShown: true },
      ],
    );
  });

  it('for a code after the password', async () => {
    const user = scriptedUser({ decision: 'once', secrets: [right, code] });
    assert.equal(await cell(through('factor', user), 'SELECT 1'), '1');
    assert.deepEqual(
      user.questions.map(({ kind }) => kind),
      ['password', 'answer'],
    );
  });

  it('for a code that is wrong', async () => {
    const error = await refusal(
      through('factor', { secrets: [right, 'wrong-secret', right, 'wrong-secret'] }),
    );
    assert.equal(error.kind, 'tunnel-authentication-failed');
  });

  it('for nothing when the user gives up', async () => {
    const error = await refusal(through('interactive', { secrets: [undefined] }));
    assert.equal(error.kind, 'cancelled');
  });

  it('once for many connections, also after it was cut', async () => {
    const user = scriptedUser({ decision: 'once', secrets: [right] });
    const before = host.clients();
    const database = through('password', user);
    await Promise.all(Array.from({ length: 6 }, () => cell(database, 'SELECT 1')));
    assert.equal(host.clients() - before, 1);
    const session = await database.session(signal);
    const running = session.query({ text: 'SELECT pg_sleep(60)' }, signal);
    running.catch(() => undefined);
    host.cut();
    await assert.rejects(running, { kind: 'connection-lost' });
    session.release();
    assert.equal(await cell(database, 'SELECT 2'), '2');
    assert.equal(user.questions.length, 1);
    assert.equal(user.hosts.length, 1);
  });

  it('and sends a cancel request through', async () => {
    const database = through('password', { secrets: [right] });
    const statement = ReadOnlySql.fromText(
      await loadParser(),
      await introspect(database, signal),
      'SELECT count(*) FROM generate_series(1, 1e6::int) a, generate_series(1, 1e6::int) b',
    );
    const controller = new AbortController();
    const running = openResult(database, statement, controller.signal);
    running.catch(() => undefined);
    const active = async (): Promise<unknown> => {
      const result = await server.run(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND state = 'active'`,
      );
      return Array.isArray(result) ? undefined : (result.rows as { n: number }[])[0]?.n;
    };
    while ((await active()) === 0) continue;
    const ways = host.forwarded.length;
    const started = performance.now();
    controller.abort();
    await assert.rejects(running, { kind: 'cancelled' });
    assert.ok(performance.now() - started < 1900, 'by the request, and not by giving up');
    assert.equal(await active(), 0);
    assert.deepEqual(host.forwarded.slice(ways), [`${inside}:5432`]);
  });

  describe('and encrypts inside', () => {
    it('checking the name of the database, not that of the host', async () => {
      const tls = { tls: 'verify-full', tlsCa: files.ca };
      const database = through('password', { secrets: [right] }, tls);
      assert.equal(await cell(database, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'), 't');
      const other = await refusal(
        through('password', { secrets: [right] }, { ...tls, host: 'other.internal' }),
      );
      assert.equal(other.kind, 'tls-refused');
      assert.match(other.message, /other\.internal/);
      const stranger = { ...tls, tlsCa: files.otherCa };
      assert.equal((await refusal(through('password', { secrets: [right] }, stranger))).kind, 'tls-refused');
    });

    it('and cancels and counts bytes there as well', async () => {
      const database = through('password', { secrets: [right] }, { tls: 'require', statementTimeoutMs: 500 });
      const session = await database.session(signal);
      const controller = new AbortController();
      const running = session.query({ text: 'SELECT pg_sleep(30)' }, controller.signal);
      running.catch(() => undefined);
      setTimeout(() => controller.abort(), 100);
      const started = performance.now();
      await assert.rejects(running, { kind: 'cancelled' });
      assert.ok(performance.now() - started < 1900);
      // Speaks for longer than a silent server would be waited for, which is 3.5 s here.
      const chatty = `SELECT repeat('x', 10000) FROM generate_series(1, 45) WHERE pg_sleep(0.1) IS NOT NULL`;
      let rows = 0;
      await session.stream({ text: chatty }, () => void (rows += 1), signal);
      assert.equal(rows, 45);
      session.release();
    });
  });

  describe('can be cancelled within 300 ms', () => {
    const cases: readonly (readonly [
      string,
      () => Promise<{ database: Database; isThere: Promise<unknown> }>,
    ])[] = [
      [
        'while the password is asked for',
        () => {
          const asked = Promise.withResolvers<undefined>();
          const onQuestion = async (question: AbortSignal): Promise<void> => {
            asked.resolve(undefined);
            if (user.hosts.length > 0 && user.questions.length > 0) await once(question, 'abort');
          };
          const user = scriptedUser({ decision: 'once', secrets: [right], onQuestion });
          return Promise.resolve({ database: through('password', user), isThere: asked.promise });
        },
      ],
      [
        'while the host opens no way to the database',
        () => {
          const asked = Promise.withResolvers<undefined>();
          forward = () => {
            asked.resolve(undefined);
            return undefined;
          };
          return Promise.resolve({
            database: through('password', { secrets: [right] }),
            isThere: asked.promise,
          });
        },
      ],
      [
        'while the database says nothing',
        async () => {
          const { createServer } = await import('node:net');
          const silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(
            0,
            '127.0.0.1',
          );
          await once(silent, 'listening');
          const reached = once(silent, 'connection').then(() => silent.close());
          forward = () => (silent.address() as { port: number }).port;
          return { database: through('password', { secrets: [right] }), isThere: reached };
        },
      ],
    ];
    for (const [what, make] of cases) {
      it(what, async () => {
        const { database, isThere } = await make();
        const controller = new AbortController();
        const connecting = database.session(controller.signal);
        connecting.catch(() => undefined);
        await isThere;
        const started = performance.now();
        controller.abort();
        await assert.rejects(connecting, { kind: 'cancelled' });
        assert.ok(performance.now() - started < 300);
        await database.dispose();
        assert.ok(performance.now() - started < 2000);
      });
    }
  });
});
