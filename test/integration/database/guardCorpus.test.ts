/** No false refusals: several hundred statements that analysts and models write, each valid to Postgres 18 and let through. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Node } from 'libpg-query';
import pg from 'pg';
import { deparse } from 'pgsql-deparser';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { tokenCursor } from '../../../src/database/sqlTokens.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { analyticalStatements, startAnalyticalServer, type AnalyticalServer } from './analyticalCorpus.ts';
import { plainStatement } from './attacks/disguises.ts';
import { payloads } from './attacks/payloads.ts';

/** Constructs that pgsql-deparser 18.3.8 prints as something else, or as no SQL: what it says is not what was accepted. */
const misprinted = [
  /XMLTABLE|\]\)\[|\bJSON_|\bJSON\(|IS (?:NOT )?JSON|XMLNAMESPACES|SEARCH|CYCLE|GROUP BY DISTINCT/i,
];

describe('guard: what only reads passes', () => {
  let scene: AnalyticalServer;
  let parser: SqlParser;
  let client: pg.Client;
  before(async () => {
    scene = await startAnalyticalServer();
    parser = await loadParser();
    client = new pg.Client({ connectionString: scene.server.url('postgres', 'disable') });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await scene.server.dispose();
  });

  const verdict = (sql: string): string => {
    try {
      return ReadOnlySql.fromText(parser, scene.catalog, sql).kind;
    } catch (error) {
      assert.ok(error instanceof KhipuError);
      return `${error.kind}: ${error.message}`;
    }
  };
  const isAccepted = (sql: string): boolean => ['rows', 'direct'].includes(verdict(sql));

  it('has at least 400 distinct statements', () => {
    assert.ok(analyticalStatements.length >= 400, String(analyticalStatements.length));
    assert.equal(new Set(analyticalStatements).size, analyticalStatements.length);
  });

  it('lets every one of them through', () => {
    const refused = analyticalStatements.filter((sql) => !isAccepted(sql));
    assert.deepEqual(
      refused.map((sql) => [sql, verdict(sql)]),
      [],
    );
  });

  it('is understood by Postgres, statement by statement', async () => {
    const failed: string[] = [];
    for (const sql of analyticalStatements) {
      const isDirect = /^(?:EXPLAIN|SHOW)/.test(sql);
      await client.query(isDirect ? sql : `EXPLAIN ${sql}`).catch((error: unknown) => {
        failed.push(`${sql}\n    ${String(error)}`);
      });
    }
    assert.deepEqual(failed, []);
  });

  it('is accepted again when it is printed from its tree', async () => {
    const failed: string[] = [];
    for (const sql of analyticalStatements.filter(
      (each) => !misprinted.some((pattern) => pattern.test(each)),
    )) {
      const outcome = parser.parse(sql);
      assert.ok(outcome.ok);
      const printed = await deparse(outcome.statements[0]?.node as Node);
      if (verdict(printed) !== verdict(sql)) failed.push(`${sql}\n    ${printed}\n    ${verdict(printed)}`);
    }
    assert.deepEqual(failed, []);
  });

  it('keeps its verdict whatever blanks and comments stand between the tokens', () => {
    const texts = [...analyticalStatements, ...payloads.map(plainStatement)];
    const blanks = fc.array(
      fc.constantFrom(' ', '\n', '\t\r\n', ' /* ; */ ', ' /* /* " */ \' */ ', ' -- DELETE FROM x;\n', '\f'),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...texts), blanks, (sql, between) => {
        const text = respaced(sql, between);
        assert.equal(isAccepted(text), isAccepted(sql), `${text}\n${verdict(text)}`);
      }),
      { numRuns: 3000 },
    );
  });
});

/** Puts the blanks, in turn, between all tokens but those that a blank would change. */
function respaced(sql: string, blanks: readonly string[]): string {
  const cursor = tokenCursor(sql);
  let text = '';
  for (let index = 0; cursor.next(); index++) {
    text += sql.slice(cursor.start, cursor.end);
    if (/^\.\d/.test(sql.slice(cursor.start, cursor.end + 1))) continue; // the number .5 is two tokens here
    text += cursor.kind === 'lineComment' ? '\n' : (blanks[index % blanks.length] ?? ' ');
  }
  return text;
}
