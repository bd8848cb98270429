/** The tables of a catalog made ready for ranking: which word stands in which tables and schemas. */
import type { WordSense } from '../models/wordSense.ts';
import { lendingTables } from './foreignKeyGraph.ts';
import { inSlices } from './slices.ts';
import type { TableDetail } from './tableDetail.ts';
import { tableWords, type TableWords } from './tableWords.ts';
import { Vocabulary } from './vocabulary.ts';
import { createWordSplitter, type WordSplitter } from './wordSplitter.ts';

/** Tables, schemas and words are known by number. */
export interface RankingIndex {
  readonly sense: WordSense | undefined;
  readonly splitter: WordSplitter;
  readonly vocabulary: Vocabulary;
  readonly ids: readonly string[];
  readonly tables: readonly TableWords[];
  readonly schemaOf: readonly number[];
  readonly schemas: number;
  /** For each table those that it lends its words to. */
  readonly lends: readonly (readonly number[])[];
  /** For each word the tables that it stands in, and the worth of its best place in each. */
  readonly inTables: readonly (readonly number[])[];
  readonly worths: readonly (readonly number[])[];
  readonly inSchemas: readonly (readonly number[])[];
}

/**
 * Reads the tables in slices, so that 10,000 of them do not hold the event loop.
 * @param sense without it words match only themselves, and compounds stay whole
 */
export async function buildRankingIndex(
  details: ReadonlyMap<string, TableDetail>,
  sense: WordSense | undefined,
  signal: AbortSignal,
): Promise<RankingIndex> {
  const vocabulary = new Vocabulary(sense);
  const splitter = createWordSplitter(sense);
  const schemas = new Map<string, number>();
  const tables: TableWords[] = [];
  const schemaOf: number[] = [];
  const inTables: number[][] = [];
  const worths: number[][] = [];
  const inSchemas: number[][] = [];
  const add = (detail: TableDetail): void => {
    const schema = schemas.get(detail.schema) ?? schemas.size;
    schemas.set(detail.schema, schema);
    schemaOf.push(schema);
    const table = tableWords(detail, splitter, vocabulary);
    for (const [word, worth] of table.words) {
      (inTables[word] ??= []).push(tables.length);
      (worths[word] ??= []).push(worth);
      const within = (inSchemas[word] ??= []);
      if (!within.includes(schema)) within.push(schema);
    }
    tables.push(table);
  };
  await inSlices(details.values(), add, signal);
  await inSlices(vocabulary.prepare(), () => undefined, signal);
  const ids = [...details.keys()];
  const lends = lendingTables(
    new Map(ids.map((id, table) => [id, table])),
    [...details.values()].map(({ refersTo }) => refersTo),
  );
  return {
    ...{ sense, splitter, vocabulary, ids, tables, schemaOf, schemas: schemas.size },
    ...{ lends, inTables, worths, inSchemas },
  };
}
