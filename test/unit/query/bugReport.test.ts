/** A bug report holds no secret and no value, wherever in the trace it stood. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { renderBugReport } from '../../../src/query/bugReport.ts';
import { redactSql, redactText, type Redaction } from '../../../src/query/redact.ts';
import type { Trace } from '../../../src/query/trace.ts';
import { assertGolden } from '../golden.ts';

const connection = {
  ...{ name: 'Acme ledger (live)', host: 'db.acme.internal', user: 'anaquispe', database: 'ledgerdb' },
  ...{ 'ssh host': 'jump.acme.internal', 'ssh user': 'hopper' },
};
const key = 'sk-live-51Hq8ZyTnnPlanted0';
const url = 'postgres://anaquispe:hunter2@db.acme.internal:5433/ledgerdb';
/** Of each kind something that must be nowhere in the report. */
const planted = [
  ...[
    ...Object.values(connection),
    key,
    url,
    'hunter2',
    '10.20.30.40',
    'fe80::1ff:fe23',
    'jane@acme.example',
  ],
  ...['Acme GmbH', 'shipped-late', 'gold_tier', '4711.55', '987654', 'Bob earns', 'O’Brien', "O'Brien"],
  ...['/home/ana', 'Rosa Huamán', 'passage of the handbook', 'profile-7'],
];
const everything = planted.join(' ; ');
const sql = `-- for Bob earns\nSELECT o.id, "Rosa Huamán" FROM shop.orders o /* ${everything} */
WHERE o.state = 'shipped-late' AND o.buyer = $x$Acme GmbH$x$ AND tier = E'gold_tier' AND o.total > 4711.55 AND o.id = 987654
  AND note <> 'O''Brien' AND date_trunc('month', o.at) > '2024-01-01' LIMIT 10`;

const trace: Trace = {
  question: `How many orders per month did Acme GmbH place in 2024, "Rosa Huamán", 'O'Brien', of jane@acme.example at ${url}, no 987654?`,
  connection: 'profile-7',
  startedAt: '2026-11-24T12:00:00.000Z',
  conversation: {
    turns: [{ question: everything, sql, aiPolicy: 'schema' }],
    leftOut: [everything],
    broken: false,
  },
  promptVersion: 4,
  askedBack: { question: everything, options: [everything, 'x'] },
  planned: 'The server expects a cost of 1,234 and about 20 rows. The largest scan reads shop.orders whole.',
  retrieval: {
    verified: { question: everything, sql },
    tables: [
      {
        ...{
          schema: 'shop',
          name: 'orders',
          reason: 'matched',
          score: 2.5,
          columns: ['id', 'state', 'odd | one'],
        },
        why: {
          parts: { table: 1, name: 0, around: 0, schema: 1, bestOfSchema: 0, vector: 0 },
          matched: [{ asked: 'Acme GmbH', found: everything, similarity: 0.5 }],
          columns: [{ name: 'state', similarity: 1 }],
        },
      },
    ],
    ranking: [
      { id: 'shop.orders', score: 2.5 },
      { id: 'shop.reviews', score: 1.2 },
    ],
    values: [{ table: 'shop.orders', column: 'buyer', value: 'Acme GmbH', quoted: false, places: 1 }],
    glossary: {
      matches: [
        {
          ...{
            kind: 'metric',
            name: everything,
            synonyms: [everything],
            text: everything,
            sql,
            tables: ['shop.orders'],
          },
          asked: everything,
        },
      ],
      ...{ leftOut: [everything], faults: [everything], hidesUnknown: undefined },
    },
    examples: [{ question: everything, sql }],
    accepted: [{ question: everything, sql }],
    documents: [
      {
        ...{ path: '/home/ana/handbook.md', file: everything, heading: [everything], text: everything },
        ...{ place: { unit: 'line', from: 3, to: 5 }, nearness: 0.7 },
      },
    ],
    ...{ engine: 'memory', notice: `The index at ${url} ended: /home/ana/x.`, ms: 12.4 },
  },
  exchanges: [
    {
      ...{ model: 'openai:gpt-5', locality: 'remote', ms: 1234.5 },
      messages: [
        { role: 'system', content: everything },
        { role: 'user', content: everything },
      ],
      reply: JSON.stringify({ sql, explanation: everything, assumptions: [everything], clarification: null }),
      usage: { inputTokens: 900, outputTokens: 20 },
      verdicts: ['guard passed', 'names known', 'server refused'],
      finding: `invalid input syntax for type integer: "Rosa Huamán". column "state" is not "Bob earns". Near: ${everything} Hint: Key (buyer)=(Acme GmbH) of shipped-late.`,
    },
    {
      ...{ model: undefined, locality: undefined, ms: 5, messages: [], finding: undefined },
      reply: `I cannot: ${everything}`,
      usage: { inputTokens: undefined, outputTokens: undefined },
    },
  ],
  timings: { retrieval: 12.4, model: 1239.5 },
  sql,
  error: `password=hunter2 was refused by db.acme.internal (10.20.30.40, fe80::1ff:fe23) for user "anaquispe"; the key ${key} is wrong; ‘Bob earns’ 4711.55; "O'Brien" passage`,
};

