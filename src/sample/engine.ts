/** Brings up PGlite in memory with the sample's rows: restored from the cached dump, or loaded from the SQL files. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { cachePath, readCache, writeCache } from './cacheFile.ts';

/** A dump fits only the engine that made it; a test compares this with the installed package. */
export const pgliteVersion = '0.5.14';

// A database setting (ALTER DATABASE … SET) is not applied in the single-user mode that PGlite runs, so it is given here.
const sessionSettings = ['search_path=shop,hr,public'];
// The whole sample fits; the default of 128 MB takes a quarter of a second and 90 MB more at every start.
const memorySettings = ['shared_buffers=32MB'];
// Less write-ahead log to write now, and to restore at every later start.
const walSettings = [
  'wal_level=minimal',
  'max_wal_senders=0',
  'full_page_writes=off',
  'min_wal_size=2MB',
  'max_wal_size=2MB',
];
const initDbStartParams = ['--wal-segsize=1'];

interface OpenedSample {
  readonly db: PGlite;
  readonly cached: boolean;
}

/**
 * Opens the sample in memory: no file of it is ever open, so a kill or a second window cannot damage anything.
 * @param options.warn told of a cache that is damaged or cannot be written; the sample works all the same
 * @throws when the SQL files cannot be read or do not run
 */
export async function openSample(options: {
  readonly sqlDirectory: string;
  readonly cacheDirectory: string;
  readonly warn: (line: string) => void;
}): Promise<OpenedSample> {
  const schema = await readFile(join(options.sqlDirectory, 'schema.sql'), 'utf8');
  const data = await readFile(join(options.sqlDirectory, 'data.sql'), 'utf8');
  const path = cachePath(options.cacheDirectory, [
    pgliteVersion,
    ...startParams(),
    ...initDbStartParams,
    schema,
    data,
  ]);
  const dump = await readCache(path, options.warn);
  const restored = dump && (await restore(dump, path, options.warn));
  if (restored) return { db: restored, cached: true };
  const db = await load(schema, data);
  try {
    await writeCache(path, await dumpOf(db));
  } catch (error) {
    options.warn(`the sample is not cached: ${String(error)}`);
  }
  return { db, cached: false };
}

function startParams(): string[] {
  return [
    ...PGlite.defaultStartParams,
    ...[...sessionSettings, ...memorySettings, ...walSettings].flatMap((setting) => ['-c', setting]),
  ];
}

async function restore(
  dump: Buffer,
  path: string,
  warn: (line: string) => void,
): Promise<PGlite | undefined> {
  try {
    return await PGlite.create({ startParams: startParams(), loadDataDir: new Blob([dump]) });
  } catch (error) {
    warn(`${path} cannot be restored and will be made again: ${String(error)}`);
    await rm(path, { force: true });
    return undefined;
  }
}

async function load(schema: string, data: string): Promise<PGlite> {
  const db = await PGlite.create({ startParams: startParams(), initDbStartParams });
  await db.exec(schema);
  await db.exec(data);
  await db.exec('VACUUM (FREEZE)');
  return db;
}

/** The dump without PGlite's two template databases, which are of no use here and would be half of it. */
async function dumpOf(db: PGlite): Promise<Buffer> {
  await db.exec("UPDATE pg_database SET datistemplate = false WHERE datname IN ('template0', 'template1')");
  await db.exec('DROP DATABASE template0');
  await db.exec('DROP DATABASE template1');
  await db.exec('CHECKPOINT'); // so that the restored server has nothing to recover
  await db.exec('CHECKPOINT'); // and this one removes the log that only the first still needed
  const dump = await db.dumpDataDir('none');
  return Buffer.from(await dump.arrayBuffer());
}
