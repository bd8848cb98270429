/** The write door on the Postgres that the system brings, which is older than what it makes best use of. */
import assert from 'node:assert/strict';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { connectionProfile } from '../../../src/database/profile.ts';
import { beginTransaction, type UserTransaction } from '../../../src/database/userTransaction.ts';
import { WriteSql } from '../../../src/database/writeDoor.ts';
import { startSystemPostgres, systemPostgres, type SystemServer } from '../../servers/systemPostgres.ts';
import { signal } from './exportArena.ts';

if (systemPostgres !== undefined) {
  const bin = systemPostgres;
  describe(`the write door on ${bin}`, () => {
    let server: SystemServer;
    let database: Database;
    let parser: SqlParser;
    let transaction: UserTransaction;
    before(async () => {
      server = await startSystemPostgres(bin);
      const { host, user } = server;
      const given = {
        id: 'old',
        name: 'Old',
        host,
        user,
        database: 'postgres',
        tls: 'disable',
        access: 'write',
      };
      database = openDatabase(connectionProfile.parse(given), { password: () => Promise.resolve(undefined) });
      parser = await loadParser();
    });
    after(async () => {
      await database.dispose();
      await server.dispose();
    });
    beforeEach(async () => {
      const options = { mode: 'write', idleLimitMs: 60_000, onEnd: () => undefined } as const;
      transaction = await beginTransaction(database, options, signal);
      await write('CREATE TABLE IF NOT EXISTS goods (id int PRIMARY KEY, price int)');
      await write('INSERT INTO goods VALUES (1, 10), (2, 20)');
    });
    afterEach(() => transaction.rollBack());
    const write = (sql: string): ReturnType<UserTransaction['write']> =>
      transaction.write(WriteSql.fromSeenText(parser, sql), signal);

    it('shows the rows of an UPDATE as they are after it', async () => {
      const effect = await write('UPDATE goods SET price = price + 1 WHERE id = 1');
      assert.deepEqual([effect.count, effect.table, effect.sample], [1, 'public.goods', [['1', '11']]]);
      assert.ok(effect.columns.every(({ change }) => change === undefined));
    });

    it('counts the rows of a MERGE, which gives none back there', async () => {
      const effect = await write(
        'MERGE INTO goods USING (VALUES (1)) s (i) ON id = i WHEN MATCHED THEN DELETE',
      );
      assert.deepEqual([effect.command, effect.count, effect.columns], ['MERGE', 1, []]);
    });

    it('reads read only, and takes back a statement that fails', async () => {
      const catalog = await introspect(database, signal);
      const read = async (sql: string): Promise<unknown> =>
        (await transaction.read(ReadOnlySql.fromText(parser, catalog, sql), signal)).firstRows;
      assert.deepEqual(await read('SHOW transaction_read_only'), [['on']]);
      await assert.rejects(write('UPDATE goods SET nowhere = 1'), { kind: 'sql-failed' });
      assert.deepEqual(await read('SELECT count(*) FROM goods'), [['2']]);
      assert.equal((await write('DELETE FROM goods')).count, 2);
      await transaction.commit();
    });
  });
}
