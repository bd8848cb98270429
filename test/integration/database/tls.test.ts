import assert from 'node:assert/strict';
import { openDatabase } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl, type ConnectionProfile } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { makeCertificates, type Certificates } from '../../servers/certificates.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

describe('TLS', () => {
  let server: PostgresServer;
  let files: Certificates;
  before(async () => {
    files = await makeCertificates('localhost', 'postgres');
    server = await startPostgres([
      ...['-c', 'ssl=on', '-c', `ssl_cert_file=${files.serverCert}`, '-c', `ssl_key_file=${files.serverKey}`],
      ...['-c', `ssl_ca_file=${files.ca}`],
    ]);
  });
  after(() => server.dispose());

  /** Connects, and says which TLS version the server sees; undefined for a plain connection. */
  async function tlsVersion(change: Partial<ConnectionProfile>): Promise<string | null | undefined> {
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    const database = openDatabase({ ...profile, ...change }, { password: () => Promise.resolve(password) });
    try {
      const session = await database.session(signal);
      const text = 'SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      const { rows } = await session.query({ text }, signal);
      session.release();
      return rows[0]?.[0];
    } finally {
      await database.dispose();
    }
  }

  const byName = { host: 'localhost' };
  const byAddress = { host: '127.0.0.1' };
  it('encrypts unless that is disabled', async () => {
    assert.equal(await tlsVersion({ tls: 'disable' }), null);
    assert.equal(await tlsVersion({ tls: 'prefer' }), 'TLSv1.3');
    assert.equal(await tlsVersion({ tls: 'require' }), 'TLSv1.3');
  });

  it('checks who signed, and with verify-full also the name', async () => {
    assert.equal(await tlsVersion({ ...byName, tls: 'verify-full', tlsCa: files.ca }), 'TLSv1.3');
    assert.equal(await tlsVersion({ ...byAddress, tls: 'verify-ca', tlsCa: files.ca }), 'TLSv1.3');
  });

  const refused: readonly (readonly [string, () => Partial<ConnectionProfile>, RegExp])[] = [
    [
      'a wrong CA with verify-ca',
      () => ({ ...byName, tls: 'verify-ca', tlsCa: files.otherCa }),
      /certificate/i,
    ],
    [
      'a wrong CA with verify-full',
      () => ({ ...byName, tls: 'verify-full', tlsCa: files.otherCa }),
      /certificate/i,
    ],
    ['a CA that the system does not know', () => ({ ...byName, tls: 'verify-full' }), /certificate/i],
    ['a wrong host name', () => ({ ...byAddress, tls: 'verify-full', tlsCa: files.ca }), /127\.0\.0\.1/],
    ['a CA file that is not there', () => ({ tls: 'verify-ca', tlsCa: '/no/such/file' }), /\/no\/such\/file/],
  ];
  for (const [what, change, message] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(tlsVersion(change()), (error) => {
        assert.ok(error instanceof KhipuError);
        assert.equal(error.kind, 'tls-refused', error.message);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('shows the client certificate to a server that asks for it', async () => {
    const { tlsCert, tlsKey } = { tlsCert: files.clientCert, tlsKey: files.clientKey };
    const seen = async (change: Partial<ConnectionProfile>): Promise<unknown> => {
      const { profile, password } = parseConnectionUrl(server.url('postgres', 'require'), 'test');
      const database = openDatabase({ ...profile, ...change }, { password: () => Promise.resolve(password) });
      const session = await database.session(signal);
      const text = 'SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      const { rows } = await session.query({ text }, signal);
      session.release();
      await database.dispose();
      return rows[0]?.[0];
    };
    assert.equal(await seen({}), null);
    assert.equal(await seen({ tlsCert, tlsKey }), '/CN=postgres');
  });

  it('sends the cancel request encrypted as well', async () => {
    const { profile, password } = parseConnectionUrl(server.url('postgres', 'require'), 'test');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    try {
      const statement = ReadOnlySql.fromText(
        await loadParser(),
        await introspect(database, signal),
        'SELECT count(*) FROM generate_series(1, 1e6::int) a, generate_series(1, 1e6::int) b',
      );
      const controller = new AbortController();
      const running = openResult(database, statement, controller.signal);
      running.catch(() => undefined);
      const active = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND state = 'active'`;
      const count = async (): Promise<unknown> => {
        const result = await server.run(active);
        return Array.isArray(result) ? undefined : (result.rows as { n: number }[])[0]?.n;
      };
      while ((await count()) === 0) continue;
      controller.abort();
      await assert.rejects(running, { kind: 'cancelled' });
      assert.equal(await count(), 0);
    } finally {
      await database.dispose();
    }
  });
});
