/** A real Postgres with a small database of its own, and its connection in Khipu's settings. */
import type pg from 'pg';
import { settings } from '../../src/editor/contributions.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { configure } from './configuration.ts';

/** The role that needs no password: what SecretStorage holds can only be entered by a person. */
const role = 'visitor';

/** Another role, whose password Khipu is never told. */
export const stranger = 'stranger';

const schema = `
CREATE ROLE ${role} LOGIN SUPERUSER;
SET password_encryption = 'md5';
CREATE ROLE ${stranger} LOGIN PASSWORD 'never-told';
CREATE SCHEMA zoo;
CREATE TABLE zoo.animals (id int PRIMARY KEY, name text NOT NULL, legs int);
INSERT INTO zoo.animals VALUES (1, 'Aardvark Zebulon', 4), (2, 'Ostrich Quillon', 2), (3, 'Snake Ouroborix', NULL);
CREATE TABLE zoo.visits (id int PRIMARY KEY, animal_id int REFERENCES zoo.animals);
INSERT INTO zoo.visits SELECT i, i % 3 + 1 FROM generate_series(1, 3000) AS i;
ANALYZE;
`;

/** Values that stand in rows, and must not stand in a prompt. */
export const rowValues = ['Zebulon', 'Quillon', 'Ouroborix'];

export interface Zoo {
  readonly server: PostgresServer;
  readonly id: string;
  /** The first column of the first row, as superuser and past Khipu. */
  value(sql: string): Promise<unknown>;
  /** Asks until the answer is this: of what Khipu lets go, the server sees the end a moment later. */
  untilValue(sql: string, value: unknown): Promise<void>;
  /** Takes the connection out of the settings and ends the server. */
  dispose(): Promise<void>;
}

/** Starts the server and saves a connection of this id. */
export async function openZoo(id: string): Promise<Zoo> {
  const rules = [`host all ${role} 127.0.0.1/32 trust`, `host all ${stranger} 127.0.0.1/32 md5`];
  const server = await startPostgres([], rules);
  await server.run(schema);
  await configure({ [settings.connections]: [profileOf(server, id)] });
  const value = async (sql: string): Promise<unknown> => {
    const result = (await server.run(sql)) as pg.QueryResult<Record<string, unknown>>;
    return Object.values(result.rows[0] ?? {})[0];
  };
  return {
    server,
    id,
    value,
    async untilValue(sql, wanted) {
      while ((await value(sql)) !== wanted);
    },
    async dispose() {
      await configure({ [settings.connections]: undefined });
      await server.dispose();
    },
  };
}

/** A connection as the settings hold it. */
export function profileOf(server: Pick<PostgresServer, 'port'>, id: string): Record<string, unknown> {
  const { port } = server;
  return { id, name: `Zoo ${id}`, host: '127.0.0.1', port, database: 'postgres', user: role, tls: 'disable' };
}

/** How many connections of Khipu the server has now. */
export const connectionCount = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu'`;
