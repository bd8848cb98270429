/** Which of a server's models is chosen, and what its description says. */
import assert from 'node:assert/strict';
import {
  contextLengthOf,
  isCloudModelName,
  pickDefaultModel,
  type OllamaModelInfo,
} from '../../../src/models/ollamaModels.ts';

function model(name: string, modifiedAt: string, more: Partial<OllamaModelInfo> = {}): OllamaModelInfo {
  return { name, modifiedAt, parameterSize: undefined, canChat: true, cloud: false, ...more };
}

describe('ollamaModels', () => {
  it('picks the chat model that was modified last', () => {
    const models = [
      model('old', '2024-01-01T00:00:00Z'),
      model('new', '2025-01-01T00:00:00Z'),
      model('middle', '2024-06-01T00:00:00+02:00'),
      model('embedder', '2026-01-01T00:00:00Z', { canChat: false }),
      model('far', '2026-01-01T00:00:00Z', { cloud: true }),
    ];
    assert.equal(pickDefaultModel(models), 'new');
  });

  it('picks the first of equals, and none where none can chat', () => {
    assert.equal(pickDefaultModel([model('a', ''), model('b', '')]), 'a');
    assert.equal(pickDefaultModel([model('e', '', { canChat: false })]), undefined);
    assert.equal(pickDefaultModel([]), undefined);
  });

  it('knows cloud models by their names', () => {
    assert.ok(isCloudModelName('gpt-oss:120b-cloud') && isCloudModelName('glm-4.6:cloud'));
    assert.ok(
      !isCloudModelName('qwen3:8b') && !isCloudModelName('cloudy:7b') && !isCloudModelName('x/cloud-llm:1b'),
    );
  });

  it('reads how much context a model was made for', () => {
    assert.equal(
      contextLengthOf({ model_info: { 'general.architecture': 'x', 'x.context_length': 4096 } }),
      4096,
    );
    assert.equal(contextLengthOf({ model_info: { 'x.context_length': 'big' } }), undefined);
    assert.equal(contextLengthOf({}), undefined);
    assert.equal(contextLengthOf(null), undefined);
  });
});
