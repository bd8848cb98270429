/** Which addresses count as this machine. */
import assert from 'node:assert/strict';
import { localityOf, parseBaseUrl } from '../../../src/models/locality.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

describe('locality', () => {
  const local = [
    'http://127.0.0.1:11434',
    'http://127.9.9.9',
    'http://127.1:80/v1',
    'http://0x7f000001/v1',
    'http://localhost:1234/v1',
    'http://LOCALHOST./v1',
    'http://ollama.localhost',
    'http://[::1]:11434',
    'http://[::ffff:127.0.0.1]:11434',
    '0.0.0.0:11434',
    'localhost:11434',
  ];
  const remote = [
    'https://api.openai.com/v1',
    'http://192.168.1.5:11434',
    'http://10.0.0.1',
    'http://host.docker.internal:11434',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://mylocalhost',
    'http://127.0.0.1@example.com/v1',
    'http://[2001:db8::1]:11434',
    'http://[::ffff:10.0.0.1]',
  ];
  for (const text of local) {
    it(`is local: ${text}`, () => assert.equal(localityOf(parseBaseUrl(text)), 'local'));
  }
  for (const text of remote) {
    it(`is remote: ${text}`, () => assert.equal(localityOf(parseBaseUrl(text)), 'remote'));
  }
  it('is local: a Unix socket', () => assert.equal(localityOf(new URL('unix:/run/model.sock')), 'local'));

  for (const text of ['', 'ftp://example.com', 'http://', 'http://user:geheim@:x', 'file:///etc/passwd']) {
    it(`refuses as base URL, without repeating it: "${text}"`, () => {
      assert.throws(
        () => parseBaseUrl(text),
        (error) =>
          error instanceof KhipuError &&
          error.kind === 'invalid-settings' &&
          !error.message.includes('geheim'),
      );
    });
  }
});
