import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import type { WordSense } from '../../../src/models/wordSense.ts';
import { enumValues, tableCard } from '../../../src/rag/card.ts';
import type { KnowledgeHit } from '../../../src/rag/knowledgeStore.ts';
import { questionTerms } from '../../../src/rag/questionTerms.ts';
import { buildRankingIndex } from '../../../src/rag/rankingIndex.ts';
import { decodeDetail, encodeDetail, type TableDetail } from '../../../src/rag/tableDetail.ts';
import { rankTables } from '../../../src/rag/tableRanking.ts';
import { createWordSplitter } from '../../../src/rag/wordSplitter.ts';
import { catalogOf, never, relation, shop } from './schema.ts';
import { senseOf } from './senseOf.ts';

const sense = senseOf(
  'the number pet animal owner buyer customer country language name wage salary student employee worker'.split(
    ' ',
  ),
  [
    ['pet', 'animal'],
    ['buyer', 'customer'],
    ['wage', 'salary'],
    ['employee', 'worker'],
  ],
);

function detailsOf(catalog: Catalog): Map<string, TableDetail> {
  const enums = enumValues(catalog);
  const cards = catalog.relations.map((each) => tableCard(each, enums));
  return new Map(cards.map(({ id, detail = '' }) => [id, decodeDetail(detail)]));
}

async function rank(
  question: string,
  catalog: Catalog = shop,
  words: WordSense | 'exact' = sense,
  vector?: ReadonlyMap<string, number>,
): Promise<KnowledgeHit[]> {
  const index = await buildRankingIndex(detailsOf(catalog), words === 'exact' ? undefined : words, never);
  return rankTables(question, index, { limit: 20, vector }, never);
}

const ids = (hits: readonly KnowledgeHit[]): string[] => hits.map(({ id }) => id);

