import assert from 'node:assert/strict';
import { MessageLog, mostMessages } from '../../../src/database/messageLog.ts';
import { serverMessages } from '../../../src/shared/serverMessages.ts';

describe('MessageLog', () => {
  it('keeps what the server said, with what belongs to it, and nothing that it did not say', () => {
    const log = new MessageLog();
    assert.equal(log.messages, undefined);
    log.add({
      severity: 'WARNING',
      message: 'late',
      detail: 'by 3 days',
      hint: 'hurry',
      where: 'f()',
      code: '01000',
    });
    log.add({ severity: 'NOTICE', message: '' });
    assert.deepEqual(log.messages, {
      items: [
        {
          severity: 'WARNING',
          text: 'late',
          detail: 'by 3 days',
          hint: 'hurry',
          where: 'f()',
          sqlState: '01000',
        },
        { severity: 'NOTICE', text: '' },
      ],
      more: 0,
    });
    log.clear();
    assert.equal(log.messages, undefined);
  });

  it('keeps the first thousand and counts the rest', () => {
    const log = new MessageLog();
    for (let index = 0; index < mostMessages + 5; index++) log.add({ message: `line ${index}` });
    assert.equal(log.messages?.items.length, mostMessages);
    assert.equal(log.messages.items.at(-1)?.text, `line ${mostMessages - 1}`);
    assert.equal(log.messages.more, 5);
  });

  it('cuts what is long, never through a character, and stops keeping when it is much in all', () => {
    const log = new MessageLog();
    for (let index = 0; index < 300; index++) log.add({ message: `x${'🦙'.repeat(20_000)}` });
    const kept = serverMessages.parse(log.messages);
    assert.equal(kept.items.length + kept.more, 300);
    assert.ok(kept.items.length < 110, `${kept.items.length} are kept`);
    assert.ok(kept.items.every(({ text }) => text.length < 10_100 && text.isWellFormed()));
  });
});
