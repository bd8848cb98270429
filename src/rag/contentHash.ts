/** Names content by its hash: the keys and change marks of the index. */
import { createHash } from 'node:crypto';

/** The first 128 bits of SHA-256 over the parts, as 32 hexadecimal digits; the parts cannot run into each other. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}
