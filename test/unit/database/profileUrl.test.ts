import assert from 'node:assert/strict';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { formatConnectionUrl, withConnectionUrl } from '../../../src/database/profileUrl.ts';

const { profile } = parseConnectionUrl('postgres://ann@db.example:5433/shop?sslmode=require', 'one');

describe('the URL of a profile', () => {
  it('says where the server is, and no password', () => {
    assert.equal(formatConnectionUrl(profile), 'postgres://ann@db.example:5433/shop?sslmode=require');
  });

  it('is read back as the same server, whatever its parts are named', () => {
    for (const change of [
      {},
      ...['.', '..', 'a/../b', 'database', 'ü ?#%2e', '%'].map((database) => ({ database })),
      { host: '::1', user: 'a@b:c/d' },
      { host: '/var/run/postgresql', database: '..' },
      { host: 'database', user: 'database' },
    ]) {
      const written = { ...profile, ...change };
      const read = withConnectionUrl(profile, formatConnectionUrl(written));
      assert.deepEqual(read, { profile: written, password: undefined });
    }
  });
});
