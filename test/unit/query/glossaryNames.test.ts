import assert from 'node:assert/strict';
import { unknownNames } from '../../../src/query/glossaryNames.ts';
import { readGlossary } from '../../../src/rag/glossaryFile.ts';
import { never, shop } from '../rag/schema.ts';

const known = { catalog: shop, connection: 'Mine', connections: ['Mine', 'Analytics'] };

async function warningsOn(text: string, over: object = {}): Promise<string[]> {
  const { references } = readGlossary(text);
  const warnings = await unknownNames(references, { ...known, ...over }, never);
  return warnings.map(({ message, start, end }) => `${message} ‹${text.slice(start, end)}›`);
}

describe('unknownNames', () => {
  it('finds nothing wrong with what there is', async () => {
    const text = `connections: [Mine]
terms: [{term: a, tables: [public.orders, orders.status, Customers, 'public."customers".email']}]
joins: [{from: orders.id, to: [public.payments.order_id]}]
hidden: [public.*, "*.reviews"]
metrics: [{name: m, sql: count(*), tables: [payments]}]`;
    assert.deepEqual(await warningsOn(text.replace('public.*, ', '')), []);
  });

  it('names what is near to what there is not', async () => {
    const text = `connections: [Min]
terms: [{term: a, tables: [public.order, public.custmers.email, shop.customers, public.orders.statuss, zzz, a.b.c.d]}]
joins: [{from: public.orders, to: payments.ordr_id}]
hidden: [public.review, hr.*]`;
    assert.deepEqual(await warningsOn(text), [
      'There is no connection “Min”. Did you mean Mine? ‹Min›',
      '“public.review” hides nothing in Mine. Did you mean public.reviews? ‹public.review›',
      '“hr.*” hides nothing in Mine. ‹hr.*›',
      'There is no table or column “public.order” in Mine. Did you mean public.orders or public.order_lines? ‹public.order›',
      'There is no table or column “public.custmers.email” in Mine. Did you mean public.customers.email? ‹public.custmers.email›',
      'There is no table or column “shop.customers” in Mine. Did you mean public.customers? ‹shop.customers›',
      'public.orders has no column “statuss” in Mine. Did you mean public.orders.status? ‹public.orders.statuss›',
      'There is no table or column “zzz” in Mine. ‹zzz›',
      'There is no table or column “a.b.c.d” in Mine. ‹a.b.c.d›',
      '“public.orders” is a table; a join needs a column of it: public.orders.id. ‹public.orders›',
      'public.payments has no column “ordr_id” in Mine. Did you mean public.payments.order_id? ‹payments.ordr_id›',
    ]);
  });

  it('warns of what the file itself hides', async () => {
    const text = 'terms: [{term: a, tables: [public.orders]}]\nhidden: [public.ord*]';
    assert.deepEqual(await warningsOn(text), [
      '“public.orders” is hidden by this file, so no model is told of it. ‹public.orders›',
    ]);
  });

  it('looks up connections only while there is no catalog', async () => {
    const text = 'connections: [Nobody]\nterms: [{term: a, tables: [nothing]}]';
    assert.deepEqual(await warningsOn(text, { catalog: undefined }), [
      'There is no connection “Nobody”. ‹Nobody›',
    ]);
  });
});
