import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { leastHold } from './eventLoop.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

const functions = `
  CREATE FUNCTION say(what text) RETURNS text STABLE LANGUAGE plpgsql AS $f$
  BEGIN
    RAISE NOTICE 'said %', what;
    RETURN what;
  END $f$;
  CREATE FUNCTION warn() RETURNS int STABLE LANGUAGE plpgsql AS $f$
  BEGIN
    RAISE WARNING 'careful' USING DETAIL = 'the floor is wet', HINT = 'walk around it', ERRCODE = '01K01';
    RAISE INFO 'all the same';
    RETURN 7;
  END $f$;
  CREATE FUNCTION flood(lines int) RETURNS int STABLE LANGUAGE plpgsql AS $f$
  BEGIN
    FOR line IN 1..lines LOOP RAISE NOTICE 'line % of the flood, which is of no interest to anybody', line; END LOOP;
    RETURN lines;
  END $f$;`;

describe('messages of the server', () => {
  let server: PostgresServer;
  let database: Database | undefined;
  let catalog: Catalog;
  let parser: SqlParser;
  const open = (sql: string) => openResult(database!, ReadOnlySql.fromText(parser, catalog, sql), signal);
  before(async () => {
    server = await startPostgres();
    await server.run(functions);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    await database?.dispose();
    await server.dispose();
  });

  it('come with the rows, each with its severity, detail, hint and place', async () => {
    const result = await open('SELECT warn()');
    const { items, more } = result.messages!;
    assert.equal(more, 0);
    assert.deepEqual(
      items.map(({ severity, text }) => [severity, text]),
      [
        ['WARNING', 'careful'],
        ['INFO', 'all the same'],
      ],
    );
    assert.deepEqual(
      [items[0]?.detail, items[0]?.hint, items[0]?.sqlState],
      ['the floor is wet', 'walk around it', '01K01'],
    );
    assert.match(items[0]?.where ?? '', /function warn\(\) line 3/);
  });

  it('belong to one statement, and not to the next on the same connection', async () => {
    assert.equal((await open(`SELECT say('one')`)).messages?.items[0]?.text, 'said one');
    assert.equal((await open('SELECT 1')).messages, undefined);
    assert.deepEqual(
      (await open(`SELECT say('two')`)).messages?.items.map(({ text }) => text),
      ['said two'],
    );
  });

  it('come with a failure', async () => {
    await assert.rejects(open(`SELECT say('before'), 1 / (length(say('x')) - 1)`), (error) => {
      assert.ok(error instanceof KhipuError);
      assert.equal(error.kind, 'sql-failed');
      assert.deepEqual(
        error.detail.messages?.items.map(({ text }) => text),
        ['said before', 'said x'],
      );
      return true;
    });
  });

  it('go on while the rows of a large result are counted', async () => {
    const result = await open('SELECT say(i::text) FROM generate_series(1, 700) AS i');
    assert.equal(result.messages?.items.length, 501);
    await result.count(() => undefined, signal);
    const after = result.messages;
    assert.equal(after.items.length + after.more, 700);
    await result.close();
  });

  it('in a flood hold neither memory nor the event loop', async () => {
    const lines = 300_000;
    await open('SELECT flood(1000)');
    const before = process.memoryUsage().heapUsed;
    const longest = await leastHold(3, async () => {
      const result = await open(`SELECT flood(${lines})`);
      assert.deepEqual(result.firstRows, [[`${lines}`]]);
      assert.equal(result.messages?.items.length, 1000);
      assert.equal(result.messages.more, lines - 1000);
    });
    assert.ok(longest <= 50, `the event loop was held for ${longest.toFixed(0)} ms`);
    const grown = (process.memoryUsage().heapUsed - before) / 1e6;
    assert.ok(grown < 100, `${grown.toFixed(0)} MB more`);
    console.log(
      `      flood of ${lines}: event loop held at most ${longest.toFixed(0)} ms, heap +${grown.toFixed(0)} MB`,
    );
  });
});
