/** Property: no two disguises, one around the other, turn a refusal into an acceptance. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openDatabase } from '../../../src/database/connect.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import type { Catalog } from '../../../src/database/catalog.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { startPostgres } from '../../servers/postgres.ts';
import { expressionDisguises, plainExpression, statementDisguises } from './attacks/disguises.ts';
import { payloads } from './attacks/payloads.ts';
import { sceneSql } from './attacks/scene.ts';

describe('guard: disguises around disguises', () => {
  let catalog: Catalog;
  let parser: SqlParser;
  before(async () => {
    const server = await startPostgres();
    await server.run(
      `${sceneSql} CREATE FOREIGN TABLE program (n text) SERVER files OPTIONS (program 'true')`,
    );
    const { profile, password } = parseConnectionUrl(server.url(), 'disguises');
    const database = openDatabase(profile, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, new AbortController().signal);
    await database.dispose();
    await server.dispose();
    parser = await loadParser();
  });

  const inner = expressionDisguises.filter(({ name }) => !/statement|EXPLAIN|Unicode/.test(name));
  const expressions = payloads.filter((each) => each.kind === 'expression');
  const statements = payloads.filter((each) => each.kind === 'statement');
  const attack = fc.oneof(
    fc
      .tuple(
        fc.constantFrom(...expressions),
        fc.constantFrom(...inner),
        fc.constantFrom(...expressionDisguises),
      )
      .map(([payload, first, second]) => {
        const nested = `(${first.wrap(payload, plainExpression(payload))})`;
        return second.wrap({ ...payload, write: () => nested }, nested);
      }),
    fc
      .tuple(
        fc.constantFrom(...statements),
        fc.constantFrom(...statementDisguises),
        fc.constantFrom(...statementDisguises),
      )
      .map(([payload, first, second]) => second.wrap(first.wrap(payload.sql))),
  );

  it('refuses them all', () => {
    fc.assert(
      fc.property(attack, (sql) => {
        assert.throws(
          () => ReadOnlySql.fromText(parser, catalog, sql),
          (error) =>
            error instanceof KhipuError && (error.kind === 'refused-by-guard' || error.kind === 'sql-syntax'),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
