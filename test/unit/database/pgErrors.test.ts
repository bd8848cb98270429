import assert from 'node:assert/strict';
import { fromConnectError, fromStatementError } from '../../../src/database/pgErrors.ts';
import { KhipuError, type ErrorKind } from '../../../src/shared/errors.ts';

const target = { host: 'db', port: 5432, database: 'shop', user: 'ann' };

/** What a driver throws: a message with fields of its own. */
function foreign(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields);
}

const server = { severity: 'FATAL' };

describe('fromConnectError', () => {
  const cases: readonly (readonly [name: string, error: unknown, kind: ErrorKind, message: RegExp])[] = [
    [
      'an unknown host',
      foreign('getaddrinfo ENOTFOUND db', { code: 'ENOTFOUND' }),
      'unknown-host',
      /no host named db/,
    ],
    [
      'a name server that is away',
      foreign('getaddrinfo EAI_AGAIN db', { code: 'EAI_AGAIN' }),
      'unknown-host',
      /db/,
    ],
    [
      'a closed port',
      foreign('connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
      'connection-refused',
      /db:5432/,
    ],
    ['a missing socket', foreign('connect ENOENT', { code: 'ENOENT' }), 'connection-refused', /db:5432/],
    [
      'several addresses, none of which answers',
      new AggregateError(
        [foreign('connect ECONNREFUSED ::1', { code: 'ECONNREFUSED' }), foreign('x')],
        'all',
      ),
      'connection-refused',
      /db:5432/,
    ],
    ['silence', foreign('connect ETIMEDOUT', { code: 'ETIMEDOUT' }), 'timeout', /did not answer in time/],
    ['silence, as pg says it', foreign('timeout expired'), 'timeout', /did not answer in time/],
    [
      'a reset',
      foreign('read ECONNRESET', { code: 'ECONNRESET' }),
      'connection-lost',
      /failed: read ECONNRESET/,
    ],
    [
      'a wrong password',
      foreign('password authentication failed for user "ann"', { ...server, code: '28P01' }),
      'authentication-failed',
      /refused the user ann/,
    ],
    [
      'no password',
      foreign('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      'authentication-failed',
      /none is stored for ann/,
    ],
    [
      'a rule against unencrypted connections',
      foreign('no pg_hba.conf entry for host "x", no encryption', { ...server, code: '28000' }),
      'tls-refused',
      /encrypted/,
    ],
    [
      'a rule against the user',
      foreign('no pg_hba.conf entry for host "x", SSL encryption', { ...server, code: '28000' }),
      'authentication-failed',
      /ann/,
    ],
    [
      'a server without TLS',
      foreign('The server does not support SSL connections'),
      'tls-refused',
      /db:5432/,
    ],
    [
      'an untrusted certificate',
      foreign('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'tls-refused',
      /self-signed/,
    ],
    [
      'a certificate for another host',
      foreign("Hostname/IP does not match certificate's altnames", { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      'tls-refused',
      /altnames/,
    ],
    [
      'a missing database',
      foreign('database "shop" does not exist', { ...server, code: '3D000' }),
      'database-missing',
      /no database shop/,
    ],
    [
      'a full server',
      foreign('sorry, too many clients already', { ...server, code: '53300' }),
      'too-many-connections',
      /too many clients/,
    ],
    [
      'a server that starts up',
      foreign('the database system is starting up', { ...server, code: '57P03' }),
      'connection-refused',
      /db:5432/,
    ],
    ['a text', 'odd', 'connection-lost', /odd/],
  ];
  for (const [name, error, kind, message] of cases) {
    it(`knows ${name}`, () => {
      const made = fromConnectError(error, target);
      assert.deepEqual([made.kind, made.detail.subject, made.cause], [kind, 'db:5432', error]);
      assert.match(made.message, message);
    });
  }

  it('leaves its own errors as they are', () => {
    const own = new KhipuError('cancelled', 'Cancelled.');
    assert.equal(fromConnectError(own, target), own);
    assert.equal(fromStatementError(own), own);
  });
});

describe('fromStatementError', () => {
  const sql = "SELECT '😀é', x FROM t";
  const failed = (fields: object, message = 'no', prefixLength = 0): KhipuError =>
    fromStatementError(foreign(message, { severity: 'ERROR', ...fields }), { sql, prefixLength });

  const kinds: readonly (readonly [code: string, message: string, kind: ErrorKind])[] = [
    ['42601', 'syntax error', 'sql-syntax'],
    ['42P01', 'relation does not exist', 'sql-failed'],
    ['42703', 'column does not exist', 'sql-failed'],
    ['22012', 'division by zero', 'sql-failed'],
    ['25006', 'cannot execute in a read-only transaction', 'sql-failed'],
    ['42501', 'permission denied for table t', 'permission-denied'],
    ['57014', 'canceling statement due to statement timeout', 'statement-timeout'],
    ['57014', 'canceling statement due to user request', 'cancelled'],
    ['57P01', 'terminating connection due to administrator command', 'connection-lost'],
    ['25P03', 'terminating connection due to idle-in-transaction timeout', 'connection-lost'],
  ];
  for (const [code, message, kind] of kinds) {
    it(`takes ${code} (${message}) for ${kind}`, () => {
      const error = failed({ code }, message);
      assert.deepEqual([error.kind, error.detail.sqlState, error.message], [kind, code, message]);
    });
  }

  it('turns a position of code points from 1 into one of UTF-16 from 0, in the text of the user', () => {
    const x = sql.indexOf('x');
    const position =
      [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(sql.slice(0, x))].length + 1;
    assert.equal(failed({ code: '42703', position: String(position) }).detail.position, x);
    assert.equal(failed({ code: '42703', position: String(position + 12) }, 'no', 12).detail.position, x);
    assert.equal(failed({ code: '42703', position: '3' }, 'no', 12).detail.position, undefined);
    assert.equal(failed({ code: '42703' }).detail.position, undefined);
    assert.equal(failed({ code: '42703', position: '9999' }).detail.position, sql.length);
    assert.equal(
      fromStatementError(foreign('no', { severity: 'ERROR', code: '42703', position: '1' })).detail.position,
      undefined,
    );
  });

  it("joins the server's detail and hint", () => {
    assert.equal(
      failed({ code: '42703', detail: 'There is y.', hint: 'Perhaps y.' }).detail.hint,
      'There is y. Perhaps y.',
    );
    assert.equal(failed({ code: '42703', hint: 'Perhaps y.' }).detail.hint, 'Perhaps y.');
    assert.equal(failed({ code: '42703' }).detail.hint, undefined);
  });

  it('knows a connection that ended from a statement that failed', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'Client has encountered a connection error and is not queryable',
      'Cannot use a pool after it is closed',
    ]) {
      assert.equal(fromStatementError(foreign(message)).kind, 'connection-lost', message);
    }
    assert.equal(
      fromStatementError(foreign('read ECONNRESET', { code: 'ECONNRESET' })).kind,
      'connection-lost',
    );
    assert.equal(fromStatementError(new TypeError('x is undefined')).kind, 'internal');
    // EPIPE has five letters, as an SQLSTATE has.
    const pipe = fromStatementError(foreign('write EPIPE', { code: 'EPIPE' }));
    assert.deepEqual([pipe.kind, pipe.detail.sqlState], ['connection-lost', undefined]);
  });
});
