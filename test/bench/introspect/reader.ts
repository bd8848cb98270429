/** A process that reads one catalog and tells its parent how long it took, how much memory, and how long it held its event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '../../../src/database/connect.ts';
import { CatalogReader } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';

export interface Reading {
  readonly ms: number;
  /** A second reading, of which nothing had changed. */
  readonly refreshMs: number;
  readonly columns: number;
  /** Resident memory above that of the process when it was connected. */
  readonly peakMb: number;
  /** Heap that the catalog and its reader keep. */
  readonly keptMb: number;
  readonly heldMs: number;
}

const signal = new AbortController().signal;
const { profile, password } = parseConnectionUrl(process.argv[2] ?? '', 'bench');
const database = openDatabase(profile, { password: () => Promise.resolve(password) });
(await database.session(signal)).release();
globalThis.gc?.();
const before = process.memoryUsage();
const sizes = [before.rss];
const watch = setInterval(() => sizes.push(process.memoryUsage.rss()), 20);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const reader = new CatalogReader(database);
const started = performance.now();
const catalog = await reader.read(signal);
const ms = performance.now() - started;
delay.disable();
clearInterval(watch);
sizes.push(process.memoryUsage.rss());
const refreshStarted = performance.now();
if ((await reader.read(signal)) !== catalog) throw new Error('Something changed meanwhile.');
const refreshMs = performance.now() - refreshStarted;
globalThis.gc?.();
const reading: Reading = {
  ms,
  refreshMs,
  columns: catalog.relations.reduce((sum, relation) => sum + relation.columns.length, 0),
  peakMb: (Math.max(...sizes) - before.rss) / 1e6,
  keptMb: (process.memoryUsage().heapUsed - before.heapUsed) / 1e6,
  heldMs: delay.max / 1e6,
};
await database.dispose();
process.send?.(reading);
process.disconnect();
