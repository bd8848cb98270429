import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentWords, singular, words } from '../../../src/rag/words.ts';

describe('words', () => {
  const table: [string, string][] = [
    ['order_lines', 'order line'],
    ['orderLines', 'order line'],
    ['OrderLines', 'order line'],
    ['HTTPServer', 'http server'],
    ['customerID', 'customer id'],
    ['address2', 'address 2'],
    ['utf8_text', 'utf 8 text'],
    ['Kunden-Größe', 'kunden größe'],
    ['shop.categories', 'shop category'],
    ['"weird ""name"""', 'weird name'],
    ['', ''],
    ['___', ''],
    ['訂單_明細', '訂單 明細'],
  ];
  for (const [text, expected] of table) {
    it(`${text} → ${expected}`, () => assert.equal(words(text).join(' '), expected));
  }

  const singulars: [string, string][] = [
    ['categories', 'category'],
    ['boxes', 'box'],
    ['addresses', 'address'],
    ['branches', 'branch'],
    ['houses', 'house'],
    ['statuses', 'status'],
    ['status', 'status'],
    ['analysis', 'analysis'],
    ['bus', 'bus'],
    ['address', 'address'],
    ['series', 'series'],
    ['movies', 'movie'],
    ['prices', 'price'],
  ];
  for (const [plural, expected] of singulars) {
    it(`${plural} is several ${expected}`, () => assert.equal(singular(plural), expected));
  }

  it('gives the same words for snake and camel case', () => {
    const word = fc.stringMatching(/^[a-z]{2,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (parts) => {
        const camel = parts
          .map((part, i) => (i === 0 ? part : part[0]!.toUpperCase() + part.slice(1)))
          .join('');
        assert.deepEqual(words(camel), words(parts.join('_')));
      }),
    );
  });

  it('leaves out what every question has, but never everything', () => {
    assert.deepEqual(contentWords('Show me all the customers of Germany'), ['customer', 'germany']);
    assert.deepEqual(contentWords('what is it'), ['what', 'is', 'it']);
  });
});
