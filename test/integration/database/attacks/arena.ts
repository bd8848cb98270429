/** A real Postgres 18 with the scene in it, a bystander who listens, and the real path from text to rows, all as superuser. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../../src/database/connect.ts';
import { openResult } from '../../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../../src/database/guard.ts';
import { introspect } from '../../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../../servers/postgres.ts';
import { Bystander } from './bystander.ts';
import { plainStatement } from './disguises.ts';
import { filesMark, type Payload } from './payloads.ts';
import { repairSql, sceneSql } from './scene.ts';
import { runUnguarded, stateOf, type Bitten, type State } from './unguarded.ts';

const signal = new AbortController().signal;
const sceneDatabase = 'scene';
export class Arena {
  readonly #server: PostgresServer;
  readonly #files: string;
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #parser: SqlParser;
  readonly #bystander: Bystander;
  #left = false;
  readonly #copies = new Set<string>();

  private constructor(
    server: PostgresServer,
    files: string,
    database: Database,
    catalog: Catalog,
    parser: SqlParser,
    bystander: Bystander,
  ) {
    this.#server = server;
    this.#files = files;
    this.#database = database;
    this.#catalog = catalog;
    this.#parser = parser;
    this.#bystander = bystander;
  }

  static async open(): Promise<Arena> {
    const server = await startPostgres(['-c', 'wal_level=logical', '-c', 'max_prepared_transactions=5']);
    const files = await mkdtemp(join(tmpdir(), 'khipu-attack-'));
    await chmod(files, 0o777);
    await server.run(`CREATE DATABASE ${sceneDatabase}`);
    await server.run(
      `${sceneSql} CREATE FOREIGN TABLE program (n text) SERVER files
      OPTIONS (program 'echo 1 | tee ${files}/foreign');
      SELECT pg_create_physical_replication_slot('kept');`,
      sceneDatabase,
    );
    const { profile, password } = parseConnectionUrl(server.url(sceneDatabase), 'attacks');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    const catalog = await introspect(database, signal);
    const bystander = await Bystander.enter(server.url(sceneDatabase, 'disable'));
    return new Arena(server, files, database, catalog, await loadParser(), bystander);
  }

  async dispose(): Promise<void> {
    await this.leaveScene();
    await this.#server.dispose();
    await rm(this.#files, { recursive: true, force: true });
  }

  /** A payload's text with the places of this run in it. */
  #placed(sql: string, database: string): string {
    const { port, user, password } = this.#server;
    const target = `host=127.0.0.1 port=${port} user=${user} password=${password} dbname=${database}`;
    return sql.replaceAll(filesMark, this.#files).replaceAll('@dblink@', target);
  }

  /** The real path: what the user's text goes through. Gives undefined when rows came back, else the error. */
  async attack(sql: string): Promise<Error | undefined> {
    try {
      const placed = this.#placed(sql, sceneDatabase);
      const statement = ReadOnlySql.fromText(this.#parser, this.#catalog, placed);
      await (await openResult(this.#database, statement, signal)).close();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Whether Postgres's grammar takes the text at all. */
  isSql(sql: string): boolean {
    return this.#parser.parse(this.#placed(sql, sceneDatabase)).ok;
  }

  state(): Promise<State> {
    return stateOf({ files: this.#files, bystander: this.#bystander });
  }

  /** Ends the guarded part, which leaves the scene for others to copy. */
  async leaveScene(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    await this.#database.dispose();
    await this.#bystander.leave();
  }

  /** Runs a payload as it is on a copy of the scene, without the guard, and says what it did. */
  async control(payload: Payload): Promise<Bitten> {
    const copy = await this.#copyFor(payload);
    const bystander = await Bystander.enter(this.#server.url(copy, 'disable'));
    try {
      const place = { server: this.#server, files: this.#files, database: copy, bystander };
      return await runUnguarded(place, payload, this.#placed(plainStatement(payload), copy));
    } finally {
      await bystander.leave();
      await this.#server.run('ALTER ROLE postgres RESET ALL');
    }
  }

  /** What changes the schema has a copy of its own; the others share one, which is put right before each. */
  async #copyFor(payload: Payload): Promise<string> {
    const copy = payload.bite === 'schema' ? `control_${this.#copies.size}` : 'control_shared';
    if (!this.#copies.has(copy)) {
      this.#copies.add(copy);
      await this.#server.run(`CREATE DATABASE ${copy} TEMPLATE ${sceneDatabase}`);
    }
    await this.#server.run(repairSql, copy);
    return copy;
  }
}
