import assert from 'node:assert/strict';
import fc from 'fast-check';
import { segment } from '../../../src/rag/segment.ts';
import { createWordSplitter } from '../../../src/rag/wordSplitter.ts';
import { senseOf } from './senseOf.ts';

const vocabulary =
  'the name country language customer paper key phrase state head order line transaction price daily ship man keys countries'.split(
    ' ',
  );
const sense = senseOf(vocabulary);

describe('segmentation', () => {
  const table: [string, string][] = [
    ['countrylanguage', 'country language'],
    ['paperkeyphrase', 'paper key phrase'],
    ['sbcustomer', 'customer'],
    ['sbdailyprice', 'daily price'],
    ['countries', 'countries'], // a word
    ['xyzzyplugh', 'xyzzyplugh'], // nothing known in it
    ['keyxyzzyplugh', 'keyxyzzyplugh'], // too little known in it
    ['names', 'names'], // short
    ['größenname', 'größenname'],
    ['', ''],
  ];
  for (const [word, parts] of table) {
    it(`${word || 'nothing'} is ${parts || 'nothing'}`, () => {
      assert.equal(segment(word, sense).join(' '), parts);
    });
  }

  it('takes the longer of two ways that are words throughout', () => {
    const both = senseOf(['the', 'there', 'rein', 'in', 'therein', 'is', 'ink', 'link', 'age', 'linkage']);
    assert.deepEqual(segment('linkagetherein', both), ['linkage', 'therein']);
  });

  it('finds any three words again that are run together', () => {
    const word = fc.constantFrom(...vocabulary.filter((each) => each.length > 3));
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        const parts = segment(a + b + c, sense);
        assert.equal(parts.join(''), a + b + c);
        assert.ok(parts.every((part) => vocabulary.includes(part)));
      }),
    );
  });

  it('gives parts of the word in their order, whatever the letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{0,30}$/), (word) => {
        const parts = segment(word, sense);
        let from = 0;
        for (const part of parts) {
          const at = word.indexOf(part, from);
          assert.ok(at >= from, `${part} in ${word}`);
          from = at + part.length;
        }
        assert.ok(parts.length > 0);
      }),
    );
  });
});

describe('the word splitter', () => {
  it('splits compounds inside names, and takes plurals in them for one thing', () => {
    const splitter = createWordSplitter(sense);
    assert.deepEqual(splitter.split('countrylanguages_paperkeys'), ['country', 'language', 'paper', 'key']);
    assert.deepEqual(splitter.split('SBCustomer'), ['sb', 'customer']);
  });

  it('leaves compounds whole where nothing is known of words', () => {
    assert.deepEqual(createWordSplitter(undefined).split('countryLanguages_paperkey'), [
      'country',
      'language',
      'paperkey',
    ]);
  });
});
