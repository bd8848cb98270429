import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectionProfile, type ConnectionProfile } from '../../../src/database/profile.ts';
import {
  besideTwin,
  connectionFileText,
  isSame,
  readConnectionFile,
  twinOf,
  withoutCommand,
} from '../../../src/editor/connectionFile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

const profileWith = (id: string, more: object = {}): ConnectionProfile =>
  connectionProfile.parse({ id, name: `The ${id}`, host: 'h', database: 'd', user: 'u', ...more });

describe('a file of connections', () => {
  it('gives back what was written, whatever it says', () => {
    const all = [
      profileWith('a', {
        label: 'production',
        access: 'write',
        ssh: { host: 'b', user: 's', auth: 'password' },
      }),
      profileWith('b', { passwordFrom: 'command', passwordCommand: ['pass', 'show', 'b'], rowCap: 5 }),
    ];
    assert.deepEqual(readConnectionFile(connectionFileText(all)), all);
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 65535 }), (name, host, port) => {
        const profile = profileWith('x', { name, host, port });
        assert.deepEqual(readConnectionFile(connectionFileText([profile])), [profile]);
      }),
    );
  });

  it('points out which connections run a program', () => {
    const command = { passwordFrom: 'command', passwordCommand: ['pass'] };
    assert.match(
      connectionFileText([profileWith('a', command), profileWith('b')]),
      /"warning": ".*: The a\./,
    );
    assert.doesNotMatch(connectionFileText([profileWith('b')]), /warning/);
  });

  it('is read as a bare list, too, and never takes a password', () => {
    const bare = JSON.stringify([{ ...profileWith('a'), password: 'hunter2' }]);
    assert.deepEqual(readConnectionFile(`\uFEFF${bare}`), [profileWith('a')]);
  });

  const refused: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['no JSON', '{ "khipuConnections": 1, }', /not JSON: .*position \d+/],
    ['something else', '{ "name": "x" }', /not one with connections of Khipu/],
    ['a later version', '{ "khipuConnections": 2, "connections": [] }', /not one with connections of Khipu/],
    [
      'a wrong field',
      JSON.stringify([profileWith('a'), { ...profileWith('b'), port: 99_999 }]),
      /connection 2 \(The b\) is not valid: port: .*65535/,
    ],
    [
      'a missing field',
      JSON.stringify([{ id: 'a', name: 'Barn', database: 'd', user: 'u' }]),
      /connection 1 \(Barn\) is not valid: host: /,
    ],
    [
      'a wrong tunnel',
      JSON.stringify([{ ...profileWith('a'), ssh: { host: 'b' } }]),
      /connection 1 \(The a\) is not valid: ssh\.user: /,
    ],
    ['no connection', '[5]', /connection 1 is not valid: .*expected object/],
  ];
  for (const [what, text, message] of refused) {
    it(`is refused with the place: ${what}`, () => {
      assert.throws(
        () => readConnectionFile(text),
        (error) =>
          error instanceof KhipuError && error.kind === 'invalid-input' && message.test(error.message),
      );
    });
  }
});

describe('a twin', () => {
  const others = [profileWith('a'), profileWith('b')];

  it('has the same id, or else the same name', () => {
    assert.equal(twinOf(profileWith('a', { name: 'The b' }), others)?.id, 'a');
    assert.equal(twinOf(profileWith('c', { name: 'The b' }), others)?.id, 'b');
    assert.equal(twinOf(profileWith('c'), others), undefined);
  });

  it('is no question when nothing is different', () => {
    assert.equal(isSame(profileWith('c', { name: 'The a' }), others[0]!), true);
    assert.equal(isSame(profileWith('a', { port: 1 }), others[0]!), false);
  });

  it('is replaced, kept beside, or left', () => {
    const incoming = profileWith('x', { name: 'The a', host: 'new' });
    const [twin] = others;
    const taken = (answer: 'replace' | 'keep both' | 'skip'): ConnectionProfile | undefined =>
      besideTwin(incoming, twin!, answer, others);
    assert.deepEqual(taken('replace'), { ...incoming, id: 'a' });
    assert.equal(taken('keep both')?.name, 'The a 2');
    assert.ok(!['a', 'x'].includes(taken('keep both')!.id));
    assert.equal(taken('skip'), undefined);
  });

  it('without its program is asked for its password', () => {
    const running = profileWith('a', { passwordFrom: 'command', passwordCommand: ['pass'] });
    assert.deepEqual(withoutCommand(running), profileWith('a', { passwordFrom: 'prompt' }));
    assert.deepEqual(withoutCommand(profileWith('a')), profileWith('a'));
  });
});
