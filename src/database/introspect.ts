/** Reads pg_catalog into a Catalog: one query for each kind of object, in one read-only snapshot. */
import * as z from 'zod';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { qualified, type Catalog, type Column, type ForeignKey, type Relation } from './catalog.ts';
import * as queries from './catalogQueries.ts';
import type { Database } from './connect.ts';
import type { Session } from './session.ts';

/**
 * Reads everything that a name in a statement may mean.
 * @throws KhipuError of the connection or of the server
 */
export async function introspect(database: Database, signal: AbortSignal): Promise<Catalog> {
  const session = await database.session(signal);
  try {
    await session.query({ text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }, signal);
    const catalog = await readCatalog(session, signal);
    await session.query({ text: 'ROLLBACK' }, signal);
    session.release();
    return catalog;
  } catch (error) {
    session.destroy(new Error('The catalog could not be read.'));
    throw error;
  }
}

async function readCatalog(session: Session, signal: AbortSignal): Promise<Catalog> {
  const read = async <Row>(query: queries.CatalogQuery<Row>): Promise<Row[]> => {
    const { rows } = await session.query({ text: query.sql }, signal);
    return parseInSlices(query.row, rows, signal);
  };
  const [server] = await read(queries.serverQuery);
  if (server === undefined) throw new KhipuError('protocol', 'The server did not say what it is.');
  const schemas = await read(queries.schemasQuery);
  const relations = await read(queries.relationsQuery);
  const columns = groupByFirst(await read(queries.columnsQuery), toColumn);
  const foreignKeys = groupByFirst(await read(queries.foreignKeysQuery), toForeignKey);
  const routines = await read(queries.routinesQuery);
  const enums = await read(queries.enumsQuery);
  return {
    database: server[0],
    serverVersion: server[1],
    searchPath: server[2],
    schemas: schemas.map(([name, comment]) => ({ name, comment })),
    relations: relations.map(([oid, schema, name, kind, comment, rowEstimate, partitionOf]): Relation => ({
      schema,
      name,
      kind,
      comment,
      rowEstimate,
      partitionOf,
      columns: columns.get(oid) ?? [],
      foreignKeys: foreignKeys.get(oid) ?? [],
    })),
    routines: routines.map(([schema, name, kind, args, result, volatility, comment]) => ({
      schema,
      name,
      kind,
      arguments: args,
      result,
      volatility,
      comment,
    })),
    enums: enums.map(([schema, name, values]) => ({ schema, name, values })),
    callables: {
      functions: new Map((await read(queries.functionsQuery)).map(([s, n, v]) => [qualified(s, n), v])),
      operators: new Map((await read(queries.operatorsQuery)).map(([s, n, v]) => [qualified(s, n), v])),
      volatileTypes: new Set((await read(queries.volatileTypesQuery)).map(([s, n]) => qualified(s, n))),
    },
    systemRelations: new Map(
      (await read(queries.systemRelationsQuery)).map(([schema, name, names]) => [
        qualified(schema, name),
        names,
      ]),
    ),
  };
}

const sliceRows = 2000;

/** Large catalogs are parsed a slice at a time, so that the event loop is not held. */
async function parseInSlices<Row>(row: z.ZodType<Row>, rows: unknown[], signal: AbortSignal): Promise<Row[]> {
  const parsed: Row[] = [];
  for (let start = 0; start < rows.length; start += sliceRows) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
    const slice = z.array(row).safeParse(rows.slice(start, start + sliceRows));
    if (!slice.success) {
      throw new KhipuError(
        'protocol',
        `The server's catalog is not as expected: ${z.prettifyError(slice.error)}`,
      );
    }
    for (const value of slice.data) parsed.push(value);
  }
  return parsed;
}

function groupByFirst<Row extends readonly [string, ...unknown[]], Value>(
  rows: readonly Row[],
  toValue: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group === undefined) groups.set(row[0], [toValue(row)]);
    else group.push(toValue(row));
  }
  return groups;
}

type RowOf<Query> = Query extends queries.CatalogQuery<infer Row> ? Row : never;

function toColumn(row: RowOf<typeof queries.columnsQuery>): Column {
  const [, name, type, nullable, primaryKey, defaultValue, comment] = row;
  return { name, type, nullable, primaryKey, default: defaultValue, comment };
}

function toForeignKey(row: RowOf<typeof queries.foreignKeysQuery>): ForeignKey {
  const [, name, columns, toSchema, toTable, toColumns] = row;
  return { name, columns, toSchema, toTable, toColumns };
}
