import assert from 'node:assert/strict';
import { foldMessages } from '../../../src/models/foldedMessages.ts';

describe('foldMessages', () => {
  it('makes what the system says part of what the user says, in order, and loses nothing', () => {
    assert.deepEqual(
      foldMessages([
        { role: 'system', content: 'rules' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'reply' },
        { role: 'system', content: 'more rules' },
        { role: 'user', content: 'second' },
      ]),
      [
        { role: 'user', content: 'rules\n\nfirst' },
        { role: 'assistant', content: 'reply' },
        { role: 'user', content: 'more rules\n\nsecond' },
      ],
    );
    assert.deepEqual(foldMessages([]), []);
  });
});
