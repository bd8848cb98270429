import assert from 'node:assert/strict';
import { parseModelChoice, writeModelChoice, type ModelChoice } from '../../../src/models/modelChoice.ts';
import { moveModel, withModel, withoutModel } from '../../../src/models/modelOrder.ts';

const model = (text: string): ModelChoice => parseModelChoice(text, undefined);
const order = ['ollama:a', 'openai:b', 'openai:b at http://localhost:1234/v1'].map(model);
const written = (list: readonly ModelChoice[]): string[] => list.map(writeModelChoice);

describe('modelOrder', () => {
  it('adds a model once', () => {
    assert.deepEqual(written(withModel(order, model('vscode:c'))), [...written(order), 'vscode:c']);
    assert.equal(withModel(order, model('openai:b')), order);
  });

  it('takes out the one model, and not its namesake elsewhere', () => {
    assert.deepEqual(written(withoutModel(order, model('openai:b'))), [
      'ollama:a',
      'openai:b at http://localhost:1234/v1',
    ]);
  });

  it('moves a model by one place, and nowhere beyond the ends', () => {
    assert.deepEqual(written(moveModel(order, model('openai:b'), -1)).slice(0, 2), ['openai:b', 'ollama:a']);
    assert.deepEqual(written(moveModel(order, model('ollama:a'), 1)).slice(0, 2), ['openai:b', 'ollama:a']);
    assert.equal(moveModel(order, model('ollama:a'), -1), order);
    assert.equal(moveModel(order, model('ollama:gone'), 1), order);
  });
});
