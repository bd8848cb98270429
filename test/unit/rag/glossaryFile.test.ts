import assert from 'node:assert/strict';
import { readGlossary } from '../../../src/rag/glossaryFile.ts';

/** Each fault as `line: message`, with the text that is marked. */
function faultsOf(text: string): string[] {
  return readGlossary(text).faults.map(
    ({ line, message, start, end }) => `${line}: ${message} ‹${text.slice(start, end)}›`,
  );
}

const good = `# What our words mean.
version: 1
connections: [Sample shop]
terms:
  - term: active customer
    synonyms: [live customer, "buyer"]
    means: A customer with an order in the last 90 days.
    tables: [shop.customers, shop.orders.placed_at]
metrics:
  - name: revenue
    sql: sum(quantity * unit_price)
    tables: [shop.order_lines]
joins:
  - from: shop.visits.email
    to: shop.customers.email
  - from: [a.b.c, a.b.d]
    to: [x.y.c, x.y.d]
    note: Only since 2020.
hidden:
  - hr.*
documents: [docs, notes/data]
`;

describe('readGlossary', () => {
  it('reads a whole file', () => {
    const { content, faults, hidesUnknown } = readGlossary(good);
    assert.deepEqual([faults, hidesUnknown], [[], false]);
    assert.deepEqual(content, {
      version: 1,
      connections: ['Sample shop'],
      terms: [
        {
          term: 'active customer',
          synonyms: ['live customer', 'buyer'],
          means: 'A customer with an order in the last 90 days.',
          tables: ['shop.customers', 'shop.orders.placed_at'],
        },
      ],
      metrics: [{ name: 'revenue', sql: 'sum(quantity * unit_price)', tables: ['shop.order_lines'] }],
      joins: [
        { from: 'shop.visits.email', to: 'shop.customers.email' },
        { from: ['a.b.c', 'a.b.d'], to: ['x.y.c', 'x.y.d'], note: 'Only since 2020.' },
      ],
      hidden: ['hr.*'],
      documents: ['docs', 'notes/data'],
    });
  });

  it('says where everything stands that it names', () => {
    const { references } = readGlossary(good);
    assert.deepEqual(
      references.map(({ name, what, start, end }) => [name, what, good.slice(start, end)]),
      [
        ['Sample shop', 'connection', 'Sample shop'],
        ['hr.*', 'pattern', 'hr.*'],
        ['shop.customers', 'place', 'shop.customers'],
        ['shop.orders.placed_at', 'place', 'shop.orders.placed_at'],
        ['shop.order_lines', 'place', 'shop.order_lines'],
        ['shop.visits.email', 'column', 'shop.visits.email'],
        ['a.b.c', 'column', 'a.b.c'],
        ['a.b.d', 'column', 'a.b.d'],
        ['shop.customers.email', 'column', 'shop.customers.email'],
        ['x.y.c', 'column', 'x.y.c'],
        ['x.y.d', 'column', 'x.y.d'],
      ],
    );
  });

  it('takes nothing for a file of comments, and for a key that nothing stands behind yet', () => {
    for (const text of ['', '# soon\n', 'terms:\nhidden:\n', 'version: 1']) {
      const { content, faults, hidesUnknown } = readGlossary(text);
      assert.deepEqual(
        [content.terms, content.hidden, faults, hidesUnknown],
        [undefined, undefined, [], false],
      );
    }
  });

  it('tells each fault at its line, and keeps what is good', () => {
    const text = `version: 2
terms:
  - term: revenue
    sinonyms: [turnover]
    means: Money.
  - term: 2024
    means: A year.
  - synonyms: [x]
  - term: churn
    synonyms: many
    tables: [a.b]
  - term: nothing
metrics: {}
joins:
  - from: 3
    to: []
  - {from: a.b.c, to: [a.b.c, d.e.f]}
wrong: 1
`;
    assert.deepEqual(faultsOf(text), [
      '1: “version” has to be 1. ‹2›',
      '4: Term 1: there is no key “sinonyms”. There is: term, synonyms, means, tables, connections. ‹sinonyms›',
      '6: Term 2: “term” has to be text; a number, a date, true or false need quotes. ‹2024›',
      '8: Term 3: “term” is missing. ‹synonyms: [x]›',
      '10: Term 4: “synonyms” has to be a list. ‹many›',
      '12: “nothing” says nothing yet: it needs “means”, “tables”, or both. ‹term: nothing›',
      '13: “metrics” has to be a list. ‹{}›',
      '15: Join 1: “from” has to be a column, or a list of columns. ‹3›',
      '16: Join 1: “to” is empty. ‹[]›',
      '17: Join 2: “from” and “to” have different numbers of columns. ‹[a.b.c, d.e.f]›',
      '18: there is no key “wrong”. There is: version, connections, terms, metrics, joins, hidden, documents. ‹wrong›',
    ]);
    const { content } = readGlossary(text);
    assert.deepEqual(
      content.terms?.map(({ term }) => term),
      ['revenue', 'nothing'],
    );
    assert.deepEqual(content.joins, []);
  });

  it('caps what would go into a prompt', () => {
    const text = `terms:\n  - term: a\n    means: ${'x'.repeat(401)}\nmetrics:\n  - name: b\n    sql: ${'y'.repeat(601)}\n`;
    assert.deepEqual(
      faultsOf(text).map((fault) => fault.replace(/ ‹.*/, '')),
      [
        '3: Term 1: “means” is longer than 400 characters.',
        '6: Metric 1: “sql” is longer than 600 characters.',
      ],
    );
  });

  it('tells of faults of YAML at their line, in words', () => {
    assert.deepEqual(
      faultsOf('terms:\n\t- term: a\n\t  means: b\n')[0],
      '2: A tab stands where YAML wants blanks: indent with blanks. ‹\t›',
    );
    assert.deepEqual(faultsOf('hidden: [a.b]\nterms: []\nhidden: [c.d]\n'), [
      '3: This key stands here twice: put both parts under one. ‹h›',
    ]);
    assert.match(
      faultsOf('terms:\n  - term: "a\n').join(),
      /\d: This is no good YAML: Missing closing "quote\. /,
    );
    assert.deepEqual(faultsOf('just words'), [
      '1: The file has to be keys such as “terms:”, each at the beginning of a line. ‹just words›',
    ]);
    assert.deepEqual(faultsOf('version: 1\n---\nterms: []\n').length, 1);
  });

  it('survives what is made to harm it', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'])
      bomb.push(`${name}: &${name} [${Array(8).fill(`*${before}`).join(',')}]`);
    assert.match(faultsOf(bomb.join('\n')).join(), /Too many references/);
    assert.match(faultsOf(`a: ${'['.repeat(60_000)}`).join(), /YAML|nested/);
    assert.deepEqual(faultsOf('hidden:\n  - *.tmp_*\n'), [
      '2: “*.tmp_*” needs quotes, or YAML takes it for a reference: "*.tmp_*". ‹*.tmp_*›',
    ]);
    assert.deepEqual(readGlossary('__proto__:\n  polluted: 1\nconstructor: 2').content.terms, undefined);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    const { faults } = readGlossary(`terms:\n${'  - {trm: 1}\n'.repeat(1000)}`);
    assert.equal(faults.length, 100);
  });

  it('knows when it may hide what it cannot say', () => {
    const unknown = [
      'hidden: [hr.*\nterms: []',
      'terms: "\nhidden:\n  - hr.*\n',
      'hidden: hr.*',
      'hidden:\n  - 3\n',
      'hidden:\n  - hr.employees.salary\n',
      'hide: [hr.*]',
      'hidden: &a [*a]',
      '- hidden',
    ];
    for (const text of unknown) assert.equal(readGlossary(text).hidesUnknown, true, text);
    for (const text of ['hidden: [hr.*]', 'terms: [', 'terms: 3\nhidden: [hr.*]'])
      assert.equal(readGlossary(text).hidesUnknown, false, text);
  });
});
