import assert from 'node:assert/strict';
import {
  environmentParameters,
  fromParameters,
  parseDotenv,
  parseServiceFile,
  pgpassPassword,
} from '../../../src/database/connectionSources.ts';

describe('connection sources', () => {
  it('reads a service file', () => {
    const services = parseServiceFile(
      '# ours\n[shop]\nhost=db.example\nport=5433\ndbname=shop\nuser = reader\nsslmode=verify-full\n\n[empty]\n',
    );
    assert.deepEqual([...services.keys()], ['shop', 'empty']);
    const { profile, password } = fromParameters(services.get('shop') ?? new Map(), 'id', 'shop');
    assert.deepEqual(
      [profile.host, profile.port, profile.database, profile.user, profile.tls, password],
      ['db.example', 5433, 'shop', 'reader', 'verify-full', undefined],
    );
  });

  it('names the line of a service file that is not understood', () => {
    assert.throws(() => parseServiceFile('[a]\nhost=x\nnonsense\n'), {
      kind: 'invalid-input',
      message: /Line 3/,
    });
    assert.throws(() => parseServiceFile('host=x\n'), { message: /Line 1/ });
  });

  it('refuses a port that is none', () => {
    assert.throws(() => fromParameters(new Map([['port', 'x']]), 'id', 'shop'), {
      kind: 'invalid-input',
      message: /port/,
    });
  });

  it('takes the environment only when it leads somewhere', () => {
    assert.equal(environmentParameters({ PGUSER: 'me', PGPASSWORD: 'x' }), undefined);
    assert.deepEqual(
      [...(environmentParameters({ PGHOST: '/tmp', PGDATABASE: 'd', PGPORT: '' }) ?? [])],
      [
        ['host', '/tmp'],
        ['dbname', 'd'],
      ],
    );
  });

  it('finds connections in a .env file, and passes templates over', () => {
    const found = parseDotenv(
      [
        'export DATABASE_URL="postgres://me:se%20cret@db:5433/app?sslmode=require" # main',
        "REPLICA='postgresql://me@replica/app'",
        'TEMPLATE=postgres://%{USER}@x/y',
        'REDIS=redis://x',
        'PGHOST=other',
      ].join('\r\n'),
      () => 'id',
    );
    assert.deepEqual(
      found.map(({ variable, found: { profile, password } }) => [
        variable,
        profile.host,
        profile.tls,
        password,
      ]),
      [
        ['DATABASE_URL', 'db', 'require', 'se cret'],
        ['REPLICA', 'replica', 'prefer', undefined],
        ['PG*', 'other', 'prefer', undefined],
      ],
    );
  });

  const file = [
    '# host:port:db:user:password',
    'db:5432:app:me:pl\\:ain\\\\',
    '*:*:app:*:any:thing',
    'bad line',
  ].join('\n');
  const lookups = [
    [{ host: 'db', port: 5432, database: 'app', user: 'me' }, 'pl:ain\\'],
    [{ host: 'else', port: 1, database: 'app', user: 'you' }, 'any:thing'],
    [{ host: 'db', port: 5432, database: 'other', user: 'me' }, undefined],
  ] as const;
  for (const [target, password] of lookups) {
    it(`looks ${target.user}@${target.host}/${target.database} up in .pgpass`, () => {
      assert.equal(pgpassPassword(file, target), password);
    });
  }

  it('looks a socket up as localhost', () => {
    const target = { host: '/var/run/postgresql', port: 5432, database: 'a', user: 'b' };
    assert.equal(pgpassPassword('localhost:5432:a:b:secret', target), 'secret');
  });
});
