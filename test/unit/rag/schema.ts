/** Catalogs for the tests of this room, written shortly. */
import { noCallables } from '../../../src/database/callables.ts';
import type { Catalog, EnumType, ForeignKey, Relation } from '../../../src/database/catalog.ts';

/** `'orders(id, customer_id -> customers, status: shop.status) "what was bought"'`, in schema `public` unless `schema.name`. */
export function relation(spec: string, over: Partial<Relation> = {}): Relation {
  const match = /^(?:(\w+)\.)?(\w+)\(([^)]*)\)(?: "([^"]*)")?$/.exec(spec);
  if (match === null) throw new Error(`Not a table: ${spec}`);
  const [, schema = 'public', name = '', inside = '', comment] = match;
  const foreignKeys: ForeignKey[] = [];
  const columns = inside.split(',').map((part, index) => {
    const [left = '', target] = part.split('->').map((text) => text.trim());
    const [column = '', type = 'text'] = left.split(':').map((text) => text.trim());
    if (target !== undefined) {
      const [toTable = '', toSchema = schema] = target.split('.').reverse();
      foreignKeys.push({ name: `fk_${column}`, columns: [column], toSchema, toTable, toColumns: ['id'] });
    }
    const primaryKey = index === 0;
    return { name: column, type, nullable: !primaryKey, primaryKey, default: undefined, comment: undefined };
  });
  return {
    schema,
    name,
    kind: 'table',
    comment,
    rowEstimate: undefined,
    partitionOf: undefined,
    columns,
    foreignKeys,
    ...over,
  };
}

export function catalogOf(
  relations: readonly (string | Relation)[],
  enums: readonly EnumType[] = [],
): Catalog {
  return {
    database: 'test',
    serverVersion: 180004,
    searchPath: ['pg_catalog', 'public'],
    schemas: [],
    relations: relations.map((each) => (typeof each === 'string' ? relation(each) : each)),
    routines: [],
    enums,
    callables: noCallables,
    systemRelations: new Map(),
  };
}

/** A shop, with names that full text alone does not lead to ("buyers", "revenue"). */
export const shop: Catalog = catalogOf(
  [
    'customers(id, full_name, email, country_code -> countries) "People who buy from us"',
    'countries(id, name)',
    'orders(id, customer_id -> customers, placed_at, status: order_status)',
    'order_lines(id, order_id -> orders, product_id -> products, quantity, unit_price)',
    'products(id, title, category_id -> categories)',
    'categories(id, label)',
    'employees(id, family_name, salary, hired_on)',
    'warehouse_stock(id, product_id -> products, amount)',
    'payments(id, order_id -> orders, method, paid_at)',
    'reviews(id, product_id -> products, stars, body)',
  ],
  [{ schema: 'public', name: 'order_status', values: ['pending', 'shipped', 'cancelled'] }],
);

/** Never fires. */
export const never: AbortSignal = new AbortController().signal;