/** Those of the planted texts that are in it. */
function leaks(report: string): string[] {
  return planted.filter((each) => report.toLowerCase().includes(each.toLowerCase()));
}

describe('renderBugReport', () => {
  const report = renderBugReport(trace, connection);

  it('holds nothing of what was planted in every field', () => {
    assert.deepEqual(leaks(report), []);
  });

  it('keeps the names of schemas, tables and columns, and what helps', () => {
    for (const part of [
      'shop.orders',
      'odd \\| one',
      'o.state',
      'shop.reviews',
      'column "state"',
      'LIMIT 10',
    ])
      assert.ok(report.includes(part), part);
    for (const part of ['server refused', '900 tokens in', '| model | 1239.5 |', 'in 2024', 'cost of 1,234'])
      assert.ok(report.includes(part), part);
    assert.match(report, /names of schemas, tables and columns/);
  });

  it('reads as it should', () => {
    assertGolden(join(import.meta.dirname, 'bugReport.golden.txt'), report);
  });

  it('takes literals and comments out of a statement that is to be explained or fixed, whatever it is', () => {
    for (const statement of [
      sql,
      `UPDATE shop.orders SET state = 'gold_tier' /* ${everything} */`,
      "SELEC 'Bob earns",
    ]) {
      const asked: Trace = {
        ...trace,
        question: `Fix Statement: ${statement}`,
        statement,
        retrieval: undefined,
      };
      const told = renderBugReport(asked, connection);
      assert.deepEqual(leaks(told), []);
      assert.match(
        told,
        /Question: Fix Statement\n\n```sql\n(--…\nSELECT o\.id|UPDATE shop\.orders SET state = '…'|SELEC '…')/,
      );
    }
  });

  it('says little of a question that came to nothing', () => {
    const nothing: Trace = { ...trace, question: 'Hm?', retrieval: undefined, exchanges: [], sql: undefined };
    assert.deepEqual(leaks(renderBugReport({ ...nothing, conversation: undefined }, connection)), []);
  });
});

const plain: Redaction = {
  secrets: new Map([['db1', 'host']]),
  names: new Set(['state', 'customer name']),
  values: new Set(['acme']),
  written: new Set(['oders']),
};

describe('redactSql', () => {
  it('takes literals, comments and large numbers out, also of what is left open', () => {
    const of = (sql: string) => redactSql(sql, plain);
    assert.equal(
      of(`SELECT "Customer Name", "Acme" FROM x WHERE y = U&'q' -- z`),
      `SELECT "Customer Name", "…" FROM x WHERE y = '…' --…`,
    );
    assert.equal(of(`SELECT 'open`), `SELECT '…'`);
    assert.equal(of(`SELECT $$open`), `SELECT '…'`);
    assert.equal(of(`SELECT 12, 2024, 1234, 0.5 FROM db1.acme`), `SELECT 12, 2024, …, … FROM ‹host›.…`);
  });

  it('says nothing of what is no query', () => {
    for (const prose of ['Jane is paid well', '\\d orders', ''])
      assert.equal(redactSql(prose, plain), undefined);
  });
});

describe('redactText', () => {
  it('keeps quoted names that are known or written in the statement, and no other quoted word', () => {
    const said = (text: string) => redactText(text, plain);
    assert.equal(said('no "oders", near "state"'), 'no "oders", near "state"');
    assert.equal(said(`'it's' "x" “y” ‘z’ don't «w» \`v\``), `'…' "…" “…” ‘…’ don't «…» \`…\``);
    assert.equal(said('an "open quote of Jane'), 'an "…');
    assert.equal(said('ACME on DB1, db12'), '… on ‹host›, db12');
  });
});
