import assert from 'node:assert/strict';
import { parseEmbedderChoice } from '../../../src/models/embedderChoice.ts';

const usual = { openai: undefined, ollama: undefined };

describe('the choice of an embedder', () => {
  it('is the built-in one, or a model at the address that the user has for its provider', () => {
    assert.equal(parseEmbedderChoice('builtin', usual), undefined);
    const large = { provider: 'openai', name: 'text-embedding-3-large' };
    const small = { provider: 'ollama', name: 'nomic-embed-text:v1.5' };
    const servers = { openai: 'http://127.0.0.1:1234/v1', ollama: 'http://gpu:1' };
    const choices = [
      parseEmbedderChoice('openai:text-embedding-3-large', usual),
      parseEmbedderChoice(' openai:text-embedding-3-large', servers),
      parseEmbedderChoice('ollama:nomic-embed-text:v1.5', usual),
      parseEmbedderChoice('ollama:nomic-embed-text:v1.5', servers),
    ];
    assert.deepEqual(choices, [
      { ...large, baseUrl: 'https://api.openai.com/v1' },
      { ...large, baseUrl: servers.openai },
      { ...small, baseUrl: 'http://127.0.0.1:11434' },
      { ...small, baseUrl: servers.ollama },
    ]);
  });

  it('is refused when it names none', () => {
    for (const text of ['', 'gpt', 'openai:', 'cohere:embed']) {
      assert.throws(() => parseEmbedderChoice(text, usual), { kind: 'invalid-settings' }, text);
    }
  });
});