describe('ranking tables', () => {
  it('finds a table by other words for its own, and says which', async () => {
    const [first] = await rank('wages of workers');
    assert.equal(first?.id, 'public.employees');
    assert.deepEqual(
      first.why?.matched.map(({ asked, found }) => `${asked} ~ ${found}`),
      ['wage ~ salary', 'worker ~ employee'],
    );
    assert.deepEqual(
      first.why.columns.map(({ name }) => name),
      ['salary'],
    );
    assert.ok(Math.abs(Object.values(first.why.parts).reduce((a, b) => a + b) - first.score) < 1e-9);
  });

  it('prefers the same word to one that is like it', async () => {
    const catalog = catalogOf(['buyers(id, name)', 'customers(id, name)']);
    assert.deepEqual(ids(await rank('How many customers?', catalog)), ['public.customers', 'public.buyers']);
    assert.deepEqual(ids(await rank('How many buyers?', catalog)), ['public.buyers', 'public.customers']);
  });

  it('knows the parts of compounds and what abbreviations stand for', async () => {
    const catalog = catalogOf(['countrylanguage(id)', 'countryowner(id)', 'cust(id, qty)', 'emp(id)']);
    assert.equal((await rank('languages of countries', catalog))[0]?.id, 'public.countrylanguage');
    assert.equal((await rank('quantity per customer', catalog))[0]?.id, 'public.cust');
    assert.equal((await rank('cust', catalog))[0]?.id, 'public.cust');
    assert.equal((await rank('workers', catalog))[0]?.id, 'public.emp');
  });

  it('prefers the schema that covers the whole question', async () => {
    const catalog = catalogOf([
      'zoo.animals(id, species)',
      'zoo.keepers(id, wage)',
      'vet.pets(id, name)',
      'vet.owners(id, pet_id -> vet.pets)',
    ]);
    const hits = await rank('names of pets whose owner has several', catalog);
    assert.deepEqual(ids(hits).slice(0, 2), ['vet.pets', 'vet.owners']);
  });

  it('lets a schema count for the less, the fewer there are', async () => {
    const others = Array.from({ length: 8 }, (_, at) => `shop.thing${at}(id, customer)`);
    const two = catalogOf([...others, 'hr.employees(id, salary)']);
    const hits = await rank('workers of the customer', two);
    assert.equal(hits[0]?.id, 'hr.employees');
    const one = await rank('workers', catalogOf(['employees(id)', 'things(id)']));
    assert.deepEqual(ids(one), ['public.employees']);
    assert.equal(one[0]?.why?.parts.schema, 0);
  });

  it('lets a link table profit from what it joins, but not a hub from all that refers to it', async () => {
    const link = catalogOf([
      'students(id, name)',
      'pets(id, kind)',
      'has(student_id -> students, pet_id -> pets)',
      'has_not(a, b)',
    ]);
    const around = (hits: KnowledgeHit[], id: string): number =>
      hits.find((hit) => hit.id === id)?.why?.parts.around ?? 0;
    const hits = await rank('students and their animals', link);
    assert.ok(around(hits, 'public.has') > 0.2);
    assert.equal(around(hits, 'public.has_not'), 0);
    const many = Array.from({ length: 13 }, (_, at) => `owner${at}(id, hub_id -> hubs)`);
    const hub = catalogOf(['hubs(id, label)', ...many]);
    assert.equal(around(await rank('owners', hub), 'public.hubs'), 0);
    assert.ok(around(await rank('owners', catalogOf(hub.relations.slice(0, 13))), 'public.hubs') > 0);
  });

  it('finds values of enums', async () => {
    assert.equal((await rank('everything that was shipped'))[0]?.id, 'public.orders');
  });

  it('finds exact words where nothing is known of words', async () => {
    const hits = await rank('salary of each employee', shop, 'exact');
    assert.equal(hits[0]?.id, 'public.employees');
    assert.deepEqual(ids(await rank('wages of workers', shop, 'exact')), []);
  });

  it('follows another embedder where no word is known', async () => {
    const vector = new Map([
      ['public.reviews', 1],
      ['public.orders', 0.4],
    ]);
    assert.deepEqual(ids(await rank('评论 订单', shop, sense, vector)), ['public.reviews', 'public.orders']);
  });

  it('gives nothing for nothing, and the same for the same', async () => {
    assert.deepEqual(await rank(''), []);
    assert.deepEqual(await rank('?!'), []);
    assert.deepEqual(await rank('anything', catalogOf([])), []);
    assert.deepEqual(await rank('names of customers'), await rank('names of customers'));
  });

  it('ends when cancelled', async () => {
    await assert.rejects(buildRankingIndex(detailsOf(shop), sense, AbortSignal.abort()), {
      kind: 'cancelled',
    });
    const index = await buildRankingIndex(detailsOf(shop), sense, never);
    assert.throws(() => rankTables('x', index, { limit: 1 }, AbortSignal.abort()), { kind: 'cancelled' });
  });
});

describe('the words of a question', () => {
  const terms = (question: string): string[] =>
    questionTerms(question, createWordSplitter(undefined), undefined, (word) => word === '17').map(
      ({ word, weight }) => `${word} ${weight}`,
    );

  it('say little where they order or count, and nothing as numbers', () => {
    assert.deepEqual(terms('What is the average price of the top 3 products?'), [
      'average 0.2',
      'price 1',
      'top 0.2',
      'product 1',
    ]);
    assert.deepEqual(terms('2016'), ['2016 0.2']);
    assert.deepEqual(terms('2016 in table 17'), ['table 1', '17 0.2']);
  });

  it('tell an order that was placed from one that rows stand in', () => {
    assert.deepEqual(terms('orders of 2016'), ['order 1']);
    assert.deepEqual(terms('products in alphabetical order'), ['product 1']);
    assert.deepEqual(terms('products ordered by price'), ['product 1', 'price 1']);
  });
});

describe('what is kept of a table', () => {
  it('comes back as it was, capped', () => {
    const card = tableCard(relation('s.t(id, Größe: text)', { comment: '"}] \n\0' }), new Map());
    const detail = decodeDetail(card.detail ?? '');
    assert.deepEqual([detail.name, detail.comment, detail.columns.length], ['t', '"}] \n\0', 2]);
    assert.equal(encodeDetail(detail), card.detail);
    const long = { ...detail, comment: 'x'.repeat(100_000) };
    assert.ok(encodeDetail(long).length < 1000);
    assert.throws(() => decodeDetail('{}'));
  });
});
