import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseStoreAddress,
  secretsOf,
  sharedPlace,
  sharedStore,
  storageOptionNames,
} from '../../../src/rag/sharedStore.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

describe('the address of a shared index', () => {
  it('is none when the setting is empty', () => {
    assert.equal(parseStoreAddress('  ', {}), undefined);
  });

  it('is that of a store that LanceDB knows, and says whom its credentials are for', () => {
    const targets = [
      ['s3://team/khipu/', {}],
      ['s3+ddb://team/khipu?ddbTableName=t', {}],
      ['s3://team/khipu', { endpoint: 'https://minio.local:9000', region: 'eu' }],
      ['gs://team', {}],
      ['az://container/path', { account_name: 'a' }],
      ['db://khipu-abc123', { endpoint: 'https://lancedb.corp' }],
    ].map(([uri, options]) => parseStoreAddress(uri as string, options)?.target);
    assert.deepEqual(targets, [
      's3://team',
      's3://team',
      's3://team at minio.local:9000',
      'gs://team',
      'az://container',
      'db://khipu-abc123 at lancedb.corp',
    ]);
  });

  it('is refused when it is none, or holds a secret, and is not repeated', () => {
    for (const uri of [
      'team',
      '/tmp/x',
      'https://team/x',
      's3://',
      's3://key:hidden-secret@team/x',
      'file:///x',
    ]) {
      assert.throws(
        () => parseStoreAddress(uri, {}),
        (thrown) =>
          thrown instanceof KhipuError &&
          thrown.kind === 'invalid-settings' &&
          !/hidden-secret/.test(thrown.message),
        uri,
      );
    }
  });

  it('takes no option that may be a secret, and says which', () => {
    for (const name of [
      'aws_secret_access_key',
      'secret_access_key',
      'api_key',
      'AWS_SESSION_TOKEN',
      'azure_storage_sas_token',
    ]) {
      assert.throws(() => parseStoreAddress('s3://team', { [name]: 'hidden-secret' }), {
        kind: 'invalid-settings',
        message: `The options of the shared index cannot hold ${name}.`,
      });
    }
    for (const options of [{ region: 1 }, 'region', null, ['region'], { endpoint: 'not a url' }]) {
      assert.throws(() => parseStoreAddress('s3://team', options), { kind: 'invalid-settings' });
    }
  });

  it('has the options that package.json offers', () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { properties?: object }> } };
    };
    const offered = manifest.contributes.configuration.properties['khipu.rag.storageOptions']?.properties;
    assert.deepEqual(Object.keys(offered ?? {}).sort(), [...storageOptionNames].sort());
  });

  it('asks for the secrets that its provider has', () => {
    const names = ['s3://t', 'gs://t', 'az://t', 'db://t'].map((uri) =>
      Object.keys(secretsOf(parseStoreAddress(uri, {})!)),
    );
    assert.deepEqual(names, [
      ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'],
      ['google_service_account_key'],
      ['azure_storage_account_key'],
      ['api_key'],
    ]);
  });
});

describe('the place of an index in a shared store', () => {
  const store = sharedStore(parseStoreAddress('s3://team/khipu/', { region: 'eu', timeout: '60s' })!, {
    aws_access_key_id: 'id',
    aws_secret_access_key: 'hidden-secret',
  });

  it('is one for each database and embedder, and shows no secret', () => {
    const place = sharedPlace(store, 'db:5432/shop', 'builtin');
    assert.match(place.uri, /^s3:\/\/team\/khipu\/[0-9a-f]{32}\/v\d+-[0-9a-f]{32}$/);
    assert.notEqual(sharedPlace(store, 'db:5432/other', 'builtin').uri, place.uri);
    assert.notEqual(sharedPlace(store, 'db:5432/shop', 'openai:m').uri, place.uri);
    assert.ok(!place.key.includes('hidden-secret') && !place.uri.includes('hidden-secret'));
    assert.equal(place.shared?.storageOptions['aws_secret_access_key'], 'hidden-secret');
  });

  it('is reached in another way when the credentials change', () => {
    const other = sharedStore(parseStoreAddress('s3://team/khipu', {})!, undefined);
    const [one, two] = [store, other].map((each) => sharedPlace(each, 'd', 'e'));
    assert.equal(one?.uri, two?.uri);
    assert.notEqual(one?.key, two?.key);
  });

  it('gives up soon unless the settings say otherwise', () => {
    const { storageOptions } = store.connection;
    assert.deepEqual([storageOptions['timeout'], storageOptions['client_max_retries']], ['60s', '2']);
  });

  it('is a name of a table in the service, where all of them lie side by side', () => {
    const service = sharedStore(
      parseStoreAddress('db://team', { region: 'eu', endpoint: 'https://l.corp' })!,
      {
        api_key: 'hidden-secret',
      },
    );
    const { uri, shared } = sharedPlace(service, 'd', 'e');
    assert.equal(uri, 'db://team');
    assert.match(shared?.prefix ?? '', /^khipu-v\d+-[0-9a-f]{32}-[0-9a-f]{32}-$/);
    assert.deepEqual(
      [shared?.apiKey, shared?.region, shared?.hostOverride, shared?.storageOptions],
      ['hidden-secret', 'eu', 'https://l.corp', {}],
    );
  });
});
