/** Ranks the tables of a catalog for a question, and says of each why it stands where it stands. */
import { throwIfAborted } from '../shared/errors.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import type { HitReasons, ScorePart } from './retrieval.ts';
import { questionTerms, type QuestionTerm } from './questionTerms.ts';
import type { RankingIndex } from './rankingIndex.ts';
import { coverage, type Coverage } from './tableScores.ts';

/**
 * What each part of a score weighs. Round numbers, chosen to do well on two sets of questions at once and flat around where
 * they are; docs/retrieval.md has the measurements.
 */
const weights: Readonly<Record<ScorePart, number>> = {
  table: 1,
  name: 0.25,
  around: 0.5,
  schema: 2,
  bestOfSchema: 1.25,
  vector: 1,
};

/**
 * How much of a table's identity its schema is: the one of the logarithms of how many of each there are. With 166 schemas of
 * 876 tables to find the schema is three quarters of the way, with two schemas of 20 tables a quarter, with one nothing.
 */
function schemaShare({ schemas, tables }: RankingIndex): number {
  return Math.log(schemas) / Math.log(Math.max(2, tables.length));
}

/** Matches of a question's word that are told of. */
const leastTold = 0.1;

export interface RankOptions {
  readonly limit: number;
  /** Similarity by another embedder, from 0 to 1, by id; its scale is that of the question. */
  readonly vector?: ReadonlyMap<string, number> | undefined;
}

/**
 * The tables for a question, best first; equal ones by id.
 * @throws KhipuError `cancelled`
 */
export function rankTables(
  question: string,
  index: RankingIndex,
  { limit, vector }: RankOptions,
  signal: AbortSignal,
): KnowledgeHit[] {
  throwIfAborted(signal);
  const { ids, schemaOf } = index;
  const share = schemaShare(index);
  const terms = questionTerms(
    question,
    index.splitter,
    index.sense,
    (word) => index.vocabulary.idOf(word) !== undefined,
  );
  const found = coverage(terms, index);
  const best = bestOfSchemas(found, index);
  const scores = new Float64Array(ids.length);
  for (const [table, id] of ids.entries()) {
    const near = weights.vector * (vector?.get(id) ?? 0);
    const alone =
      weights.table * (found.table[table] ?? 0) +
      weights.name * (found.name[table] ?? 0) +
      weights.around * (found.around[table] ?? 0) +
      near;
    const schema = schemaOf[table] ?? 0;
    const shared = weights.schema * (found.schema[schema] ?? 0) + weights.bestOfSchema * (best[schema] ?? 0);
    scores[table] = alone + share * shared;
  }
  return highest(scores, ids, limit).map((table) => ({
    id: ids[table] ?? '',
    score: scores[table] ?? 0,
    ranks: {},
    why: { parts: partsOf(table, index, found, best, vector), ...matches(terms, table, index) },
  }));
}

/** For each schema the score of its best table, by its own words. */
function bestOfSchemas(found: Coverage, { tables, schemaOf, schemas }: RankingIndex): Float64Array {
  const best = new Float64Array(schemas);
  for (let table = 0; table < tables.length; table++) {
    const own = weights.table * (found.table[table] ?? 0) + weights.name * (found.name[table] ?? 0);
    const schema = schemaOf[table] ?? 0;
    if (own > (best[schema] ?? 0)) best[schema] = own;
  }
  return best;
}

/** The tables of the highest scores above 0, best first; equal ones by id. */
function highest(scores: Float64Array, ids: readonly string[], limit: number): number[] {
  const enough = scores.toSorted().at(-limit) ?? 0;
  const tables: number[] = [];
  for (let table = 0; table < scores.length; table++) {
    const score = scores[table] ?? 0;
    if (score > 0 && score >= enough) tables.push(table);
  }
  const byId = (a: number, b: number): number => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1);
  tables.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || byId(a, b));
  return tables.slice(0, limit);
}

function partsOf(
  table: number,
  index: RankingIndex,
  found: Coverage,
  best: Float64Array,
  vector: ReadonlyMap<string, number> | undefined,
): Record<ScorePart, number> {
  const schema = index.schemaOf[table] ?? 0;
  const share = schemaShare(index);
  return {
    table: weights.table * (found.table[table] ?? 0),
    name: weights.name * (found.name[table] ?? 0),
    around: weights.around * (found.around[table] ?? 0),
    schema: share * weights.schema * (found.schema[schema] ?? 0),
    bestOfSchema: share * weights.bestOfSchema * (best[schema] ?? 0),
    vector: weights.vector * (vector?.get(index.ids[table] ?? '') ?? 0),
  };
}

/** Which words of the question met which of the table, and which columns they met. */
function matches(
  terms: readonly QuestionTerm[],
  table: number,
  { vocabulary, tables }: RankingIndex,
): Pick<HitReasons, 'matched' | 'columns'> {
  const { words, columns } = tables[table] ?? { words: new Map<number, number>(), columns: [] };
  const matched: HitReasons['matched'][number][] = [];
  const nearest = new Map<number, number>();
  for (const { word, weight } of terms) {
    const { ids, similarities } = vocabulary.similar(word);
    let best = { found: '', similarity: 0 };
    for (const [at, id] of ids.entries()) {
      if (!words.has(id)) continue;
      const similarity = similarities[at] ?? 0;
      nearest.set(id, Math.max(nearest.get(id) ?? 0, weight * similarity));
      if (similarity > best.similarity) best = { found: vocabulary.word(id), similarity };
    }
    if (best.similarity >= leastTold) matched.push({ asked: word, ...best });
  }
  const hit = columns
    .map((column) => ({
      name: column.name,
      similarity: Math.max(0, ...column.words.map((word) => nearest.get(word) ?? 0)),
    }))
    .filter(({ similarity }) => similarity >= leastTold);
  return { matched, columns: hit };
}
