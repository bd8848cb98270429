import assert from 'node:assert/strict';
import { connectionProfile } from '../../../src/database/profile.ts';
import { lookOf, whereOf } from '../../../src/database/profileLook.ts';
import { connectionNodeLook, connectionStatusLook } from '../../../src/editor/connectionEntryLook.ts';
import type { ConnectionEntry } from '../../../src/editor/connectionList.ts';

function entryOf(more: object, scope: ConnectionEntry['scope'] = 'user'): ConnectionEntry {
  const profile = connectionProfile.parse({
    ...{ id: 'a', name: 'Farm', host: 'db', database: 'd', user: 'u' },
    ...more,
  });
  return { id: 'a', name: 'Farm', where: whereOf(profile), look: lookOf(profile), scope, hidesUsers: false };
}

describe('the look of a connection', () => {
  it('knows production by its label, in any case, and red is its colour unless another is given', () => {
    const look = (more: object): string => {
      const { colour, production } = entryOf(more).look;
      return `${colour ?? 'none'}${production ? ' production' : ''}`;
    };
    for (const label of ['production', 'PROD', ' Live ']) assert.equal(look({ label }), 'red production');
    assert.equal(look({ label: 'production', colour: 'purple' }), 'purple production');
    for (const label of ['pre-production', 'product', 'alive', 'staging'])
      assert.equal(look({ label }), 'none');
    assert.equal(look({ colour: 'green' }), 'green');
  });

  it('in the tree: label, access, where it is saved, and whether it is connected', () => {
    const said = (entry: ConnectionEntry, connected = true): string =>
      connectionNodeLook(entry, 'database', connected).description;
    assert.equal(said(entryOf({})), 'connected');
    assert.equal(said(entryOf({}), false), 'u@db:5432/d');
    assert.equal(said(entryOf({ label: 'production' })), 'production · read-only · connected');
    assert.equal(said(entryOf({ access: 'write' })), 'write allowed · connected');
    assert.equal(said(entryOf({}, 'workspace')), 'workspace · connected');
    const { tooltip, colour } = connectionNodeLook(entryOf({ label: 'live' }), 'database', true);
    assert.equal(colour, 'red');
    assert.match(tooltip, /^Farm · live\nu@db:5432\/d\nRead-only: .+\nSaved in your user settings\.$/);
  });

  it('in the status bar: a red ground for production, a mark for what may write', () => {
    const shown = (more: object): string => {
      const { text, background } = connectionStatusLook(entryOf(more), undefined);
      return `${text} | ${background ?? 'plain'}`;
    };
    assert.equal(shown({}), '$(database) Farm $(lock) | plain');
    assert.equal(shown({ label: 'Prod' }), '$(database) Farm · Prod $(lock) | error');
    assert.equal(shown({ label: 'Prod', colour: 'green' }), '$(database) Farm · Prod $(lock) | error');
    assert.equal(shown({ colour: 'orange' }), '$(database) Farm $(lock) | warning');
    assert.equal(shown({ access: 'write' }), '$(database) Farm $(edit) write allowed | plain');
    const { tooltip, spoken } = connectionStatusLook(entryOf({ label: 'Prod' }), 'report.sql');
    assert.match(tooltip, /^Khipu asks Farm for report\.sql\./);
    assert.equal(spoken, 'Khipu connection Farm, Prod, read-only');
    assert.equal(connectionStatusLook(undefined, undefined).text, '$(database) No connection');
  });
});
