/** What is in the sample database, asked over its socket. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { parseVerified } from '../../../src/rag/verified.ts';
import type { SampleDatabase } from '../../../src/sample/sampleDatabase.ts';
import { connectTo, makeCacheDirectory, never, sampleWithLog, sqlDirectory } from './startedSample.ts';

describe('sample data', () => {
  let cacheDirectory: string;
  let sample: SampleDatabase;
  let client: pg.Client;
  before(async () => {
    cacheDirectory = await makeCacheDirectory();
    ({ sample } = sampleWithLog(cacheDirectory));
    client = await connectTo(await sample.start(never));
  });
  after(async () => {
    await client.end();
    await sample.dispose();
    await rm(cacheDirectory, { recursive: true });
  });

  async function values(sql: string): Promise<unknown[]> {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows.map((row) => row[0]);
  }

  it('has about 50,000 rows in more than a dozen tables', async () => {
    const { rows } = await client.query<{ name: string; rows: number }>(
      `SELECT n.nspname || '.' || c.relname AS name, c.reltuples::integer AS rows FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('shop', 'hr') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    );
    const counts = new Map(rows.map((row) => [row.name, row.rows]));
    assert.equal(counts.size, 16);
    for (const [name, count] of counts) assert.ok(count > 0, `${name} is empty or not analysed`);
    const sum = [...counts.values()].reduce((total, count) => total + count, 0);
    assert.ok(sum > 45_000 && sum < 65_000, String(sum));
    assert.deepEqual(await values('SELECT count(*)::integer FROM shop.orders'), [counts.get('shop.orders')]);
  });

  it('comments every relation, function, type and schema, and most columns', async () => {
    assert.deepEqual(
      await values(`SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('shop', 'hr') AND c.relkind IN ('r', 'p', 'v', 'm') AND obj_description(c.oid, 'pg_class') IS NULL`),
      [],
    );
    assert.deepEqual(
      await values(`SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'shop'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
        UNION ALL SELECT oid::regtype::text FROM pg_type WHERE typtype = 'e' AND obj_description(oid, 'pg_type') IS NULL
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'hr') AND obj_description(oid, 'pg_namespace') IS NULL`),
      [],
    );
    const [part] =
      await values(`SELECT avg((col_description(a.attrelid, a.attnum) IS NOT NULL)::integer)::float8
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('shop', 'hr') AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
        AND a.attnum > 0 AND a.attname NOT IN ('id', 'name', 'first_name', 'last_name', 'email', 'city', 'postal_code')`);
    assert.ok(Number(part) > 0.9, `only ${String(part)} of the columns that need it have a comment`);
  });

  it('has every kind of thing that a schema may have', async () => {
    const kinds =
      await values(`SELECT DISTINCT c.relkind::text || CASE WHEN c.relispartition THEN ' partition' ELSE '' END AS kind
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('shop', 'hr') AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY kind`);
    assert.deepEqual(kinds, ['m', 'p', 'r', 'r partition', 'v']);
    assert.deepEqual(
      await values(
        `SELECT enumlabel FROM pg_enum WHERE enumtypid = 'shop.order_status'::regtype ORDER BY enumsortorder`,
      ),
      ['pending', 'paid', 'shipped', 'delivered', 'returned', 'cancelled'],
    );
    assert.deepEqual(
      await values(`SELECT format_type(atttypid, atttypmod) FROM pg_attribute
      WHERE attrelid = 'shop.products'::regclass AND attname = 'tags'`),
      ['text[]'],
    );
    assert.deepEqual(
      await values(
        `SELECT provolatile FROM pg_proc WHERE oid = 'shop.lifetime_value(integer)'::regprocedure`,
      ),
      ['s'],
    );
    assert.deepEqual(
      await values(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('shop'::regnamespace, 'hr'::regnamespace)
      GROUP BY relname HAVING count(*) > 1`),
      ['addresses'],
    );
    assert.deepEqual(
      await values(`SELECT DISTINCT conrelid::regclass::text || ' → ' || confrelid::regclass::text AS key FROM pg_constraint
      WHERE contype = 'f' AND conrelid IN ('shop.orders'::regclass, 'shop.order_lines'::regclass) ORDER BY key`),
      [
        'order_lines → orders',
        'order_lines → products',
        'orders → addresses',
        'orders → customers',
        'orders → employees',
      ],
    );
    assert.deepEqual(
      await values("SELECT count(*)::integer FROM pg_partition_tree('shop.events') WHERE isleaf"),
      [12],
    );
    assert.deepEqual(await values(`SELECT nspname FROM pg_namespace WHERE nspname = 'build'`), []);
  });

  it('looks unqualified names up in shop, then hr', async () => {
    assert.deepEqual(await values('SHOW search_path'), ['shop,hr,public']);
    assert.deepEqual(
      await values(
        `SELECT 'addresses'::regclass = 'shop.addresses'::regclass AND 'employees'::regclass = 'hr.employees'::regclass`,
      ),
      [true],
    );
  });

  it('is believable: gaps, cancelled and unpaid orders, best-sellers, seasons, and no order before its customer', async () => {
    const { rows } = await client.query<Record<string, number>>(`SELECT
      (SELECT count(*)::integer FROM shop.customers c WHERE NOT EXISTS (SELECT FROM shop.orders o WHERE o.customer_id = c.id)) AS without_orders,
      (SELECT count(*)::integer FROM shop.products p WHERE NOT EXISTS (SELECT FROM shop.order_lines l WHERE l.product_id = p.id)) AS never_ordered,
      (SELECT count(*)::integer FROM shop.orders o WHERE NOT EXISTS (SELECT FROM shop.payments p WHERE p.order_id = o.id)) AS unpaid,
      (SELECT count(*)::integer FROM shop.orders WHERE status = 'cancelled') AS cancelled,
      (SELECT count(*)::integer FROM shop.customers WHERE phone IS NULL) AS without_phone,
      (SELECT count(*)::integer FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id WHERE o.ordered_at < c.created_at) AS too_early,
      (SELECT count(*)::integer FROM shop.orders o JOIN shop.addresses a ON a.id = o.shipping_address_id WHERE a.customer_id <> o.customer_id) AS wrong_address,
      (SELECT count(*)::integer FROM shop.orders WHERE extract(month FROM ordered_at) = 12) AS december,
      (SELECT count(*)::integer FROM shop.orders WHERE extract(month FROM ordered_at) = 2) AS february,
      (SELECT (sum(pieces) FILTER (WHERE place <= 32) * 100 / sum(pieces))::integer
       FROM (SELECT sum(quantity) AS pieces, row_number() OVER (ORDER BY sum(quantity) DESC) AS place FROM shop.order_lines GROUP BY product_id) AS t) AS share_of_top_tenth`);
    const facts = rows[0]!;
    assert.equal(facts['too_early'], 0);
    assert.equal(facts['wrong_address'], 0);
    for (const name of ['without_orders', 'never_ordered', 'unpaid', 'cancelled', 'without_phone'])
      assert.ok(facts[name]! > 5, name);
    assert.ok(facts['december']! > 1.5 * facts['february']!);
    assert.ok(facts['share_of_top_tenth']! > 25);
  });

  for (const place of ['shop.orders', 'shop.payments', 'shop.reviews', 'shop.events']) {
    it(`keeps the times of ${place} within 2023 to 2025`, async () => {
      const column =
        { 'shop.orders': 'ordered_at', 'shop.payments': 'paid_at', 'shop.reviews': 'created_at' }[place] ??
        'occurred_at';
      assert.deepEqual(
        await values(
          `SELECT min(${column}) >= '2023-01-01 00:00Z' AND max(${column}) < '2026-01-01 00:00Z' FROM ${place}`,
        ),
        [true],
      );
    });
  }

  it('answers every verified question with rows whose columns all have a name', async () => {
    const verified = parseVerified(await readFile(join(sqlDirectory, 'verified.sql'), 'utf8'));
    for (const { question, sql } of verified) {
      const { rows, fields } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      assert.ok(rows.length > 0, `no rows: ${question}`);
      const names = fields.map((field) => field.name);
      assert.equal(new Set(names).size, names.length, `a column's name twice: ${question}`);
      assert.ok(!names.includes('?column?'), `a column without a name: ${question}`);
    }
  });
});
