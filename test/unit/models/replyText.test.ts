import assert from 'node:assert/strict';
import { gatherReply, maxReplyChars } from '../../../src/models/replyText.ts';
import type { Watch } from '../../../src/models/timeouts.ts';

function gather(): { passed: string[]; wrote: () => number; reply: ReturnType<typeof gatherReply> } {
  const passed: string[] = [];
  let wrote = 0;
  const none = (): void => undefined;
  const watch: Watch = {
    signal: new AbortController().signal,
    ...{ sent: none, heard: none, end: none },
    wrote: () => (wrote += 1),
  };
  return { passed, wrote: () => wrote, reply: gatherReply('m', watch, (piece) => passed.push(piece)) };
}

describe('gatherReply', () => {
  it('passes the words of a short reply on one by one', () => {
    const { passed, reply, wrote } = gather();
    for (const piece of ['a', '', 'b', 'c']) reply.add(piece);
    assert.deepEqual(passed, ['a', 'b', 'c']);
    assert.equal(reply.end(), 'abc');
    assert.equal(wrote(), 3);
  });

  it('passes a burst of a long one on in few pieces, and loses nothing', () => {
    const { passed, reply } = gather();
    const pieces = Array.from({ length: 10_000 }, (_, index) => `${index},`);
    for (const piece of pieces) reply.add(piece);
    assert.equal(reply.end(), pieces.join(''));
    assert.equal(passed.join(''), pieces.join(''));
    assert.ok(passed.length < 1800, `${passed.length} pieces`);
  });

  it('ends what does not end', () => {
    const { passed, reply } = gather();
    assert.throws(() => {
      for (let index = 0; index <= maxReplyChars; index++) reply.add('x');
    }, /m sends a reply without end/);
    assert.ok(passed.join('').length <= maxReplyChars);
  });
});
