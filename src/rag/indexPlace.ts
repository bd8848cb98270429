/** Where the index of a database lies, for each embedder a place of its own. */
import { join } from 'node:path';
import type { IndexPlace } from '../shared/ragProtocol.ts';
import { contentHash } from './contentHash.ts';

/** Changes with the columns or with how text and vectors are made; another layout lives in another place. */
export const layout = 3;

/**
 * The place on this machine.
 * @param storage absolute path of the directory of all indexes
 */
export function localPlace(storage: string, databaseKey: string, embedderId: string): IndexPlace {
  const uri = join(storage, contentHash(databaseKey), `v${layout}-${contentHash(embedderId)}`);
  return { key: uri, uri };
}
