/** Questions in another language than the schema's: the built-in embedder knows English, and must not do worse for it than full text. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createBuiltinEmbedder } from '../../../src/models/builtinEmbedder.ts';
import { loadWordSense } from '../../../src/models/wordSense.ts';
import { Bm25 } from '../../../src/rag/bm25.ts';
import { enumValues, tableCard } from '../../../src/rag/card.ts';
import { createMemoryStore } from '../../../src/rag/memoryStore.ts';
import { contentWords, words } from '../../../src/rag/words.ts';
import { repository } from '../../host/folders.ts';
import { catalogOf } from '../../unit/rag/schema.ts';

const never = new AbortController().signal;

const catalog = catalogOf([
  'airports(code, name, city, altitude)',
  'albums(id, title, band_id, release_year)',
  'bands(id, name, genre)',
  'concerts(id, band_id, stadium_id, date)',
  'customers(id, name, email, status)',
  'hotels(id, name, stars)',
  'invoices(id, customer_id, total, date)',
  'museums(id, name, opening_year)',
  'orders(id, customer_id, date, status)',
  'products(id, name, price)',
  'restaurants(id, name, rating)',
  'stadiums(id, name, capacity)',
  'students(id, name, semester)',
]);

const questions: readonly (readonly [string, string])[] = [
  ['Wie viele Restaurants gibt es?', 'restaurants'],
  ['Welches Hotel hat die meisten Sterne?', 'hotels'],
  ['Zeige den status aller orders vom letzten Monat', 'orders'],
  ['Welche Alben der Bands kamen im release_year 2020?', 'albums'],
  ['Wie viele customers haben keine E-Mail?', 'customers'],
  ['¿Cuántos hotels hay en la ciudad?', 'hotels'],
  ['¿Cuál es el total de las invoices por customer?', 'invoices'],
  ['Muestra los museums con su opening_year', 'museums'],
  ['Combien de restaurants ont un bon rating ?', 'restaurants'],
  ['Quels concerts ont lieu dans chaque stadium ?', 'concerts'],
  ['Quanti students ci sono per semester?', 'students'],
  ['Quali products hanno un price sopra 100?', 'products'],
];

describe('questions in another language than the schema', function () {
  this.timeout(30_000);

  it('find their table no later than full text does', async () => {
    const vectors = join(repository, 'dist', 'vectors.bin');
    const store = createMemoryStore({
      embedder: createBuiltinEmbedder(vectors),
      sense: loadWordSense(vectors, never),
    });
    const enums = enumValues(catalog);
    await store.index(
      catalog.relations.map((each) => tableCard(each, enums)),
      never,
    );
    const text = new Bm25();
    for (const { name, columns } of catalog.relations)
      text.add(name, [name, ...columns.map((column) => column.name)].flatMap(words).join(' '));
    const later: string[] = [];
    let [ours, theirs] = [0, 0];
    for (const [question, table] of questions) {
      const hits = await store.search(question, { kind: 'table', limit: 20 }, never);
      const place = placeOf(
        `public.${table}`,
        hits.map(({ id }) => id),
      );
      const textPlace = placeOf(table, text.rank(contentWords(question), 20));
      if (place > textPlace) later.push(`${question}: ${place} instead of ${textPlace}`);
      ours += Number(place === 1);
      theirs += Number(textPlace === 1);
    }
    assert.deepEqual(later, []);
    assert.ok(ours >= theirs, `${ours} first, full text ${theirs}`);
  });
});

function placeOf(id: string, ids: readonly string[]): number {
  const at = ids.indexOf(id);
  return at === -1 ? Infinity : at + 1;
}
