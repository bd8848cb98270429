/** Reading a catalog of 10,000 tables with 100,000 columns, against the time that psql takes for the rows of the same queries. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';
import { catalogStatements } from './statements.ts';
import type { Reading } from './reader.ts';

const rounds = 5;
const schemas = 2;
const tables = 10_000;
const columnsPerTable = 10;
const tablesPerBlock = 1000;

/** @throws when a round fails or is interrupted */
export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  const server = await startPostgres(['-c', 'autovacuum=off', '-c', 'max_locks_per_transaction=2000']);
  const scratch = await mkdtemp(join(tmpdir(), 'khipu-bench-'));
  try {
    const started = performance.now();
    await makeTables(server, signal);
    tell(
      `${tables} tables with ${tables * columnsPerTable} columns made in ${seconds(performance.now() - started)}`,
    );
    const script = join(scratch, 'catalog.sql');
    await writeFile(script, (await catalogStatements(server)).map((sql) => `${sql};\n`).join(''));
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      signal.throwIfAborted();
      reference.push(await psqlMs(server, script));
      const reading = await readOnce(server);
      ours.push(reading.ms);
      tell(`round ${round}: psql ${seconds(reference.at(-1) ?? 0)}, ours ${describeReading(reading)}`);
    }
    return { ours: median(ours), reference: median(reference), unit: 'ms' };
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await server.dispose();
  }
}

function describeReading({ ms, refreshMs, keptMb, peakMb, heldMs, columns }: Reading): string {
  return (
    `${seconds(ms)} for ${columns} columns, a refresh ${seconds(refreshMs)}; ` +
    `the process grew by ${peakMb.toFixed()} MB at most, of which ${keptMb.toFixed()} MB are kept; ` +
    `the event loop was held for ${heldMs.toFixed()} ms at most`
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function makeTables(server: PostgresServer, signal: AbortSignal): Promise<void> {
  const names = Array.from({ length: schemas }, (_, at) => `app${at}`);
  await server.run(names.map((name) => `CREATE SCHEMA ${name}`).join(';'));
  await server.run(`CREATE TYPE app0.mood AS ENUM ('sad', 'ok')`);
  for (let from = 0; from < tables; from += tablesPerBlock) {
    signal.throwIfAborted();
    await server.run(block(from, from + tablesPerBlock - 1));
  }
  await server.run('ANALYZE');
}

/** Ten columns with keys, defaults, comments, checks and indexes, as applications have them. */
function block(from: number, to: number): string {
  return `DO $$ DECLARE t text; BEGIN FOR i IN ${from}..${to} LOOP
    t := format('app%s.t%s', i % ${schemas}, i);
    EXECUTE format('CREATE TABLE %s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id int NOT NULL,
      name text NOT NULL DEFAULT ''x'', created_at timestamptz NOT NULL DEFAULT now(), status varchar(20),
      amount numeric(12,2) DEFAULT 0, mood app0.mood, note text COLLATE "C", c%s int, payload jsonb)', t, i);
    IF i % 2 = 0 THEN EXECUTE format('COMMENT ON TABLE %s IS %L', t, 'what is kept in number ' || i); END IF;
    IF i % 3 = 0 THEN EXECUTE format('CREATE INDEX ON %s (parent_id, created_at)', t); END IF;
    IF i % 5 = 0 THEN EXECUTE format('ALTER TABLE %s ADD CHECK (amount >= 0)', t); END IF;
    IF i % 7 = 0 THEN EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (parent_id) REFERENCES %s', t, t); END IF;
  END LOOP; END $$`;
}

async function psqlMs(server: PostgresServer, script: string): Promise<number> {
  const started = performance.now();
  await promisify(execFile)('psql', [
    '-X',
    '-q',
    '-o',
    '/dev/null',
    '-f',
    script,
    server.url('postgres', 'disable'),
  ]);
  return performance.now() - started;
}

/** In a process of its own, whose memory is that of the reading. */
async function readOnce(server: PostgresServer): Promise<Reading> {
  const child = fork(join(import.meta.dirname, 'reader.ts'), [server.url('postgres', 'disable')], {
    execArgv: ['--expose-gc'],
  });
  const exit = once(child, 'exit');
  const [reading] = (await Promise.race([
    once(child, 'message'),
    exit.then(() => Promise.reject(new Error('The reading process ended early.'))),
  ])) as [Reading];
  await exit;
  return reading;
}
