import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectionProfile, parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const parse = (url: string): ReturnType<typeof parseConnectionUrl> => parseConnectionUrl(url, 'id');

describe('parseConnectionUrl', () => {
  const cases: readonly (readonly [url: string, expected: object, password?: string])[] = [
    [
      'postgres://ann:pw@db.example.com:6543/shop',
      { host: 'db.example.com', port: 6543, database: 'shop', user: 'ann', tls: 'prefer' },
      'pw',
    ],
    ['postgresql://ann@h/shop', { host: 'h', port: 5432, database: 'shop', user: 'ann' }],
    ['postgres://ann@h', { database: 'ann', user: 'ann' }],
    ['postgres://h', { host: 'h', database: 'postgres', user: 'postgres' }],
    ['postgres:///shop', { host: 'localhost', database: 'shop', user: 'postgres' }],
    ['postgres://a%40b:p%2Fw%25@h/my%20db', { user: 'a@b', database: 'my db' }, 'p/w%'],
    ['postgres://u:p:w@h/d', { user: 'u' }, 'p:w'],
    ['postgres://u:@h/d', { user: 'u' }],
    ['postgres://[::1]:5433/d', { host: '::1', port: 5433 }],
    ['postgres:///d?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'd' }],
    ['  postgres://h/d?sslmode=require&application_name=x ', { tls: 'require' }],
    ['postgres://h/d?sslmode=disable', { tls: 'disable' }],
    ['postgres://h/d?sslmode=allow', { tls: 'prefer' }],
    ['postgres://h/d?sslmode=verify-ca', { tls: 'verify-ca' }],
    ['postgres://h/d?sslmode=verify-full', { tls: 'verify-full' }],
  ];
  for (const [url, expected, password] of cases) {
    it(`reads ${url.trim()}`, () => {
      const { profile, password: read } = parse(url);
      assert.deepEqual({ ...profile, ...expected }, profile);
      assert.equal(read, password);
    });
  }

  it('keeps the password out of the profile, and the limits at their defaults', () => {
    const { profile } = parse('postgres://u:s3cret@h/d');
    assert.doesNotMatch(JSON.stringify(profile), /s3cret/);
    const { aiPolicy, statementTimeoutMs, rowCap, singleSession, name, id } = profile;
    assert.deepEqual(
      { aiPolicy, statementTimeoutMs, rowCap, singleSession, name, id },
      {
        aiPolicy: 'schema',
        statementTimeoutMs: 60_000,
        rowCap: 100_000,
        singleSession: false,
        name: 'd on h',
        id: 'id',
      },
    );
  });

  const refused: readonly (readonly [url: string, message: RegExp])[] = [
    ['', /not a URL/],
    ['localhost', /not a URL/],
    ['postgres://u:s3cret@h:99999/d', /not a URL/],
    ['mysql://u:s3cret@h/d', /starts with postgres/],
    ['postgres://u:s3cret@h/d?sslmode=maybe', /sslmode=maybe/],
    ['postgres://u:s3cret%@h/d', /%25/],
    ['postgres://h/%zz', /%25/],
  ];
  for (const [url, message] of refused) {
    it(`refuses ${url} without repeating it`, () => {
      assert.throws(
        () => parse(url),
        (error: KhipuError) => {
          assert.ok(error instanceof KhipuError, String(error));
          assert.equal(error.kind, 'invalid-input');
          assert.match(error.message, message);
          assert.doesNotMatch(`${error.message} ${JSON.stringify(error.detail)}`, /s3cret/);
          return true;
        },
      );
    });
  }

  it('takes dots for the name of a database, and not for folders', () => {
    for (const database of ['.', '..', 'a/../b'])
      assert.equal(
        parse(`postgres://u@h/${encodeURIComponent(database)}?sslmode=disable`).profile.database,
        database,
      );
  });

  it('reads back any name and password that were escaped, and throws nothing but KhipuError', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        const read = parse(`postgres://${u}:${p}@h/${d}`);
        assert.deepEqual(
          [read.profile.user, read.password, read.profile.database],
          [user, password, database],
        );
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.string().map((rest) => `postgres://${rest}`),
        ),
        (text) => {
          try {
            parse(text);
          } catch (error) {
            assert.ok(error instanceof KhipuError, String(error));
          }
        },
      ),
    );
  });
});

describe('connectionProfile', () => {
  it('refuses what could not be a connection', () => {
    const good = { id: 'a', name: 'a', host: 'h', database: 'd', user: 'u' };
    assert.equal(connectionProfile.parse(good).port, 5432);
    const bad = [
      { port: 0 },
      { port: 1.5 },
      { host: '' },
      { tls: 'maybe' },
      { aiPolicy: 'all' },
      { rowCap: 0 },
      { statementTimeoutMs: -1 },
      { id: '' },
    ];
    for (const fault of bad)
      assert.equal(connectionProfile.safeParse({ ...good, ...fault }).success, false, JSON.stringify(fault));
  });
});

describe('parseConnectionUrl, out of range', () => {
  for (const url of ['postgres://h:0/d', 'postgres://h/d?host=']) {
    it(`tells in words what is wrong with ${url}`, () => {
      assert.throws(() => parseConnectionUrl(url, 'id'), { kind: 'invalid-input', message: /is not valid/ });
    });
  }
});
