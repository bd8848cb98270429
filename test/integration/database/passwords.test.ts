import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import type { ConnectContext } from '../../../src/database/connectContext.ts';
import { runPasswordCommand } from '../../../src/database/passwordCommand.ts';
import { parseConnectionUrl, type ConnectionProfile } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { problemOf } from '../../../src/shared/messages.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { cell, refusal } from './tunnelArena.ts';

const signal = new AbortController().signal;

describe('the password', () => {
  let server: PostgresServer;
  let folder: string;
  const opened: Database[] = [];
  before(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'khipu-passwords-'));
    await server.run(`CREATE ROLE teller LOGIN PASSWORD 'first'`);
  });
  after(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => server.run(`ALTER ROLE teller PASSWORD 'first'`));
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
  });

  function open(change: Partial<ConnectionProfile>, context: Partial<ConnectContext> = {}): Database {
    const { profile } = parseConnectionUrl(server.url('postgres', 'disable'), 'tellers');
    const never = (): Promise<never> => Promise.reject(new Error('Nothing is stored.'));
    const database = openDatabase({ ...profile, user: 'teller', ...change }, { password: never, ...context });
    opened.push(database);
    return database;
  }

  /** Holds connections so that the next session makes a new one. */
  async function another(database: Database): Promise<string | null | undefined> {
    const held = await database.session(signal);
    try {
      return await cell(database, 'SELECT 1');
    } finally {
      held.release();
    }
  }

  /** A user who gives these, and then the last again. */
  function person(...given: (string | undefined)[]): {
    asked: boolean[];
    askPassword: ConnectContext['askPassword'];
  } {
    const asked: boolean[] = [];
    return {
      asked,
      askPassword: (isAgain) => Promise.resolve(given[Math.min(asked.push(isAgain), given.length) - 1]),
    };
  }

  describe('that is asked for', () => {
    it('serves every connection of the pool, and is forgotten with it', async () => {
      const { asked, askPassword } = person('first');
      const database = open({ passwordFrom: 'prompt' }, { askPassword });
      await Promise.all(Array.from({ length: 6 }, () => cell(database, 'SELECT pg_backend_pid()')));
      assert.equal(await another(database), '1');
      assert.deepEqual(asked, [false]);
      await database.dispose();
      const next = open({ passwordFrom: 'prompt' }, { askPassword });
      await cell(next, 'SELECT 1');
      assert.deepEqual(asked, [false, false]);
    });

    it('is asked for once more when it was wrong, and then no more', async () => {
      const right = person('wrong-secret', 'first');
      assert.equal(await cell(open({ passwordFrom: 'prompt' }, right), 'SELECT 1'), '1');
      assert.deepEqual(right.asked, [false, true]);
      const wrong = person('wrong-secret');
      const error = await refusal(open({ passwordFrom: 'prompt' }, wrong));
      assert.equal(error.kind, 'authentication-failed');
      assert.deepEqual(wrong.asked, [false, true]);
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('wrong-secret'));
    });

    it('is asked for again when it was changed on the server', async () => {
      const { asked, askPassword } = person('first', 'second');
      const database = open({ passwordFrom: 'prompt' }, { askPassword });
      await cell(database, 'SELECT 1');
      await server.run(`ALTER ROLE teller PASSWORD 'second'`);
      assert.equal(await cell(database, 'SELECT 1'), '1', 'a connection that is there goes on');
      assert.deepEqual(asked, [false]);
      assert.equal(await another(database), '1');
      assert.deepEqual(asked, [false, true]);
    });

    it('is asked for once by several that need it at the same time', async () => {
      const { asked, askPassword } = person('first', 'second');
      const database = open({ passwordFrom: 'prompt' }, { askPassword });
      const held = await database.session(signal);
      await server.run(`ALTER ROLE teller PASSWORD 'second'`);
      const answers = await Promise.all(Array.from({ length: 5 }, () => cell(database, 'SELECT 1')));
      held.release();
      assert.deepEqual(answers, Array(5).fill('1'));
      assert.deepEqual(asked, [false, true]);
    });

    it('is not there when the user enters none', async () => {
      const error = await refusal(open({ passwordFrom: 'prompt' }, person(undefined)));
      assert.equal(error.kind, 'cancelled');
    });

    it('cannot be had where nobody is', async () => {
      const error = await refusal(open({ passwordFrom: 'prompt' }));
      assert.match(error.message, /nobody can be asked here/);
    });

    it('takes no time from the connection, and is no longer wanted after a cancel', async () => {
      let closed = false;
      const asked = Promise.withResolvers<undefined>();
      const askPassword: ConnectContext['askPassword'] = (_isAgain, question) =>
        new Promise((resolve) => {
          question.addEventListener('abort', () => {
            closed = true;
            resolve(undefined);
          });
          asked.resolve(undefined);
        });
      const controller = new AbortController();
      const connecting = open({ passwordFrom: 'prompt' }, { askPassword, connectTimeoutMs: 1 }).session(
        controller.signal,
      );
      connecting.catch(() => undefined);
      await asked.promise;
      const started = performance.now();
      controller.abort();
      await assert.rejects(connecting, { kind: 'cancelled' });
      assert.ok(performance.now() - started < 300);
      assert.ok(closed);
    });
  });

  describe('that is stored', () => {
    it('is refused after a change on the server, and the error has the button to enter another', async () => {
      let stored = 'first';
      const database = open({}, { password: () => Promise.resolve(stored) });
      await cell(database, 'SELECT 1');
      await server.run(`ALTER ROLE teller PASSWORD 'second'`);
      await assert.rejects(another(database), (error) => {
        assert.ok(error instanceof KhipuError);
        assert.equal(error.kind, 'authentication-failed');
        const problem = problemOf(error);
        assert.deepEqual(problem.actions[0], { id: 'enter-password', label: 'Enter Password' });
        assert.equal(problem.connectionId, 'tellers');
        return true;
      });
      stored = 'second';
      assert.equal(await another(database), '1', 'what was entered is taken by the next connection');
    });
  });

  describe('that a command prints', () => {
    /** A program of the user's. */
    async function script(name: string, text: string): Promise<string[]> {
      const path = join(folder, name);
      await writeFile(path, `#!/bin/sh\n${text}\n`);
      await chmod(path, 0o700);
      return [path, 'an argument; touch /tmp/never'];
    }

    it('is its first line, and is printed once for the whole pool', async () => {
      const passwordCommand = await script('good', `echo run >> '${folder}/runs'; echo first; echo more`);
      const database = open({ passwordFrom: 'command', passwordCommand });
      await Promise.all(Array.from({ length: 6 }, () => cell(database, 'SELECT 1')));
      const { readFile } = await import('node:fs/promises');
      assert.equal(await readFile(join(folder, 'runs'), 'utf8'), 'run\n');
    });

    it('is printed again when it no longer holds, as tokens of clouds do', async () => {
      const passwordCommand = await script('token', `cat '${folder}/token-now'`);
      await writeFile(join(folder, 'token-now'), 'first\n');
      const database = open({ passwordFrom: 'command', passwordCommand });
      await cell(database, 'SELECT 1');
      await server.run(`ALTER ROLE teller PASSWORD 'second'`);
      await writeFile(join(folder, 'token-now'), 'second\n');
      assert.equal(await another(database), '1');
    });

    it('is not tried over and over when it is wrong', async () => {
      const passwordCommand = await script('wrong', `echo run >> '${folder}/wrong-runs'; echo wrong-secret`);
      const error = await refusal(open({ passwordFrom: 'command', passwordCommand }));
      assert.equal(error.kind, 'authentication-failed');
      const { readFile } = await import('node:fs/promises');
      assert.equal(await readFile(join(folder, 'wrong-runs'), 'utf8'), 'run\n');
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('wrong-secret'));
    });

    it('gets its arguments as they are, without a shell', async () => {
      const command = await script('echoing', `printf '%s' "$1"`);
      assert.equal(await runPasswordCommand(command, signal), 'an argument; touch /tmp/never');
    });

    const failures: readonly (readonly [string, string, RegExp])[] = [
      ['ends with an error', 'echo a-secret; echo a-secret >&2; exit 3', /ended with exit code 3\.$/],
      ['prints nothing', 'exit 0', /printed nothing\.$/],
      ['prints an empty first line', 'echo; echo a-secret', /printed nothing\.$/],
      ['prints without end', 'yes a-secret', /printed too much for a password\.$/],
      ['does not end', 'echo a-secret; exec sleep 60', /did not end within 0\.3 s\.$/],
      [
        'leaves a child behind that does not end',
        'echo a-secret; sleep 2 & wait',
        /did not end within 0\.3 s\.$/,
      ],
      ['waits for someone to type', 'read line && echo a-secret', /ended with exit code 1\.$/],
    ];
    for (const [what, text, message] of failures) {
      it(`says when it ${what}, and nothing of what it prints`, async () => {
        const command = await script(what.replaceAll(' ', '-'), text);
        const limitMs = /0\\\.3/.test(message.source) ? 300 : 20_000;
        await assert.rejects(runPasswordCommand(command, signal, limitMs), (error) => {
          assert.ok(error instanceof KhipuError);
          assert.equal(error.kind, 'password-command-failed');
          assert.match(error.message, message);
          assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('a-secret'));
          return true;
        });
      });
    }

    it('says when there is no such program, or it may not be run', async () => {
      await assert.rejects(runPasswordCommand([join(folder, 'nowhere')], signal), /was not found\.$/);
      const [path = ''] = await script('locked', 'echo');
      await chmod(path, 0o600);
      await assert.rejects(runPasswordCommand([path], signal), /may not be run\.$/);
      const empty = await refusal(open({ passwordFrom: 'command' }));
      assert.equal(empty.kind, 'invalid-settings');
    });

    it('can be cancelled while the command runs', async () => {
      const passwordCommand = await script('slow', `echo > '${folder}/begun'; exec sleep 60`);
      const controller = new AbortController();
      const connecting = open({ passwordFrom: 'command', passwordCommand }).session(controller.signal);
      connecting.catch(() => undefined);
      const { existsSync } = await import('node:fs');
      while (!existsSync(join(folder, 'begun'))) await new Promise((resolve) => setImmediate(resolve));
      const started = performance.now();
      controller.abort();
      await assert.rejects(connecting, { kind: 'cancelled' });
      assert.ok(performance.now() - started < 300);
    });
  });
});
