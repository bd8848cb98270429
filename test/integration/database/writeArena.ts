/** What the tests of the write door share: a server with a small shop, and transactions on a connection that may write. */
import type { Database } from '../../../src/database/connect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import type { ConnectionProfile } from '../../../src/database/profile.ts';
import {
  beginTransaction,
  type TransactionEnding,
  type TransactionMode,
  type UserTransaction,
} from '../../../src/database/userTransaction.ts';
import { WriteSql } from '../../../src/database/writeDoor.ts';
import { openArena, signal, type Arena } from './exportArena.ts';

const shop = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id int PRIMARY KEY, status text NOT NULL, total numeric(10, 2), note text);
  INSERT INTO shop.orders SELECT i, 'open', i * 10, NULL FROM generate_series(1, 1000) AS i;
  CREATE TABLE shop.lines (order_id int REFERENCES shop.orders DEFERRABLE INITIALLY DEFERRED, what text);
  CREATE TABLE shop.audit (at timestamptz DEFAULT now(), what text);
  CREATE FUNCTION shop.log() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO shop.audit (what) VALUES (TG_OP || ' ' || NEW.id); RETURN NEW; END $$;
  CREATE TRIGGER logged AFTER UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.log();
  CREATE TABLE shop.ruled (a int);
  CREATE RULE instead AS ON UPDATE TO shop.ruled DO INSTEAD UPDATE shop.orders SET note = 'ruled' WHERE id = 1;
  INSERT INTO shop.ruled VALUES (1);
  CREATE VIEW shop.open_orders AS SELECT id, status, total FROM shop.orders WHERE status = 'open';
  ALTER ROLE postgres SET search_path = shop, public;`;

export interface Opened {
  readonly transaction: UserTransaction;
  readonly endings: TransactionEnding[];
  write(sql: string, abort?: AbortSignal): ReturnType<UserTransaction['write']>;
}

export interface WriteArena extends Arena {
  readonly writable: Database;
  seen(sql: string): WriteSql;
  begin(mode?: TransactionMode, idleLimitMs?: number, database?: Database): Promise<Opened>;
  /** Ends what a test has left open. */
  rollBackAll(): Promise<void>;
  /** Another pool of a profile that may write. */
  openWritable(profile?: Partial<ConnectionProfile>): Database;
  /** The first cell of the first row, as superuser and past Khipu. */
  value(sql: string): Promise<unknown>;
}

/** @param more SQL that is run after the shop's own */
export async function openWriteArena(more = ''): Promise<WriteArena> {
  const arena = await openArena(shop + more);
  const parser = await loadParser();
  const openWritable = (profile: Partial<ConnectionProfile> = {}): Database =>
    arena.open({ access: 'write', ...profile });
  const writable = openWritable();
  const begun: UserTransaction[] = [];
  const seen = (sql: string): WriteSql => WriteSql.fromSeenText(parser, sql);
  return {
    ...arena,
    openWritable,
    writable,
    seen,
    async begin(mode = 'write', idleLimitMs = 60_000, database = writable) {
      const endings: TransactionEnding[] = [];
      const options = { mode, idleLimitMs, onEnd: (ending: TransactionEnding) => void endings.push(ending) };
      const transaction = await beginTransaction(database, options, signal);
      begun.push(transaction);
      return { transaction, endings, write: (sql, abort = signal) => transaction.write(seen(sql), abort) };
    },
    async rollBackAll() {
      await Promise.all(begun.splice(0).map((transaction) => transaction.rollBack()));
    },
    async value(sql) {
      const result = await arena.server.run(sql);
      if (Array.isArray(result)) throw new Error('One result was expected.');
      return Object.values((result.rows as Record<string, unknown>[])[0] ?? {})[0];
    },
  };
}
