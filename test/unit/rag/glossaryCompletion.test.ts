import assert from 'node:assert/strict';
import fc from 'fast-check';
import { glossaryOffers } from '../../../src/rag/glossaryCompletion.ts';
import { catalogOf, relation, shop } from './schema.ts';

const catalog = catalogOf([...shop.relations, 'hr.employees(id)', relation('hr.t(id)', { name: 'Odd $1' })]);
const names = { catalog, connections: ['Mine', 'Other $1'] };

/** The labels at the `|`, and the text that one of them takes the place of. */
function at(marked: string, over: object = {}): { labels: string[]; replaced: string } {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { start, offers } = glossaryOffers(text, offset, { ...names, ...over });
  return { labels: offers.map(({ label }) => label), replaced: text.slice(start, offset) };
}

describe('glossaryOffers', () => {
  it('offers the keys of the file that are not there yet', () => {
    assert.deepEqual(at('ver|'), {
      labels: ['version', 'connections', 'terms', 'metrics', 'joins', 'hidden', 'documents'],
      replaced: 'ver',
    });
    assert.deepEqual(at('version: 1\nterms:\n  - term: a\n|\nhidden: []').labels, [
      'connections',
      'metrics',
      'joins',
      'documents',
    ]);
  });

  it('offers the keys of an entry that it does not have yet', () => {
    assert.deepEqual(at('terms:\n  - te|'), {
      labels: ['term', 'synonyms', 'means', 'tables', 'connections'],
      replaced: 'te',
    });
    const entry =
      'terms:\n  - term: a\n    means: b\n  - term: c\n    |\n    tables: []\n  - synonyms: [d]\n';
    assert.deepEqual(at(entry).labels, ['synonyms', 'means', 'connections']);
    assert.deepEqual(at('metrics:\n- name: x\n  |').labels.slice(0, 2), ['synonyms', 'sql']);
    assert.deepEqual(at('joins:\n  - |').labels, ['from', 'to', 'note', 'connections']);
  });

  it('offers tables, and columns behind the dot of a table', () => {
    const list = at('terms:\n  - term: a\n    tables: [public.orders, cust|');
    assert.deepEqual(list, { labels: ['public.customers'], replaced: 'cust' });
    assert.deepEqual(at('terms:\n  - term: a\n    tables:\n      - public.pay|').labels, ['public.payments']);
    assert.deepEqual(at('joins:\n  - from: public.payments.|'), {
      labels: ['id', 'order_id', 'method', 'paid_at'].map((name) => `public.payments.${name}`),
      replaced: 'public.payments.',
    });
    assert.equal(at('joins:\n  - from: a.b.c\n    to: |').labels.length, catalog.relations.length);
    assert.deepEqual(at('joins:\n  - from: |', { catalog: undefined }).labels, []);
  });

  it('offers schemas to hide, and connections by name', () => {
    assert.deepEqual(at('hidden:\n  - hr|').labels, ['hr.*', 'hr.employees', 'hr."Odd $1"']);
    assert.deepEqual(at('hidden:\n- hr.e|').labels, ['hr.employees']);
    assert.deepEqual(at('hidden: [|').labels.slice(0, 2), ['public.*', 'hr.*']);
    assert.deepEqual(at('connections: [|').labels, ['Mine', 'Other $1']);
    const [, second] = glossaryOffers('connections: [', 14, names).offers;
    assert.equal(second!.snippet, 'Other \\$1');
  });

  it('offers nothing where people write in their own words', () => {
    for (const text of [
      '# te|',
      'terms:\n  - term: cust|',
      'terms:\n  - term: a\n    means: pub|',
      'documents: [do|',
      'terms: [x] |',
    ])
      assert.deepEqual(at(text).labels, [], text);
  });

  it('caps what it offers, and says so', () => {
    const many = catalogOf(Array.from({ length: 300 }, (_, each) => `t${each}(id)`));
    const found = glossaryOffers('hidden:\n  - t', 12, { ...names, catalog: many });
    assert.deepEqual([found.offers.length, found.incomplete], [200, true]);
  });

  it('copes with any text', () => {
    const piece = fc.constantFrom(
      'terms:',
      '\n',
      '  ',
      '- ',
      'tables: [',
      'a.b',
      '"',
      '{',
      '# ',
      'hidden:',
      ']',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(60), (pieces, offset) => {
        const text = pieces.join('');
        const { start } = glossaryOffers(text, Math.min(offset, text.length), names);
        assert.ok(start <= Math.min(offset, text.length));
      }),
    );
  });
});
