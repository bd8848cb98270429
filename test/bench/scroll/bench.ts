/** Pages anywhere in a million rows, against MOVE and FETCH by pg alone on the same server. */
import pg from 'pg';
import { openResult } from '../../../src/database/execute.ts';
import type { Measurement, Tell } from '../measurement.ts';
import { longestHold, rowCount, withMillionRows, type MillionRows } from '../millionRows.ts';

const jumps = 60;
const pageRows = 100;
const sql = 'SELECT * FROM big';

/** @throws when a page is wrong, or when pages pile up in memory */
export function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  return withMillionRows(signal, async (rows) => {
    const starts = randomStarts();
    const result = await openResult(rows.database, rows.guarded(sql), signal);
    const before = process.memoryUsage.rss();
    const { result: ours, heldMs } = await longestHold(() =>
      timesOf(starts, async (start) => (await result.page(start, pageRows, signal)).length),
    );
    const grownMb = (process.memoryUsage.rss() - before) / 1e6;
    await result.close();
    const reference = await referenceTimes(rows, starts);
    tell(
      `ours: ${figures(ours)}; memory grew by ${grownMb.toFixed()} MB, the event loop was held for ${heldMs.toFixed(1)} ms at most`,
    );
    tell(`MOVE and FETCH: ${figures(reference)}`);
    if (grownMb > 64) throw new Error(`${jumps} pages took ${grownMb.toFixed()} MB.`);
    return { ours: percentile(ours, 0.95), reference: percentile(reference, 0.95), unit: 'ms' };
  });
}

async function referenceTimes({ server }: MillionRows, starts: readonly number[]): Promise<number[]> {
  const client = new pg.Client({ connectionString: server.url('postgres', 'disable') });
  await client.connect();
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`DECLARE c SCROLL CURSOR FOR ${sql}`);
    return await timesOf(starts, async (start) => {
      await client.query(`MOVE ABSOLUTE ${start} IN c`);
      return (await client.query({ text: `FETCH FORWARD ${pageRows} FROM c`, rowMode: 'array' })).rows.length;
    });
  } finally {
    await client.end();
  }
}

async function timesOf(
  starts: readonly number[],
  read: (start: number) => Promise<number>,
): Promise<number[]> {
  const times: number[] = [];
  for (const start of starts) {
    const started = performance.now();
    const count = await read(start);
    times.push(performance.now() - started);
    if (count !== pageRows) throw new Error(`Page ${start} has ${count} rows.`);
  }
  return times;
}

/** The same places in every run: a multiplicative generator (Park and Miller). */
function randomStarts(): number[] {
  let state = 20_260_101;
  return Array.from({ length: jumps }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % (rowCount - pageRows);
  });
}

function percentile(times: readonly number[], part: number): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * part) - 1] ?? Number.NaN;
}

function figures(times: readonly number[]): string {
  return `median ${percentile(times, 0.5).toFixed()} ms, p95 ${percentile(times, 0.95).toFixed()} ms`;
}
