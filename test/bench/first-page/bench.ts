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
    const psql = await startPsql(rows);
    try {
      const totals = { ours: 0, reference: 0 };
      for (const sql of statements) {
        const ours: number[] = [];
        const reference: number[] = [];
        for (let round = 0; round < rounds; round++) {
          signal.throwIfAborted();
          reference.push(await firstOutputMs(psql, sql));
          ours.push(await firstPageMs(rows, sql, signal));
        }
        tell(`${sql}: psql ${median(reference).toFixed(1)} ms, ours ${median(ours).toFixed(1)} ms`);
        totals.ours += median(ours);
        totals.reference += median(reference);
      }
      return { ...totals, unit: 'ms' };
    } finally {
      psql.stdin.end('\\q\n');
      await once(psql, 'exit');
    }
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
  child.stdin.write('\\set FETCH_COUNT 500\n');
  await answerTo(child, "SELECT 'ready';", /ready\n/);
  return child;
}

/** The statement is cut off by LIMIT after two fetches' worth, so that psql ends soon; its plan starts the same way. */
async function firstOutputMs(psql: ChildProcessWithoutNullStreams, sql: string): Promise<number> {
  const started = performance.now();
  const first = once(psql.stdout, 'data');
  psql.stdin.write(`SELECT * FROM (${sql}) AS t LIMIT 1000;\n`);
  await first;
  const ms = performance.now() - started;
  await answerTo(psql, "SELECT 'done';", /done\n/);
  return ms;
}

async function answerTo(psql: ChildProcessWithoutNullStreams, sql: string, sign: RegExp): Promise<void> {
  psql.stdin.write(`${sql}\n`);
  let text = '';
  while (!sign.test(text)) text = text.slice(-20) + String((await once(psql.stdout, 'data'))[0]);
}
