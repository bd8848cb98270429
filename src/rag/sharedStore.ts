/** A store that others share: which address it has, what may be said of it in settings, and whose credentials it takes. Pure. */
import * as z from 'zod/mini';
import { KhipuError } from '../shared/errors.ts';
import { contentHash } from './contentHash.ts';
import { layout } from './indexPlace.ts';
import type { IndexPlace, StoreConnection } from '../shared/ragProtocol.ts';

export interface SharedStore {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly connection: StoreConnection;
}

/** By the scheme of the address: the secrets that it takes, by LanceDB's names, and what to call them. */
const secretsByScheme = {
  s3: {
    aws_access_key_id: 'Access key ID',
    aws_secret_access_key: 'Secret access key',
    aws_session_token: 'Session token (may be empty)',
  },
  gs: { google_service_account_key: 'Service account key (the JSON document, on one line)' },
  az: { azure_storage_account_key: 'Account key' },
  db: { api_key: 'API key' },
} as const;

export type StoreSecrets = Readonly<Record<string, string>>;

const schemes: Readonly<Record<string, keyof typeof secretsByScheme>> = {
  's3:': 's3',
  's3+ddb:': 's3',
  'gs:': 'gs',
  'az:': 'az',
  'abfs:': 'az',
  'abfss:': 'az',
  'db:': 'db',
};

/** What settings may say; everything else might be a secret. */
export const storageOptionNames = [
  'region',
  'endpoint',
  'allow_http',
  'virtual_hosted_style_request',
  's3_express',
  'skip_signature',
  'aws_server_side_encryption',
  'aws_sse_kms_key_id',
  'account_name',
  'connect_timeout',
  'timeout',
  'client_max_retries',
  'client_retry_timeout',
] as const;

const optionsShape = z.strictObject(
  Object.fromEntries(storageOptionNames.map((name) => [name, z.optional(z.string())])),
);

/** A store that does not answer is given up within half a minute, and not after the quarter of an hour of the libraries. */
const impatience = {
  connect_timeout: '3s',
  timeout: '10s',
  client_max_retries: '2',
  client_retry_timeout: '15',
};

/** The settings of a shared store, checked. */
export interface StoreAddress {
  readonly uri: string;
  readonly options: Readonly<Record<string, string>>;
  readonly kind: keyof typeof secretsByScheme;
  /** Whom its credentials are for: they are never sent to another bucket or another endpoint. */
  readonly target: string;
}

/**
 * Checks what the settings say.
 * @returns undefined when the address is empty: indexes stay on this machine
 * @throws KhipuError `invalid-settings`, whose message never repeats the address (it may hold a secret)
 */
export function parseStoreAddress(uri: string, options: unknown): StoreAddress | undefined {
  const trimmed = uri.trim().replace(/\/+$/, '');
  if (trimmed === '') return undefined;
  const url = URL.parse(trimmed);
  const kind = url === null ? undefined : schemes[url.protocol];
  if (url === null || kind === undefined || url.host === '') {
    throw new KhipuError(
      'invalid-settings',
      'The address of the shared index is not one that LanceDB knows.',
      {
        hint: 'For example: s3://bucket/path, gs://bucket/path, az://container/path or db://name.',
      },
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new KhipuError('invalid-settings', 'The address of the shared index holds credentials.', {
      hint: 'Take them out of it and run "Khipu: Set Index Store Credentials".',
    });
  }
  const parsed = z.safeParse(optionsShape, options);
  if (!parsed.success) throw wrongOptions(options);
  const set = Object.entries(parsed.data).filter((each): each is [string, string] => each[1] !== undefined);
  const known = Object.fromEntries(set);
  const endpoint = known['endpoint'];
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new KhipuError('invalid-settings', 'The endpoint of the shared index is not a URL.');
  }
  const at = endpoint === undefined ? '' : ` at ${new URL(endpoint).host}`;
  return { uri: trimmed, options: known, kind, target: `${kind}://${url.host}${at}` };
}

function wrongOptions(options: unknown): KhipuError {
  const names = typeof options === 'object' && options !== null ? Object.keys(options) : [];
  const unknown = names.filter((name) => !storageOptionNames.some((known) => known === name));
  const what = unknown.length === 0 ? 'have to be texts' : `cannot hold ${unknown.join(', ')}`;
  return new KhipuError('invalid-settings', `The options of the shared index ${what}.`, {
    hint: `They may be ${storageOptionNames.join(', ')}. Credentials are set by "Khipu: Set Index Store Credentials".`,
  });
}

/** The secrets that a store takes, by LanceDB's names, each with what to call it. */
export function secretsOf({ kind }: StoreAddress): Readonly<Record<string, string>> {
  return secretsByScheme[kind];
}

/**
 * The store as LanceDB connects to it.
 * @param secrets stored for `address.target`; without any, the provider's own chain in the environment is asked
 */
export function sharedStore(address: StoreAddress, secrets: StoreSecrets | undefined): SharedStore {
  const { uri, kind, options } = address;
  if (kind === 'db') {
    const connection = {
      storageOptions: {},
      apiKey: secrets?.['api_key'],
      region: options['region'],
      hostOverride: options['endpoint'],
    };
    return { uri, connection };
  }
  return { uri, connection: { storageOptions: { ...impatience, ...options, ...secrets } } };
}

/**
 * The place of a database's index in a shared store.
 * @param sharedKey names the database alike for everyone
 */
export function sharedPlace(
  { uri, connection }: SharedStore,
  sharedKey: string,
  embedderId: string,
): IndexPlace {
  const [database, embedder] = [contentHash(sharedKey), contentHash(embedderId)];
  // The tables of LanceDB's own service lie side by side, those of an object store under a path.
  const isService = uri.startsWith('db://');
  const place = {
    uri: isService ? uri : `${uri}/${database}/v${layout}-${embedder}`,
    shared: { ...connection, prefix: isService ? `khipu-v${layout}-${database}-${embedder}-` : '' },
  };
  return { ...place, key: contentHash(JSON.stringify(place)) };
}
