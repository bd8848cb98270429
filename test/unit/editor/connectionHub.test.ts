import assert from 'node:assert/strict';
import { connectionProfile } from '../../../src/database/profile.ts';
import {
  copyOf,
  draftProblem,
  isChanged,
  type ConnectionDraft,
} from '../../../src/editor/connectionDraft.ts';
import { hubRows, propertyOf } from '../../../src/editor/connectionHub.ts';
import { connectionProperties } from '../../../src/editor/connectionProperties.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const farm: ConnectionDraft = {
  profile: connectionProfile.parse({ id: 'farm', name: 'Farm', host: 'db', database: 'herd', user: 'ann' }),
  scope: 'user',
  password: 'hunter2',
};

/** Enters a text, a choice or a file. */
function enter(draft: ConnectionDraft, id: string, value: string): ConnectionDraft {
  const property = propertyOf(id);
  assert.ok(property, id);
  return property.ask.enter(draft, value);
}

/** The hub as a person reads it. */
function read(before: ConnectionDraft | undefined, draft: ConnectionDraft): string[] {
  return hubRows(before, draft).map((row) =>
    row.kind === 'group' ? `— ${row.label}` : `${row.label.replace(/^\S+ /, '')}: ${row.description}`,
  );
}

describe('the hub of a connection', () => {
  it('lists every property with its value in words, in groups', () => {
    assert.deepEqual(read(farm, farm), [
      '— Server',
      'Paste a URL: host, port, database, user and password at once',
      'Host: db',
      'Port: 5432',
      'Database: herd',
      '— Sign-in',
      'User: ann',
      'Password from: Stored: kept in the secret storage of VS Code',
      'Password: stored',
      '— TLS',
      'TLS mode: prefer: encrypt when the server can',
      'CA certificates: those of the system',
      'Client certificate: none',
      'Client key: none',
      '— SSH tunnel',
      'SSH host: none: the database is reached directly',
      '— Safety',
      'Access: Read-only: nothing that writes is run',
      'AI policy: Schema: names, types and comments',
      'Statement timeout: 1 min',
      'Row cap: 100,000 rows',
      '— Look',
      'Name: Farm',
      'Label: none',
      'Colour: none',
      'Default schemas: those of the server',
      'Saved in: your user settings',
    ]);
  });

  it('has every field of a profile but those that are not the user’s to change', () => {
    let draft = enter(farm, 'sshHost', 'bastion');
    draft = enter(enter(draft, 'sshAuth', 'key'), 'passwordFrom', 'command');
    const ids = hubRows(undefined, draft).flatMap((row) => (row.kind === 'group' ? [] : [row.property.id]));
    const fields = Object.keys(connectionProfile.shape).filter(
      (key) => !['id', 'ssh', 'singleSession'].includes(key),
    );
    assert.deepEqual(
      fields.filter((field) => !ids.includes(field)),
      [],
    );
  });

  it('shows what is different from before, and only that', () => {
    const changed = enter(enter(enter(farm, 'host', 'db2'), 'label', 'Production'), 'password', 'other');
    const different = read(farm, changed).filter((line) => !read(farm, farm).includes(line));
    assert.deepEqual(different, [
      'Host: db2 (was db)',
      'Password: a new one, not saved yet',
      'Label: Production (was none)',
      'Colour: red, by its label (was none)',
    ]);
    assert.equal(
      read(undefined, changed).some((line) => line.includes('(was')),
      false,
    );
  });

  it('never shows the password', () => {
    assert.equal(
      read(undefined, farm).some((line) => line.includes('hunter2')),
      false,
    );
  });

  it('gives back, from what stands in each box, what was there', () => {
    let draft = enter(farm, 'sshHost', 'bastion');
    draft = enter(enter(draft, 'passwordFrom', 'command'), 'passwordCommand', 'pass show "my db"');
    for (const { id, ask, when } of connectionProperties) {
      if (when?.(draft) === false || ask.kind === 'file') continue;
      const start = ask.kind === 'text' ? ask.start(draft) : ask.current(draft);
      assert.equal(isChanged(draft, ask.enter(draft, start)), false, id);
    }
  });

  const refused: readonly (readonly [id: string, text: string, message: RegExp])[] = [
    ['host', ' ', /cannot be empty/],
    ['port', '0', /1 to 65535/],
    ['port', '5432.5', /1 to 65535/],
    ['user', '', /cannot be empty/],
    ['name', '', /cannot be empty/],
    ['url', 'mysql://h', /starts with postgres/],
    ['rowCap', '-1', /above 0/],
    ['statementTimeoutMs', '0 s', /such as 30 s/],
    ['statementTimeoutMs', '3 days', /such as 30 s/],
    ['passwordCommand', ' ', /cannot be empty/],
    ['passwordCommand', 'pass "show', /not closed/],
    ['sshPort', '70000', /1 to 65535/],
    ['sshUser', '', /cannot be empty/],
  ];
  for (const [id, text, message] of refused) {
    it(`refuses "${text}" as ${id}`, () => {
      assert.throws(
        () => enter(enter(farm, 'sshHost', 'bastion'), id, text),
        (error) =>
          error instanceof KhipuError && error.kind === 'invalid-input' && message.test(error.message),
      );
    });
  }

  it('a URL changes where it leads, and nothing else', () => {
    const careful = enter(enter(farm, 'access', 'write'), 'aiPolicy', 'off');
    const moved = enter(careful, 'url', 'postgres://bob:pw@[::1]:6000/barn?sslmode=require');
    const { host, port, database, user, tls, access, aiPolicy, name } = moved.profile;
    assert.deepEqual(
      [host, port, database, user, tls, access, aiPolicy, name, moved.password],
      ['::1', 6000, 'barn', 'bob', 'require', 'write', 'off', 'Farm', 'pw'],
    );
    assert.equal(enter(careful, 'url', 'postgres://bob@h/d').password, 'hunter2');
  });

  it('asks on for what a choice needs', () => {
    const next = (id: string, value: string, draft = farm): string | undefined =>
      propertyOf(id)?.then?.(enter(draft, id, value), draft);
    assert.equal(next('passwordFrom', 'command'), 'passwordCommand');
    assert.equal(next('passwordFrom', 'prompt'), undefined);
    assert.equal(next('passwordFrom', 'stored', { ...farm, password: undefined }), 'password');
    assert.equal(next('sshHost', 'bastion'), 'sshUser');
    const tunnel = enter(farm, 'sshHost', 'bastion');
    assert.equal(next('sshHost', 'other', tunnel), undefined);
    assert.equal(next('sshAuth', 'key', tunnel), 'sshKeyFile');
  });

  it('an empty SSH host takes the tunnel away', () => {
    const tunnel = enter(enter(farm, 'sshHost', 'bastion'), 'sshUser', 'jump');
    assert.deepEqual(tunnel.profile.ssh, { host: 'bastion', port: 22, user: 'jump', auth: 'agent' });
    assert.equal(isChanged(farm, enter(tunnel, 'sshHost', '')), false);
  });

  it('takes counts and times as people write them', () => {
    assert.equal(enter(farm, 'rowCap', '1,000,000').profile.rowCap, 1_000_000);
    for (const [text, ms] of [
      ['90', 90_000],
      ['250 ms', 250],
      ['1.5 min', 90_000],
      ['2h', 7_200_000],
    ] as const)
      assert.equal(enter(farm, 'statementTimeoutMs', text).profile.statementTimeoutMs, ms);
  });

  it('knows what is missing before it can be saved', () => {
    assert.equal(draftProblem(farm), undefined);
    assert.match(draftProblem(enter(farm, 'passwordFrom', 'command')) ?? '', /there is none yet/);
    const key = enter(enter(farm, 'sshHost', 'bastion'), 'sshAuth', 'key');
    assert.match(draftProblem(key) ?? '', /no key file/);
    assert.equal(draftProblem(enter(key, 'sshKeyFile', '/k')), undefined);
  });
});

describe('copyOf', () => {
  it('has an id and a name of its own', () => {
    const copy = copyOf(farm, ['Farm', 'Farm copy']);
    assert.equal(copy.profile.name, 'Farm copy 2');
    assert.notEqual(copy.profile.id, 'farm');
    assert.deepEqual({ ...copy.profile, id: 'farm', name: 'Farm' }, farm.profile);
  });
});
