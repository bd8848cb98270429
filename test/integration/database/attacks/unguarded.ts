/** The control: an attack runs as it is, without the guard, and one looks at what it has done. */
import { readdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresServer } from '../../../servers/postgres.ts';
import type { Bystander } from './bystander.ts';
import type { Bite, Payload } from './payloads.ts';
import { sessionSql, stateSql, type StatePart } from './scene.ts';

export type State = Record<StatePart, unknown>;

/** A database of the server, the directory that the server may write to, and who looks on. */
export interface Place {
  readonly server: PostgresServer;
  readonly files: string;
  readonly database: string;
  readonly bystander: Bystander;
}

/** Everything that a control run was seen to do. */
export interface Bitten {
  readonly bites: ReadonlySet<Bite>;
  /** What the server said, if it refused. */
  readonly error: string | undefined;
}

export async function stateOf({ files, bystander }: Omit<Place, 'server' | 'database'>): Promise<State> {
  const inside = (await bystander.look(stateSql)) as Omit<State, 'bystander notifications' | 'files'>;
  const written = (await readdir(files)).sort();
  return { ...inside, 'bystander notifications': await bystander.heard(), files: written };
}

/** Runs it by the simple protocol, as other products did, in the transaction that the payload says it bites in. */
export async function runUnguarded(place: Place, payload: Payload, sql: string): Promise<Bitten> {
  const client = new pg.Client({ connectionString: place.server.url(place.database, 'disable') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const before = await stateOf(place);
    const sessionBefore = await sessionOf(client);
    const { gaveData, ms, error } = await run(client, payload, sql);
    const bites = new Set<Bite>();
    if (JSON.stringify(await sessionOf(client)) !== JSON.stringify(sessionBefore)) bites.add('session');
    if (gaveData) bites.add('data from outside');
    if (ms >= 190) bites.add('waiting');
    for (const part of await changesSince(before, place, payload.bite)) bites.add(part);
    return { bites, error };
  } finally {
    await client.end();
  }
}

async function sessionOf(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ state: unknown }>(sessionSql);
  return rows[0]?.state;
}

async function run(
  client: pg.Client,
  { control }: Payload,
  sql: string,
): Promise<{ gaveData: boolean; ms: number; error: string | undefined }> {
  const started = performance.now();
  let gaveData = false;
  let error: string | undefined;
  try {
    if (control === 'read-only') await client.query('BEGIN TRANSACTION READ ONLY');
    const answers: pg.QueryResult | pg.QueryResult[] = await client.query({ text: sql, rowMode: 'array' });
    const rows = [answers].flat().flatMap((answer) => answer.rows as unknown[][]);
    gaveData = rows.some((row) => row.some((cell) => cell !== null && cell !== '' && cell !== false));
    if (control === 'read-only') await client.query('COMMIT');
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
    await client.query('ROLLBACK');
  }
  return { gaveData, ms: performance.now() - started, error };
}

/** Another process is told, not asked (a signal, a reload): such a change is waited for. */
async function changesSince(before: State, place: Place, expected: Bite): Promise<StatePart[]> {
  const deadline = performance.now() + 3000;
  for (;;) {
    const after = await stateOf(place);
    const changed = (Object.keys(after) as StatePart[]).filter(
      (part) => JSON.stringify(after[part]) !== JSON.stringify(before[part]),
    );
    const isAwaited = (Object.keys(after) as Bite[]).includes(expected);
    if (!isAwaited || changed.some((part) => part === expected) || performance.now() > deadline)
      return changed;
    await wait(20);
  }
}
