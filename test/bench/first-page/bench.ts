/** The first page of a million rows, against the first output of a psql that is connected already and has FETCH_COUNT set. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { openResult } from '../../../src/database/execute.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';
import { withMillionRows, type MillionRows } from '../millionRows.ts';

const rounds = 15;
/** Rows as they lie there, and rows that must be sorted first. */
const statements = ['SELECT * FROM big', 'SELECT * FROM big ORDER BY token'];

/** @throws when a round fails or is interrupted */
export function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  return withMillionRows(signal, async (rows) => {
    const totals = { ours: 0, reference: 0 };
    for (const sql of statements) {
      const ours: number[] = [];
      const reference: number[] = [];
      for (let round = 0; round < rounds; round++) {
        signal.throwIfAborted();
        reference.push(await firstOutputMs(rows, sql));
        ours.push(await firstPageMs(rows, sql, signal));
      }
      tell(`${sql}: psql ${median(reference).toFixed(1)} ms, ours ${median(ours).toFixed(1)} ms`);
      totals.ours += median(ours);
      totals.reference += median(reference);
    }
    return { ...totals, unit: 'ms' };
  });
}

async function firstPageMs(
  { database, guarded }: MillionRows,
  sql: string,
  signal: AbortSignal,
): Promise<number> {
  const statement = guarded(sql);
  const started = performance.now();
  const result = await openResult(database, statement, signal);
  const ms = performance.now() - started;
  if (result.firstRows.length !== 500) throw new Error(`${result.firstRows.length} rows came.`);
  await result.close();
  return ms;
}

async function startPsql({ psql }: MillionRows): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn('psql', [psql.url, '-qAtX'], { env: psql.env });
  child.stdin.write("\\set FETCH_COUNT 500\nSELECT 'ready';\n");
  let text = '';
  while (!/ready\n/.test(text)) text = text.slice(-20) + String((await once(child.stdout, 'data'))[0]);
  return child;
}

/**
 * Each round has a psql of its own, connected before the clock starts and ended after its first output. A LIMIT would end it
 * sooner, but be another statement: the server then sorts only as many rows as the limit asks for.
 */
async function firstOutputMs(rows: MillionRows, sql: string): Promise<number> {
  const psql = await startPsql(rows);
  const ended = once(psql, 'exit');
  try {
    const first = once(psql.stdout, 'data');
    const started = performance.now();
    psql.stdin.write(`${sql};\n`);
    await first;
    return performance.now() - started;
  } finally {
    psql.kill('SIGKILL');
    await ended;
  }
}
