import assert from 'node:assert/strict';
import {
  destinationOf,
  parseModelChoice,
  writeModelChoice,
  type ModelChoice,
} from '../../../src/models/modelChoice.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';

describe('parseModelChoice', () => {
  it('reads provider:name, whatever the name holds', () => {
    const cases: Record<string, ModelChoice> = {
      'openai:gpt-5': { provider: 'openai', name: 'gpt-5', baseUrl: 'http://x/v1' },
      ' ollama:qwen3:8b ': { provider: 'ollama', name: 'qwen3:8b', baseUrl: 'http://x/v1' },
      'openai:org/model@1': { provider: 'openai', name: 'org/model@1', baseUrl: 'http://x/v1' },
    };
    for (const [text, choice] of Object.entries(cases)) {
      assert.deepEqual(parseModelChoice(text, 'http://x/v1'), choice);
    }
    assert.equal(parseModelChoice('openai:gpt-5', undefined).baseUrl, undefined);
  });

  it('reads an address behind the name, and writes what it reads', () => {
    for (const text of [
      'openai:gpt-5',
      'openai:org/model@1 at https://h.test/v1',
      'openai:my-gpt at https://x.openai.azure.com/openai/deployments/my-gpt?api-version=1',
      'vscode:copilot/gpt-5',
    ])
      assert.equal(writeModelChoice(parseModelChoice(text, undefined)), text);
    assert.equal(parseModelChoice('openai:a at http://other/v1', 'http://x/v1').baseUrl, 'http://other/v1');
    assert.equal(parseModelChoice('vscode:a', 'http://x/v1').baseUrl, undefined);
  });

  it('refuses everything else, and says the form', () => {
    for (const text of ['', 'gpt-5', 'openai', 'openai:', 'OpenAI:gpt-5', 'anthropic:x', ':x', 'none']) {
      assert.throws(
        () => parseModelChoice(text, undefined),
        (error: KhipuError) =>
          error.kind === 'invalid-settings' && /ollama:NAME/.test(error.detail.hint ?? ''),
        text,
      );
    }
  });
});

describe('destinationOf', () => {
  it('says where what is sent goes', () => {
    const words = (text: string, ollamaUrl = ''): string =>
      destinationOf(parseModelChoice(text, undefined), ollamaUrl).words;
    assert.equal(words('ollama:qwen3:8b'), 'stays on this machine');
    assert.equal(words('ollama:qwen3:8b', 'http://gpu.lan:11434'), 'goes to gpu.lan:11434');
    assert.equal(words('ollama:gpt-oss:120b-cloud'), 'goes on to ollama.com');
    assert.equal(words('openai:gpt-5'), 'goes to api.openai.com');
    assert.equal(words('openai:x at http://localhost:1234/v1'), 'stays on this machine');
    assert.equal(words('vscode:x'), 'goes to the extension of VS Code that offers it');
  });
});
