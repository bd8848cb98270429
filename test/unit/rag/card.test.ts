import assert from 'node:assert/strict';
import {
  enumValues,
  estimateTokens,
  hasCard,
  tableCard,
  tableOutline,
  verifiedCard,
} from '../../../src/rag/card.ts';
import { catalogOf, relation, shop } from './schema.ts';

const orders = shop.relations[2]!;

describe('the card of a table', () => {
  it('holds the words of name, comment, columns, enum values and targets', () => {
    const card = tableCard(
      relation('sales.OrderLines(id, orderId -> sales.orders, state: order_status[]) "Was ist es?"'),
      enumValues(shop),
    );
    assert.equal(card.id, 'sales.OrderLines');
    assert.equal(
      card.text,
      'sale order line order line was ist es id order id state pending shipped cancelled order',
    );
  });

  it('is the same each time, and its hash changes with its text', () => {
    const enums = enumValues(shop);
    assert.deepEqual(tableCard(orders, enums), tableCard(structuredClone(orders), enums));
    assert.match(tableCard(orders, enums).hash, /^[0-9a-f]{32}$/);
    const more = tableCard({ ...orders, comment: 'new' }, enums);
    assert.notEqual(more.hash, tableCard(orders, enums).hash);
    const otherValue = enumValues({
      ...shop,
      enums: [{ schema: 'public', name: 'order_status', values: ['x'] }],
    });
    assert.notEqual(tableCard(orders, otherValue).hash, tableCard(orders, enums).hash);
  });

  it('takes the enum that the bare name means on the search path', () => {
    const catalog = catalogOf(
      [],
      [
        { schema: 'hidden', name: 'mood', values: ['wrong'] },
        { schema: 'public', name: 'mood', values: ['right'] },
        { schema: 'public', name: 'Odd "Name"', values: ['odd'] },
      ],
    );
    const enums = enumValues(catalog);
    assert.deepEqual(enums.get('mood'), ['right']);
    assert.deepEqual(enums.get('hidden.mood'), ['wrong']);
    assert.deepEqual(enums.get('"Odd ""Name"""'), ['odd']);
  });

  it('is not made for a partition', () => {
    assert.equal(hasCard(orders), true);
    assert.equal(hasCard({ ...orders, partitionOf: 'public.all_orders' }), false);
  });

  it('measures its room in a prompt', () => {
    const { columns, rest } = tableOutline(orders, enumValues(shop));
    assert.match(rest, /^TABLE public\.orders/);
    assert.equal(columns.length, 4);
    assert.match(columns[0] ?? '', /id text PRIMARY KEY/);
    assert.match(columns[3] ?? '', /one of 'pending', 'shipped', 'cancelled'/);
    assert.match(rest, /FOREIGN KEY \(customer_id\) REFERENCES public\.customers \(id\)/);
    assert.equal(estimateTokens('x'.repeat(28)), 10);
  });
});

describe('the card of a verified question', () => {
  it('is another one when the SQL is another', () => {
    const a = verifiedCard({ question: 'How many orders?', sql: 'select 1' });
    const b = verifiedCard({ question: 'How many orders?', sql: 'select 2' });
    assert.notEqual(a.id, b.id);
    assert.equal(a.text, 'order');
  });
});
