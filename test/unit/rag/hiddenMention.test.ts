import assert from 'node:assert/strict';
import { mentions } from '../../../src/rag/hiddenMention.ts';

describe('mentions', () => {
  it('sees a table by its schema and name, however it is written', () => {
    const speaks = mentions(new Set(['hr.Salaries']));
    for (const text of [
      'See hr.salaries.',
      'sum(HR.SALARIES.amount)',
      'the table "hr"."Salaries"',
      '`hr.salaries`',
    ])
      assert.equal(speaks(text), true, text);
    for (const text of ['salaries of hr', 'hr.salaries_old', 'xhr.salaries', '', 'shop.orders'])
      assert.equal(speaks(text), false, text);
    assert.equal(mentions()('hr.salaries'), false);
  });
});
