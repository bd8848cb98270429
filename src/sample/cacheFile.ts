/** The cached dump of the loaded sample: written whole or not at all, and trusted only when its checksum holds. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const digestBytes = 32;
const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Where the dump made from this content lies: another content has another name, so an old dump is never taken for a new one.
 * @param directory the cache directory
 * @param content everything that the dump depends on: SQL texts, versions, start parameters
 */
export function cachePath(directory: string, content: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of content) hash.update(`${part.length}:`).update(part);
  return join(directory, `sample-${hash.digest('hex').slice(0, 16)}.tar`);
}

/**
 * Reads a dump. The file is a SHA-256 of 32 bytes followed by the dump.
 * @returns undefined when there is none, or when it is damaged (which `warn` is told)
 */
export async function readCache(
  path: string,
  warn: (line: string) => void,
): Promise<Buffer<ArrayBuffer> | undefined> {
  let file: Buffer<ArrayBuffer>;
  try {
    file = await readFile(path);
  } catch (error) {
    if (!isMissing(error)) warn(`cannot read ${path}: ${String(error)}`);
    return undefined;
  }
  const dump = file.subarray(digestBytes);
  if (dump.length > 0 && digest(dump).equals(file.subarray(0, digestBytes))) return dump;
  warn(`${path} is damaged and will be made again`);
  return undefined;
}

/**
 * Writes a dump beside its place and renames it, so that a kill leaves no half file under the final name and two
 * processes may write at once. Dumps of other versions and abandoned temporary files are removed.
 * @throws the file system's error, when the cache cannot be written
 */
export async function writeCache(path: string, dump: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(digest(dump));
      await file.writeFile(dump);
      await file.sync(); // before the rename, or a power cut could leave the name without the bytes
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await removeStale(path);
}

async function removeStale(current: string): Promise<void> {
  const directory = dirname(current);
  for (const name of await readdir(directory)) {
    if (!/^sample-[0-9a-f]{16}\.tar(\.[0-9a-f-]+\.tmp)?$/.test(name) || name === basename(current)) continue;
    const path = join(directory, name);
    // Another process may be writing its temporary file just now.
    if (name.endsWith('.tmp') && !(await isOlderThan(path, abandonedAfterMs))) continue;
    await rm(path, { force: true });
  }
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch (error) {
    if (isMissing(error)) return false; // renamed by its writer in the meantime
    throw error;
  }
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
