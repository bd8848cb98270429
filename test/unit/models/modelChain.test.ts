import assert from 'node:assert/strict';
import { parseModelChoice, type ModelChoice } from '../../../src/models/modelChain.ts';
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
