import assert from 'node:assert/strict';
import type { Catalog, Column, ColumnProfile } from '../../../src/database/catalog.ts';
import { schemaText } from '../../../src/query/schemaText.ts';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { commonValues, profileNote } from '../../../src/rag/profile.ts';
import { valueMatches } from '../../../src/rag/valueMatches.ts';
import { catalogOf, relation } from './schema.ts';

const known: ColumnProfile = {
  nullShare: 0.123,
  distinct: 120,
  common: ['Lima', "Cap d'Ail", 'Cusco'],
  range: undefined,
};
const columnOf = (type: string, profile?: Partial<ColumnProfile>): Column => ({
  name: 'city',
  type,
  nullable: true,
  primaryKey: false,
  default: undefined,
  comment: undefined,
  profile: profile === undefined ? undefined : { ...known, ...profile },
});
const note = (type: string, profile?: Partial<ColumnProfile>): string =>
  profileNote(columnOf(type, profile), false);

/** A catalog in which the cities are known. */
function profiled(): Catalog {
  const [shops] = catalogOf([relation('public.shops(id: integer, city, state: mood)')]).relations;
  const columns = shops!.columns.map((column) =>
    column.name === 'id' ? column : { ...column, profile: known },
  );
  return catalogOf([{ ...shops!, columns }], [{ schema: 'public', name: 'mood', values: ['new'] }]);
}

describe("a column's profile", () => {
  it('becomes a note of its values, their number and the share of NULL', () => {
    assert.equal(
      note('text', {}),
      "often 'Lima', 'Cap d''Ail', 'Cusco'; about 120 different values; 12% NULL",
    );
    assert.equal(note('text', { distinct: 3, nullShare: 0 }), "values 'Lima', 'Cap d''Ail', 'Cusco'");
    assert.equal(note('text', { common: [], nullShare: 0.001 }), 'about 120 different values');
    assert.equal(note('integer', { range: { low: '1', high: '90' }, nullShare: 0 }), 'mostly from 1 to 90');
    assert.equal(note('boolean', { common: ['t', 'f'] }), '12% NULL');
    assert.equal(profileNote(columnOf('mood', {}), true), '12% NULL');
    assert.equal(note('text'), '');
  });

  it('stays short however much is known', () => {
    const common = Array.from({ length: 10 }, (_, at) => `${at}${"'".repeat(39)}`);
    assert.ok(note('text', { common }).length < 600);
    assert.equal(note('text', { common }).match(/, '/g)?.length, 5);
  });

  it('gives words for values of text only', () => {
    assert.deepEqual(commonValues(columnOf('text', {})), known.common);
    for (const type of ['integer', 'numeric(10,2)', 'timestamp with time zone', 'uuid', 'boolean'])
      assert.deepEqual(commonValues(columnOf(type, {})), []);
    assert.deepEqual(commonValues(columnOf('text')), []);
  });

  it('stands behind the comment in the prompt, tamed', () => {
    const catalog = profiled();
    const [shops] = catalog.relations;
    const columns = shops!.columns.map((column) =>
      column.name === 'city' ? { ...column, comment: 'Where\nit is' } : column,
    );
    const text = schemaText(catalog, [{ ...shops!, columns }]);
    assert.match(text, /"?city"? text.* -- Where it is -- often 'Lima', 'Cap d''Ail', 'Cusco'; about 120/);
    assert.match(text, /state mood.* -- 12% NULL/, "an enum's values are told once");
  });

  it('lets a question name its values, and an enum keep its own', async () => {
    const cards = await makeCatalogCards(profiled(), new AbortController().signal);
    const found = valueMatches("How many shops are in Lima or Cap d'Ail, and which are new?", cards);
    assert.deepEqual(
      found.map(({ column, value }) => `${column} ${value}`),
      ['city Lima', "city Cap d'Ail", 'state new'],
    );
    assert.match(cards.items[0]?.text ?? '', /lima/);
    const plain = await makeCatalogCards(
      catalogOf([relation('public.shops(id, city)')]),
      new AbortController().signal,
    );
    assert.deepEqual(valueMatches('How many shops are in Lima?', plain), []);
  });
});
