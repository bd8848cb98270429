import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseVerified, readVerified } from '../../../src/rag/verified.ts';
import {
  columnsText,
  edited,
  editToKeep,
  formatEntry,
  type NewEntry,
} from '../../../src/rag/verifiedText.ts';
import { KhipuError } from '../../../src/shared/errors.ts';

function refusal(text: string): string {
  try {
    parseVerified(text);
  } catch (thrown) {
    assert.ok(thrown instanceof KhipuError);
    assert.equal(thrown.kind, 'invalid-input');
    return thrown.message;
  }
  throw new Error(`was read: ${text}`);
}

describe('parseVerified', () => {
  it('reads questions and statements, comments and blank lines between them', () => {
    const text = [
      '-- Verified questions of the shop',
      '',
      '-- question: How many orders?  ',
      'select count(*)',
      '  from orders;  -- all of them',
      '--QUESTION: Which are open?',
      "select * from orders where note <> 'a;b' -- not; this",
      "/* nor; /* that */ and \"odd;name\" = $$;$$ and x = $1 and y = E'\\';' and z = $q$ -- question: no",
      '$q$',
      ';',
      '-- question: Without a semicolon',
      'select 1',
      '-- question: At the end',
      'select a$b$c, 2',
    ].join('\r\n');
    const found = parseVerified(text);
    assert.deepEqual(
      found.map(({ question }) => question),
      ['How many orders?', 'Which are open?', 'Without a semicolon', 'At the end'],
    );
    assert.equal(found[0]?.sql, 'select count(*)\n  from orders');
    assert.match(found[1]?.sql ?? '', /\$q\$ -- question: no\n\$q\$$/);
    assert.equal(found[2]?.sql, 'select 1');
    assert.equal(found[3]?.sql, 'select a$b$c, 2');
  });

  it('names the line of what is wrong', () => {
    assert.match(refusal('-- question: a\n\n-- question: b\nselect 1;'), /^Line 1 .*“a” without SQL/);
    assert.match(refusal('\n\n-- question: a\n-- only a comment\n'), /^Line 3 .*without SQL/);
    assert.match(refusal('-- question: a'), /^Line 1 .*without SQL/);
    assert.match(refusal('-- question:\nselect 1;'), /^Line 1 .*empty question/);
    assert.match(refusal('select 1;'), /^Line 1 .*no question stands above/);
    assert.match(refusal('-- question: a\nselect 1;\nselect 2;'), /^Line 3 .*no question stands above/);
    assert.match(refusal('-- question: a\nselect 1; select 2;'), /^Line 2 .*no question stands above/);
  });

  it('reads nothing from nothing', () => {
    assert.deepEqual(parseVerified(''), []);
    assert.deepEqual(parseVerified('-- just a comment\n\n'), []);
  });
});

describe('readVerified', () => {
  it('reads what an entry is for and gives, and where it stands, whatever ends the lines', () => {
    for (const end of ['\n', '\r\n']) {
      const text = [
        '-- Ours.',
        '-- question: How many?',
        '-- Database: shop, shop_dev',
        '-- returns: count bigint',
        '-- not a header line',
        'select count(*)',
        'from t;',
        '-- question: All?',
        'table t;',
      ].join(end);
      const { entries, faults } = readVerified(text);
      assert.deepEqual(faults, []);
      const [first, second] = entries;
      assert.deepEqual(first?.databases, ['shop', 'shop_dev']);
      assert.equal(first.returns, 'count bigint');
      assert.equal(first.sql, '-- not a header line\nselect count(*)\nfrom t');
      assert.match(text.slice(first.start, first.end), /^-- question: How many\?[^]*from t;$/);
      assert.deepEqual([second?.databases, second?.returns], [[], undefined]);
      assert.equal(text.slice(second?.start, second?.end), `-- question: All?${end}table t;`);
    }
  });

  it('reads on past what cannot be read, and says where that is', () => {
    const text =
      'select 0;\n-- question: a\nselect 1;\n-- question:\nselect 2;\n-- question: c\n-- question: d\nselect 4';
    const { entries, faults } = readVerified(text);
    assert.deepEqual(
      entries.map(({ question, sql }) => [question, sql]),
      [
        ['a', 'select 1'],
        ['d', 'select 4'],
      ],
    );
    assert.deepEqual(
      faults.map(({ start, what }) => [text.slice(0, start).split('\n').length, what]),
      [
        [1, 'has SQL that no question stands above'],
        [4, 'has an empty question'],
        [6, 'has the question “c” without SQL under it'],
      ],
    );
  });
});

