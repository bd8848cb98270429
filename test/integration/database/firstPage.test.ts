import assert from 'node:assert/strict';
import net from 'node:net';
import type { Catalog } from '../../../src/database/catalog.ts';
import { declareSortedCursor } from '../../../src/database/cursorReads.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;
const schema = `CREATE TABLE numbers AS SELECT i AS id, i % 100 AS digit FROM generate_series(0, 19999) AS i;
  CREATE INDEX ON numbers (id); CREATE TYPE mood AS ENUM ('calm', 'wild'); VACUUM ANALYZE numbers`;

/** Passes bytes on to a server, and counts how often the client has sent after the server had: the ways there and back. */
async function countingProxy(target: number): Promise<{ port: number; trips: () => number; stop(): void }> {
  let trips = 0;
  const sockets = new Set<net.Socket>();
  const proxy = net.createServer((client) => {
    const server = net.connect(target, '127.0.0.1');
    let isClientsTurn = true;
    client.on('data', (bytes) => {
      if (isClientsTurn) trips += 1;
      isClientsTurn = false;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      isClientsTurn ||= bytes.at(-6) === 'Z'.charCodeAt(0); // ReadyForQuery: all has been answered
      client.write(bytes);
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.forEach((each) => each.destroy()));
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as net.AddressInfo;
  const stop = (): void => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, trips: () => trips, stop };
}

describe('the first page', () => {
  let server: PostgresServer;
  let database: Database;
  let catalog: Catalog;
  let parser: SqlParser;
  const guarded = (sql: string): ReadOnlySql => ReadOnlySql.fromText(parser, catalog, sql);
  const opened: Database[] = [];
  const open = (change: { port?: number; defaultSchemas?: string[] } = {}): Database => {
    const { profile, password } = parseConnectionUrl(server.url('postgres', 'disable'), 'test');
    const made = openDatabase({ ...profile, ...change }, { password: () => Promise.resolve(password) });
    opened.push(made);
    return made;
  };
  const read = async (sql: string): Promise<readonly (string | null)[][]> => {
    const result = await openResult(database, guarded(sql), signal);
    const rows = result.firstRows.map((row) => [...row]);
    await result.close();
    return rows;
  };
  before(async () => {
    server = await startPostgres();
    for (const statement of schema.split(';')) await server.run(statement);
    database = open();
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    for (const each of opened) await each.dispose();
    await server.dispose();
  });

  it('takes one way to the server and back', async () => {
    const proxy = await countingProxy(server.port);
    const near = open({ port: proxy.port, defaultSchemas: ['public'] });
    const tripsOf = async (sql: string, values: string[] = []): Promise<number> => {
      const before = proxy.trips();
      const result = await openResult(near, guarded(sql).bind(values), signal);
      const trips = proxy.trips() - before;
      assert.equal(result.firstRows.length, 500);
      await result.close();
      return trips;
    };
    try {
      await tripsOf('SELECT * FROM numbers');
      assert.equal(await tripsOf('SELECT * FROM numbers'), 1);
      assert.equal(await tripsOf('SELECT * FROM numbers WHERE digit < $1 ORDER BY digit', ['90']), 1);
    } finally {
      await near.dispose();
      proxy.stop();
    }
  });

  it('of a sorted statement is the beginning of what stays there: the statement runs once', async () => {
    const result = await openResult(database, guarded('SELECT id FROM numbers ORDER BY random()'), signal);
    const far = await result.page(15_000, 5, signal);
    assert.deepEqual(await result.page(0, 500, signal), result.firstRows);
    assert.deepEqual(await result.page(15_000, 5, signal), far);
    const total = await result.count(() => undefined, signal);
    assert.deepEqual(total, { rows: 20_000, complete: true });
    await result.close();
  });

  it('of a sorted statement keeps its names, its comments, its parameters and its places of errors', async () => {
    const result = await openResult(
      database,
      guarded(
        'SELECT id AS a, digit AS a, $1::mood FROM numbers ORDER BY 2 DESC, 1 LIMIT 2 -- the last',
      ).bind(['wild']),
      signal,
    );
    const columns = result.columns.map(({ name, type }) => `${name} ${type}`);
    assert.deepEqual(columns, ['a integer', 'a integer', 'mood mood']);
    assert.deepEqual(result.firstRows, [
      ['99', '99', 'wild'],
      ['199', '99', 'wild'],
    ]);
    assert.deepEqual(await read('WITH a AS (SELECT 1 AS n) SELECT n FROM a UNION SELECT 2 ORDER BY n'), [
      ['1'],
      ['2'],
    ]);
    const wrong = `SELECT id FROM numbers WHERE digit = 'é' ORDER BY nothing`;
    await assert.rejects(openResult(database, guarded(wrong), signal), ({ detail }: KhipuError) => {
      assert.equal(detail.sql, wrong);
      return detail.position === wrong.indexOf('nothing') || detail.position === wrong.indexOf("'é'");
    });
  });

  it('of a statement that an index sorts does not wait for the sort', async () => {
    // The planner is asked in the very form that was sent: it has to choose as for the first rows.
    const { prefix, suffix } = declareSortedCursor('c');
    const sent = `${prefix}SELECT * FROM numbers ORDER BY id${suffix}`.replace(
      /^DECLARE.*? FOR /,
      'EXPLAIN ',
    );
    const plan = await server.run(sent);
    assert.ok(!Array.isArray(plan));
    const text = JSON.stringify(plan.rows);
    assert.match(text, /Index Scan using numbers_id_idx/);
    assert.doesNotMatch(text, /Sort/);
  });

  it('names types as they are after the catalog was read again', async () => {
    const typeOf = async (): Promise<string | undefined> => {
      const result = await openResult(database, guarded(`SELECT enum_first(NULL::${name})`), signal);
      return result.columns[0]?.type;
    };
    let name = 'mood';
    assert.equal(await typeOf(), 'mood');
    await server.run('ALTER TYPE mood RENAME TO temper');
    name = 'temper';
    await introspect(database, signal);
    assert.equal(await typeOf(), 'temper');
  });

  it('comes over another connection when the server has closed the one that was idle', async () => {
    const before = await read('SELECT pg_backend_pid()');
    const backend = before[0]?.[0] ?? '';
    await server.run(`SELECT pg_terminate_backend(${backend})`);
    const after = await read('SELECT pg_backend_pid()');
    assert.notEqual(after[0]?.[0], backend);
  });

  it('is not asked for twice when the connection is lost while the server works', async () => {
    await read('SELECT 1');
    const slow = 'SELECT count(*) FROM generate_series(1, 1000000000)';
    const reading = assert.rejects(openResult(database, guarded(slow), signal), {
      kind: 'connection-lost',
    });
    const working = `SELECT pid FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND state = 'active'`;
    for (;;) {
      const found = await server.run(working);
      assert.ok(!Array.isArray(found));
      const [row] = found.rows as { pid: number }[];
      if (row === undefined) continue;
      await server.run(`SELECT pg_terminate_backend(${row.pid})`);
      break;
    }
    await reading;
  });
});
