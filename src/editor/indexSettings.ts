/** Reads the settings that say which embedder makes indexes, and where they are kept. */
import * as z from 'zod/mini';
import {
  builtinEmbedderName,
  createEmbedder,
  parseEmbedderChoice,
  type EmbedderChoice,
} from '../models/embedderChoice.ts';
import type { IndexSetup } from '../rag/indexSetup.ts';
import { parseStoreAddress, sharedStore, type StoreAddress } from '../rag/sharedStore.ts';
import { settings } from './contributions.ts';
import { readModelServers } from './modelSettings.ts';
import type { Secrets } from './secrets.ts';
import { readSetting } from './settings.ts';

/**
 * How indexes are made, as configured now.
 * @throws KhipuError `invalid-settings`
 */
export async function configuredIndex(secrets: Secrets): Promise<IndexSetup> {
  const choice = readEmbedderChoice();
  const embedder =
    choice === undefined ? undefined : await createEmbedder(choice, (baseUrl) => secrets.apiKey(baseUrl));
  const address = readStoreAddress();
  const store =
    address === undefined ? undefined : sharedStore(address, await secrets.storeSecrets(address.target));
  return { embedder, store };
}

/**
 * Where indexes are shared; undefined when they stay on this machine.
 * @throws KhipuError `invalid-settings`
 */
export function readStoreAddress(): StoreAddress | undefined {
  const uri = readSetting(settings.ragUri, z._default(z.string(), ''));
  return parseStoreAddress(uri, readSetting(settings.ragStorageOptions, z._default(z.unknown(), {})));
}

/**
 * The embedder that is chosen; undefined for the built-in one.
 * @throws KhipuError `invalid-settings`
 */
export function readEmbedderChoice(): EmbedderChoice | undefined {
  const text = readSetting(settings.ragEmbedder, z._default(z.string(), builtinEmbedderName));
  // Without another embedder, what the model settings say does not matter here.
  if (text.trim() === builtinEmbedderName) return undefined;
  return parseEmbedderChoice(text, readModelServers());
}
