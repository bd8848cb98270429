/** How much context is asked of Ollama, and how a cut prompt is recognised. */
import assert from 'node:assert/strict';
import { evidentlyCut, planContext, promptChars, surelyTooLong } from '../../../src/models/ollamaContext.ts';

describe('ollamaContext', () => {
  it('asks for a power of two that holds prompt and reply, and no less than 8192', () => {
    assert.deepEqual(planContext(280, 32_768), { contextTokens: 8192, replyTokens: 8092 });
    assert.equal(planContext(28_000, 32_768).contextTokens, 16_384);
    assert.equal(planContext(28_000 * 2, 131_072).contextTokens, 32_768);
  });

  it('never asks for more than is allowed, and leaves room for a short reply at least', () => {
    assert.deepEqual(planContext(280_000, 32_768), { contextTokens: 32_768, replyTokens: 1024 });
    assert.equal(planContext(10, 2048).contextTokens, 2048);
  });

  it('counts the characters of all messages', () => {
    assert.equal(
      promptChars([
        { role: 'system', content: 'abc' },
        { role: 'user', content: 'de' },
      ]),
      5,
    );
  });

  it('knows before sending what cannot fit', () => {
    assert.ok(surelyTooLong(6 * 8192 + 6, 8192));
    assert.ok(!surelyTooLong(6 * 8192, 8192));
  });

  it('recognises a prompt that Ollama cut to half the context, as measured in ollama/ollama#17427', () => {
    assert.ok(evidentlyCut(159_062, 16_386, 32_768));
    assert.ok(evidentlyCut(40_000, 4098, 8192));
  });

  it('recognises a prompt that filled the context, and one of which too little was read', () => {
    assert.ok(evidentlyCut(1000, 8192, 8192));
    assert.ok(evidentlyCut(60_000, 2050, 32_768));
  });

  it('raises no alarm over prompts that were read whole', () => {
    for (const charsPerToken of [1, 2.5, 3.3, 4.5, 5.5]) {
      for (const tokens of [10, 500, 4098, 7000]) {
        assert.ok(
          !evidentlyCut(tokens * charsPerToken, tokens, 8192) || tokens * charsPerToken > 0.8 * 8192 * 2.8,
        );
      }
      assert.ok(!evidentlyCut(4098 * 2.8, 4098, 8192));
    }
  });
});
