/** A million rows to a CSV file, against psql's \copy of the same rows. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportDefaults } from '../../../src/database/exportFormats.ts';
import { exportRows } from '../../../src/database/exportRows.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';
import { longestHold, rowCount, withMillionRows, type MillionRows } from '../millionRows.ts';

const rounds = 5;
const sql = 'SELECT * FROM big';

/** @throws when a round fails or is interrupted */
export function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  return withMillionRows(signal, async (rows) => {
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      reference.push(await psqlMs(rows));
      const target = join(rows.scratch, 'ours.csv');
      let peak = 0;
      const before = process.memoryUsage.rss();
      const watch = (): void => void (peak = Math.max(peak, process.memoryUsage.rss() - before));
      const { result, heldMs } = await longestHold(() =>
        exportRows(rows.database, rows.guarded(sql), target, exportDefaults('csv'), watch, signal),
      );
      if (result.rows !== rowCount) throw new Error(`${result.rows} rows were exported.`);
      ours.push(result.ms);
      tell(
        `round ${round}: psql ${reference.at(-1)?.toFixed() ?? ''} ms, ours ${result.ms.toFixed()} ms for ${(result.bytes / 1e6).toFixed()} MB; ` +
          `${(peak / 1e6).toFixed()} MB more memory; the event loop was held for ${heldMs.toFixed(1)} ms at most`,
      );
    }
    return { ours: median(ours), reference: median(reference), unit: 'ms' };
  });
}

async function psqlMs({ psql, scratch }: MillionRows): Promise<number> {
  const copy = `\\copy (${sql}) TO '${join(scratch, 'psql.csv')}' WITH (FORMAT csv, HEADER)`;
  const started = performance.now();
  await promisify(execFile)('psql', [psql.url, '-qc', copy], { env: psql.env });
  return performance.now() - started;
}