const entry = (question: string, sql: string, more: Partial<NewEntry> = {}): NewEntry => ({
  ...{ question, sql, databases: ['shop'], returns: undefined },
  ...more,
});

describe('formatEntry', () => {
  it('writes what readVerified reads', () => {
    const line = fc.string({ minLength: 1 }).map((text) => text.replace(/\s+/g, ' ').trim());
    const literal = fc.string().map((text) => `'${text.replaceAll("'", "''").replaceAll('\r', '')}'`);
    const dollar = fc.string().map((text) => `$t$${text.replaceAll('$', '').replaceAll('\r', '')}$t$`);
    const part = fc.oneof(
      literal,
      dollar,
      fc.constantFrom('select', '1', '"a;b"', '/* ; */', '-- note;\n', 'x_1'),
    );
    const sql = fc.array(part, { maxLength: 6 }).map((parts) => `select ${parts.join(' ')}`.trim());
    const name = line.map((text) => text.replaceAll(',', '').trim()).filter((text) => text !== '');
    const items = fc.array(
      fc.record(
        {
          question: line.filter((text) => text !== ''),
          sql,
          databases: fc.array(name, { maxLength: 2 }),
          returns: fc.option(line, { nil: undefined }),
        },
        { noNullPrototype: true },
      ),
    );
    const property = fc.property(items, (list) => {
      const { entries, faults } = readVerified(list.map(formatEntry).join('\n'));
      assert.deepEqual(faults, []);
      const read = entries.map(({ question, sql: text, databases, returns }) => ({
        ...{ question, sql: text, databases, returns },
      }));
      assert.deepEqual(read, list);
    });
    fc.assert(property);
  });

  it('writes a question of several lines on one, and one semicolon', () => {
    assert.equal(
      formatEntry(entry('How\n many? ', 'select 1 ;  ', { returns: 'x integer' })),
      '-- question: How many?\n-- database: shop\n-- returns: x integer\nselect 1;\n',
    );
  });

  it('refuses what the form cannot hold', () => {
    const refused = { name: 'KhipuError', kind: 'invalid-input' };
    assert.throws(() => formatEntry(entry('two', 'select 1; select 2')), refused);
    assert.throws(() => formatEntry(entry('open', "select 'x")), refused);
    assert.throws(() => formatEntry(entry('inside', 'select\n-- question: b\n1')), refused);
    assert.throws(() => formatEntry(entry(' ', 'select 1')), refused);
  });
});

describe('editToKeep', () => {
  const keep = (text: string, ...entries: NewEntry[]): string =>
    entries.reduce((before, each) => edited(before, editToKeep(before, each)), text);

  it('begins a file with what it is, and adds at the end', () => {
    const text = keep('', entry('How many orders?', 'select 1'), entry('Who pays?', 'select 2'));
    assert.match(text, /^-- Verified questions\.[^]*\n\n-- question: How many orders\?\n/);
    assert.match(text, /select 1;\n\n-- question: Who pays\?\n-- database: shop\nselect 2;\n$/);
    assert.deepEqual(readVerified(text).faults, []);
  });

  it('replaces the one that asks the same, and leaves all around it', () => {
    const before =
      '-- mine\n-- question: How many orders are there?\n-- database: shop, dev\nselect 0; -- kept\n\n-- x\n';
    assert.equal(
      keep(before, entry('how many orders', 'select 1')),
      '-- mine\n-- question: how many orders\n-- database: shop, dev\nselect 1; -- kept\n\n-- x\n',
    );
  });

  it('does not touch the same question of another database', () => {
    const text = keep(
      '',
      entry('How many?', 'select 0', { databases: ['farm'] }),
      entry('How many?', 'select 1'),
    );
    assert.deepEqual(
      readVerified(text).entries.map(({ sql, databases }) => [sql, databases]),
      [
        ['select 0', ['farm']],
        ['select 1', ['shop']],
      ],
    );
  });

  it('goes on after a file without a last line end', () => {
    assert.match(keep('-- question: a\nselect 0', entry('b', 'select 1')), /select 0\n\n-- question: b\n/);
  });
});

describe('columnsText', () => {
  it('quotes the names that need it', () => {
    const text = columnsText([
      { name: 'country', type: 'text' },
      { name: 'Total, "all"', type: 'numeric(10,2)' },
    ]);
    assert.equal(text, 'country text, "Total, ""all""" numeric(10,2)');
  });
});
