import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatVerified, parseVerified } from '../../../src/rag/verified.ts';
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

describe('formatVerified', () => {
  it('writes what parseVerified reads', () => {
    const line = fc.string({ minLength: 1 }).map((text) => text.replace(/\s+/g, ' ').trim());
    const literal = fc.string().map((text) => `'${text.replaceAll("'", "''").replaceAll('\r', '')}'`);
    const dollar = fc.string().map((text) => `$t$${text.replaceAll('$', '').replaceAll('\r', '')}$t$`);
    const part = fc.oneof(
      literal,
      dollar,
      fc.constantFrom('select', '1', '"a;b"', '/* ; */', '-- note;\n', 'x_1'),
    );
    const sql = fc.array(part, { maxLength: 6 }).map((parts) => `select ${parts.join(' ')}`.trim());
    const items = fc.array(
      fc.record({ question: line.filter((text) => text !== ''), sql }, { noNullPrototype: true }),
    );
    fc.assert(fc.property(items, (list) => assert.deepEqual(parseVerified(formatVerified(list)), list)));
  });

  it('refuses what the form cannot hold', () => {
    const refused = { name: 'KhipuError', kind: 'invalid-input' };
    assert.throws(() => formatVerified([{ question: 'two', sql: 'select 1; select 2' }]), refused);
    assert.throws(() => formatVerified([{ question: 'a\nb', sql: 'select 1' }]), refused);
    assert.throws(() => formatVerified([{ question: 'open', sql: "select 'x" }]), refused);
    assert.throws(() => formatVerified([{ question: 'inside', sql: 'select\n-- question: b\n1' }]), refused);
  });
});
