/** A shop in two schemas: its DDL for a real server, and the same as a catalog for tests without one. */
import { noCallables } from '../../../src/database/callables.ts';
import type { Catalog, Relation } from '../../../src/database/catalog.ts';
import { relation } from '../rag/schema.ts';

export const shopDdl = `
  CREATE SCHEMA shop; CREATE SCHEMA hr;
  CREATE TABLE shop.customers (id int PRIMARY KEY, name text, "Full Name" text, email text, country text, tags text[]);
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int, placed_on date, total numeric, status text, details jsonb);
  CREATE TABLE shop.order_lines (order_id int, product_id int, quantity int, price numeric);
  CREATE TABLE shop.products (id int PRIMARY KEY, title text, price numeric, category_id int);
  CREATE TABLE shop.categories (id int PRIMARY KEY, parent_id int, label text);
  CREATE TABLE shop."Order Notes" ("Note Id" int, "select" text, order_id int);
  CREATE VIEW shop.order_totals AS SELECT order_id, sum(price) AS total FROM shop.order_lines GROUP BY 1;
  CREATE TABLE hr.employees (id int PRIMARY KEY, name text, manager_id int, salary numeric);
  CREATE TABLE hr.orders (id int PRIMARY KEY, signed_by int, issued date);
  CREATE FUNCTION hr.yearly_pay(numeric) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT 12 * $1';
  CREATE FUNCTION shop.display_name(shop.customers) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.name';
`;

export const shopRelations: readonly Relation[] = [
  relation('hr.employees(id, name, manager_id, salary)'),
  relation('hr.orders(id, signed_by, issued)'),
  withColumns('shop', 'Order Notes', ['Note Id', 'select', 'order_id']),
  relation('shop.categories(id, parent_id, label)'),
  withColumns('shop', 'customers', ['id', 'name', 'Full Name', 'email', 'country', 'tags']),
  relation('shop.order_lines(order_id, product_id, quantity, price)'),
  relation('shop.order_totals(order_id, total)', { kind: 'view' }),
  relation('shop.orders(id, customer_id, placed_on, total, status, details)'),
  relation('shop.products(id, title, price, category_id)'),
];

function withColumns(schema: string, name: string, columns: readonly string[]): Relation {
  const like = relation(`${schema}.any(${columns.map(() => 'x').join(', ')})`);
  return { ...like, name, columns: like.columns.map((column, at) => ({ ...column, name: columns[at]! })) };
}

const builtIn = [
  ...'count sum max lower now upper length jsonb_array_elements generate_series unnest rank row_to_json'.split(
    ' ',
  ),
  ...'jsonb_to_record string_agg age date_part date_trunc to_char percentile_cont strpos int4eq round'.split(
    ' ',
  ),
];

export const shopCatalog: Catalog = {
  database: 'postgres',
  serverVersion: 180004,
  searchPath: ['pg_catalog', 'shop'],
  schemas: [],
  relations: shopRelations,
  routines: [
    {
      schema: 'shop',
      name: 'display_name',
      kind: 'function',
      arguments: 'shop.customers',
      result: 'text',
      volatility: 'stable',
      comment: undefined,
    },
    {
      schema: 'hr',
      name: 'yearly_pay',
      kind: 'function',
      arguments: 'numeric',
      result: 'numeric',
      volatility: 'stable',
      comment: undefined,
    },
  ],
  enums: [],
  callables: {
    ...noCallables,
    functions: new Map([
      ...builtIn.map((name) => [`pg_catalog.${name}`, 'stable'] as const),
      ['pg_catalog.pg_sleep', 'volatile'],
      ['shop.display_name', 'stable'],
      ['hr.yearly_pay', 'stable'],
    ]),
    castableTypes: new Set(['pg_catalog.date', 'pg_catalog.text', 'pg_catalog.numeric']),
  },
  systemRelations: new Map([
    ['pg_catalog.pg_class', ['oid', 'relname', 'relkind', 'relnamespace']],
    ['pg_catalog.pg_tables', ['schemaname', 'tablename']],
    ['information_schema.columns', ['table_schema', 'table_name', 'column_name']],
  ]),
};
