import assert from 'node:assert/strict';
import { connectionProfile } from '../../../src/database/profile.ts';
import {
  compactProfile,
  readScopes,
  withoutProfile,
  withProfile,
} from '../../../src/editor/connectionScopes.ts';

const entry = (id: string, more: object = {}): Record<string, unknown> => ({
  id,
  name: `The ${id}`,
  host: 'localhost',
  database: 'd',
  user: 'u',
  ...more,
});

const shown = (user: unknown, workspace: unknown, trusted = true): string[] =>
  readScopes({ user, workspace }, trusted).profiles.map(
    ({ profile, scope, hidesUsers }) =>
      `${scope} ${profile.id} ${profile.host}${hidesUsers ? ', in place of the user’s' : ''}`,
  );

describe('readScopes', () => {
  it('puts the workspace’s connections beside the user’s', () => {
    assert.deepEqual(shown([entry('a')], [entry('b')]), ['user a localhost', 'workspace b localhost']);
    assert.deepEqual(shown(undefined, undefined), []);
  });

  it('uses no connection of a workspace that is not trusted', () => {
    assert.deepEqual(shown([entry('a')], [entry('a', { host: 'evil' }), entry('b')], false), [
      'user a localhost',
    ]);
    assert.deepEqual(readScopes({ user: [], workspace: 'nonsense' }, false).faults, []);
  });

  it('lets the workspace’s take the place of the user’s with the same id, and says so', () => {
    assert.deepEqual(shown([entry('a'), entry('c')], [entry('a', { host: 'other' })]), [
      'user c localhost',
      'workspace a other, in place of the user’s',
    ]);
  });

  it('keeps what is valid, and names what is not by entry and field', () => {
    const read = readScopes(
      { user: [entry('a'), entry('b', { port: 'five' }), 7], workspace: { id: 'x' } },
      true,
    );
    assert.deepEqual(
      read.profiles.map(({ profile }) => profile.id),
      ['a'],
    );
    assert.equal(read.faults.length, 3);
    assert.match(
      read.faults[0]!,
      /^The setting khipu\.connections is not valid: connection 2 \(The b\): port: .*expected number/,
    );
    assert.match(read.faults[1]!, /connection 3: .*expected object/);
    assert.match(read.faults[2]!, /it is not a list/);
  });

  it('takes the first of two with one id, and says so', () => {
    const { profiles, faults } = readScopes(
      { user: [entry('a'), entry('a', { name: 'Second' })], workspace: undefined },
      true,
    );
    assert.deepEqual(
      profiles.map(({ profile }) => profile.name),
      ['The a'],
    );
    assert.match(faults[0]!, /Second has the id of another connection/);
  });
});

describe('the setting, written', () => {
  const profile = connectionProfile.parse(entry('b', { host: 'new', port: 5433, access: 'write' }));

  it('keeps the order, what it does not understand, and fields that others wrote', () => {
    const before = [{ id: 'a', from: 'the future' }, entry('b'), 'nonsense'];
    assert.deepEqual(withProfile(before, profile), [
      before[0],
      { ...entry('b'), host: 'new', port: 5433, access: 'write' },
      'nonsense',
    ]);
    assert.deepEqual(withoutProfile(before, 'b'), [before[0], 'nonsense']);
  });

  it('adds what is new at the end, and begins a list where there is none', () => {
    assert.equal(withProfile([entry('a')], profile).length, 2);
    assert.equal(withProfile(undefined, profile).length, 1);
    assert.deepEqual(withoutProfile(undefined, 'a'), []);
  });

  it('refuses to write over what is not a list', () => {
    for (const change of [() => withProfile('x', profile), () => withoutProfile({}, 'a')])
      assert.throws(change, { kind: 'invalid-settings' });
  });

  it('leaves out what is as it would be anyway, and reads back the same', () => {
    const full = connectionProfile.parse(
      entry('c', {
        label: 'production',
        ssh: { host: 'bastion', user: 's' },
        defaultSchemas: ['shop'],
        rowCap: 10,
      }),
    );
    const written = compactProfile(full);
    assert.deepEqual(Object.keys(written).sort(), [
      ...['database', 'defaultSchemas', 'host', 'id', 'label', 'name', 'port', 'rowCap', 'ssh', 'user'],
    ]);
    assert.deepEqual(connectionProfile.parse(written), full);
  });
});
