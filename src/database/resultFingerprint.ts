/** A result in a few bytes, by which another run is told from it: how many rows, and a hash that does not mind their order. */
import { createHash } from 'node:crypto';
import type { ResultPages } from './resultPages.ts';

export interface Fingerprint {
  /** Rows that were read; there may be more unless `complete`. */
  readonly rows: number;
  readonly complete: boolean;
  /** 16 hexadecimal digits. */
  readonly hash: string;
}

/** Of a longer cell only the beginning counts, in bytes. */
const keptBytes = 65_536;

/** The most that a row can add to the sum of hashes, plus one. */
const modulus = 1n << 64n;

/**
 * Reads the rows up to a limit. Without ORDER BY a server may give the same rows in any order, so the hashes of rows are added up.
 * @param limit in rows
 * @throws KhipuError as `ResultPages.each` does
 */
export async function fingerprintOf(
  pages: Pick<ResultPages, 'columns' | 'each'>,
  limit: number,
  signal: AbortSignal,
): Promise<Fingerprint> {
  let rows = 0;
  let sum = 0n;
  let complete = true;
  const columns = new Set(pages.columns.keys());
  const take = (cells: readonly (string | null)[]): boolean => {
    if (rows === limit) {
      complete = false;
      return false;
    }
    rows++;
    const hash = createHash('sha256').update(JSON.stringify(cells)).digest();
    sum = (sum + hash.readBigUInt64BE()) % modulus;
    return true;
  };
  await pages.each({ start: 0, count: limit + 1, columns, keptBytes }, take, signal);
  return { rows, complete, hash: sum.toString(16).padStart(16, '0') };
}
