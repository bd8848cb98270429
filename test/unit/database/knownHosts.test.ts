import assert from 'node:assert/strict';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostLine,
  parseKnownHosts,
  trustedKeyTypes,
  type HostKeyVerdict,
} from '../../../src/database/knownHosts.ts';

/** Made by ssh-keygen; the fingerprints are those that it printed. */
const one = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEGF5n6qxOdUHpJ4z9zztK81wK70L8eOPY2HNK1Ef2v4';
const two = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFI1k/9Lrh/lAZtpJYCeT7dS8ASdNLdaNx924BLtbJbv';
const ecdsa =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBODRhaaSUKdVQ9+FThvWnHFcPXgurZNCW1MeI8eKvZY9zdeaPpabx8n8SmvPC7VCTsHRYk2H7IBwLIJacetKHkY=';

function blob(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function judge(text: string, host: string, port: number, key: string): HostKeyVerdict['kind'] {
  return judgeHostKey(parseKnownHosts(text, 'file'), host, port, blob(key)).kind;
}

describe('known hosts', () => {
  it('prints fingerprints as ssh-keygen does', () => {
    assert.equal(fingerprintOf(blob(one)), 'SHA256:PMLFX44XbY4MXqwLcq7gKgDPzFmexAyR/VnI+5ydwyg');
    assert.equal(fingerprintOf(blob(ecdsa)), 'SHA256:QXWqCPaDvOlT9bIBfAzJMnVdJEt9tPmY0ESpTZVOiDg');
  });

  it('reads the type out of a key, and out of what is none', () => {
    assert.equal(keyTypeOf(blob(ecdsa)), 'ecdsa-sha2-nistp256');
    for (const bytes of [[], [0, 0, 0], [0, 0, 0, 0, 1], [255, 255, 255, 255, 1, 2]])
      assert.equal(keyTypeOf(Buffer.from(bytes)), undefined);
  });

  it('names host and port as ssh does', () => {
    assert.equal(knownHostLine('Bastion', 22, blob(one)), `bastion ${one}\n`);
    assert.equal(knownHostLine('bastion', 2222, blob(one)), `[bastion]:2222 ${one}\n`);
    assert.equal(knownHostLine('::1', 22, blob(one)), `::1 ${one}\n`);
    assert.equal(knownHostLine('::1', 2222, blob(one)), `[::1]:2222 ${one}\n`);
  });

  const cases: readonly (readonly [string, string, string, number, string, HostKeyVerdict['kind']])[] = [
    ['a plain name', `bastion ${one}`, 'bastion', 22, one, 'known'],
    ['a name in other letters', `Bastion ${one}`, 'BASTION', 22, one, 'known'],
    ['one of several names', `a,bastion,10.0.0.1 ${one} comment here`, '10.0.0.1', 22, one, 'known'],
    ['fields separated by tabs', `bastion\t${one.replace(' ', '\t')}`, 'bastion', 22, one, 'known'],
    [
      'a last line without its end, and Windows ends',
      `x ${two}\r\nbastion ${one}`,
      'bastion',
      22,
      one,
      'known',
    ],
    ['a port', `[bastion]:2222 ${one}`, 'bastion', 2222, one, 'known'],
    ['another port', `[bastion]:2222 ${one}`, 'bastion', 2223, one, 'unknown'],
    ['the name without its port, with this key', `bastion ${one}`, 'bastion', 2222, one, 'known'],
    ['the name without its port, with another key', `bastion ${two}`, 'bastion', 2222, one, 'unknown'],
    ['a port, where the usual one is asked for', `[bastion]:2222 ${one}`, 'bastion', 22, one, 'unknown'],
    ['a wildcard', `*.example ${one}`, 'bastion.example', 22, one, 'known'],
    ['a wildcard that is too short', `*.example ${one}`, 'example', 22, one, 'unknown'],
    ['a wildcard for one character', `bastion? ${one}`, 'bastion2', 22, one, 'known'],
    ['a dot, which is no wildcard', `a.b* ${one}`, 'axb', 22, one, 'unknown'],
    ['an exception', `*.example,!bad.example ${one}`, 'bad.example', 22, one, 'unknown'],
    ['an address of IPv6', `[::1]:2222 ${one}`, '::1', 2222, one, 'known'],
    ['another key', `bastion ${two}`, 'bastion', 22, one, 'changed'],
    ['one of two keys', `bastion ${two}\nbastion ${one}`, 'bastion', 22, one, 'known'],
    ['only a key of another type', `bastion ${ecdsa}`, 'bastion', 22, one, 'changed'],
    ['a key of another type as well', `bastion ${ecdsa}\nbastion ${one}`, 'bastion', 22, one, 'known'],
    ['nothing', '', 'bastion', 22, one, 'unknown'],
    [
      'comments and what is not understood',
      `# bastion ${one}\nbastion\nbastion 1024 35 123\n@odd bastion ${one}`,
      'bastion',
      22,
      one,
      'unknown',
    ],
    [
      'a key that is not what it says',
      `bastion ssh-rsa ${one.split(' ')[1] ?? ''}`,
      'bastion',
      22,
      one,
      'unknown',
    ],
    ['a revoked key', `@revoked * ${one}\nbastion ${one}`, 'bastion', 22, one, 'revoked'],
    ['another revoked key', `@revoked * ${two}\nbastion ${one}`, 'bastion', 22, one, 'known'],
    [
      'a key that is revoked for another host',
      `@revoked other ${one}\nbastion ${one}`,
      'bastion',
      22,
      one,
      'known',
    ],
    [
      'a key revoked for the name without its port',
      `@revoked bastion ${one}`,
      'bastion',
      2222,
      one,
      'revoked',
    ],
    [
      'an authority, which says nothing of this key',
      `@cert-authority * ${one}`,
      'bastion',
      22,
      one,
      'unknown',
    ],
  ];
  for (const [what, text, host, port, key, verdict] of cases) {
    it(`finds ${verdict}: ${what}`, () => assert.equal(judge(text, host, port, key), verdict));
  }

  it('reads names that ssh-keygen -H has hashed', () => {
    const hashed = `|1|NJmttGVlEp4eZBZQaP1LDcxnJWI=|Cn/MQctqdADQG/bROeH/QllCO2o= ${one}
|1|sghJZgrXz+zroCmlCM/cjK82rnc=|Xw0fsh7E5fmuwXVAY5c9KDSvoag= ${two}`;
    assert.equal(judge(hashed, 'bastion.example', 22, one), 'known');
    assert.equal(judge(hashed, 'Bastion.Example', 22, one), 'known');
    assert.equal(judge(hashed, 'bastion.example', 2222, two), 'known');
    assert.equal(judge(hashed, 'bastion.example', 22, two), 'changed');
    assert.equal(judge(hashed, 'bastion.exampl', 22, one), 'unknown');
    assert.equal(judge(`|1|broken ${one}`, 'bastion.example', 22, one), 'unknown');
    assert.equal(judge(`|2|NJmt=|Cn/M= ${one}`, 'bastion.example', 22, one), 'unknown');
  });

  it('says which line is in the way', () => {
    const verdict = judgeHostKey(
      parseKnownHosts(`# first\nbastion ${ecdsa}\nbastion ${two}\n`, 'f'),
      'bastion',
      22,
      blob(one),
    );
    assert.ok('by' in verdict);
    assert.deepEqual([verdict.by.file, verdict.by.line], ['f', 3]);
  });

  it('knows what keys to ask a host for', () => {
    const known = parseKnownHosts(`bastion ${ecdsa}\n@revoked bastion ${one}\nother ${two}`, 'f');
    assert.deepEqual(trustedKeyTypes(known, 'bastion', 22), ['ecdsa-sha2-nistp256']);
    assert.deepEqual(trustedKeyTypes(known, 'bastion', 2222), ['ecdsa-sha2-nistp256']);
  });
});
