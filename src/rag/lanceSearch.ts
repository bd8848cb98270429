/** How LanceDB is searched: full text over words that are split already, and a flat search over vectors. */
import { Index, MatchQuery, type Table } from '@lancedb/lancedb';
import { texts } from './lanceTables.ts';

/** LanceDB uses up each of these, so that every creation takes a fresh one. */
export function textIndex(): Index {
  return Index.fts({
    baseTokenizer: 'whitespace', // the text is split already
    stem: false,
    removeStopWords: false,
    asciiFolding: true,
    withPosition: false,
    maxTokenLength: 64,
  });
}

export async function hasTextIndex(table: Table): Promise<boolean> {
  return (await table.listIndices()).some(({ columns }) => columns.includes('text'));
}

export async function byText(table: Table, asked: string, count: number): Promise<string[]> {
  if (asked === '' || !(await hasTextIndex(table))) return [];
  // A MatchQuery takes words as words: nothing in them is read as the syntax of a query.
  const query = table.query().fullTextSearch(new MatchQuery(asked, 'text')).select(['id', '_score']);
  return texts((await query.limit(count).toArrow()).getChild('id'));
}

/** The words of some items, by id. @param keys hexadecimal digits, safe inside a filter */
export async function textsOf(table: Table, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map();
  const wanted = keys.map((key) => `'${key}'`).join(', ');
  const rows = await table.query().where(`key IN (${wanted})`).select(['id', 'text']).toArrow();
  const found = texts(rows.getChild('text'));
  return new Map(texts(rows.getChild('id')).map((id, at) => [id, found[at] ?? '']));
}

export async function byVector(
  table: Table,
  vector: Float32Array | undefined,
  count: number,
): Promise<string[]> {
  if (vector === undefined || vector.every((value) => value === 0)) return [];
  // On unit vectors 1 - dot is the cosine distance, and unlike it defined for the zero vector of an unknown text.
  const query = table.query().nearestTo(vector).distanceType('dot').select(['id', '_distance']);
  const rows = await query.limit(count).toArrow();
  const distances = [...(rows.getChild('_distance') ?? [])].map(Number);
  return texts(rows.getChild('id')).filter((_, index) => (distances[index] ?? 1) < 1);
}
