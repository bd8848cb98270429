/** The part of a catalog that the guard reads: what a name can run. Its queries are those of callableQueries. */
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { KhipuError } from '../shared/errors.ts';
import { edgesQuery, functionsQuery } from './callableQueries.ts';
import { noCallables, readCallables, type Callables } from './callables.ts';
import type { CatalogPart, EachRow } from './catalogPart.ts';
import type { CatalogQuery } from './catalogQueries.ts';

export const callablesPart: CatalogPart<Callables> = {
  label: 'what may be called',
  essential: false,
  sources: [
    'session',
    'namespaces',
    'functions',
    'operators',
    'casts',
    'types',
    'relations',
    'columns',
    'constraints',
    'rules',
    'policies',
    'foreignTables',
    'extensions',
    'memberships',
  ],
  empty: noCallables,
  read: async (eachRow, note) =>
    readCallables(async (query) => {
      try {
        return await rowsOf(query, eachRow);
      } catch (error) {
        // Without its functions nothing is known; without the rest the guard knows less, and the catalog says so.
        if (query.sql === functionsQuery.sql) throw error;
        note(
          query.sql === edgesQuery.sql ? 'what views, policies and types call' : 'operators and casts',
          error,
        );
        return [];
      }
    }),
};

async function rowsOf<Row>(query: CatalogQuery<Row>, eachRow: EachRow): Promise<Row[]> {
  const rows: Row[] = [];
  await eachRow(query.sql, (cells) => {
    const parsed = query.row.safeParse(cells, { error: en().localeError });
    if (!parsed.success) {
      const why = z.prettifyError(parsed.error);
      throw new KhipuError('protocol', `The server's catalog is not as expected: ${why}`);
    }
    rows.push(parsed.data);
  });
  return rows;
}
