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
  readonly lends: readonly Int32Array[];
  /** For each word the tables that it stands in, and the worth of its best place in each. */
  readonly inTables: readonly Int32Array[];
  readonly worths: readonly Float32Array[];
  readonly inSchemas: readonly Int32Array[];
  readonly names: TableNames;
}

/** The words of all names in one list, for each question looks at every one of them. */
export interface TableNames {
  /** Where the words of each table's name begin; one more for the end. */
  readonly starts: Int32Array;
  readonly words: Int32Array;
  /** What the word is an abbreviation of; the word itself when of nothing. */
  readonly longForms: Int32Array;
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
    lends: lends.map(packed),
    inTables: inTables.map(packed),
    worths: worths.map((each) => Float32Array.from(each)),
    inSchemas: inSchemas.map(packed),
    names: namesOf(tables),
  };
}

function packed(numbers: readonly number[]): Int32Array {
  return Int32Array.from(numbers);
}

function namesOf(tables: readonly TableWords[]): TableNames {
  const starts = [0];
  const words: number[] = [];
  const longForms: number[] = [];
  for (const { name } of tables) {
    for (const [word = 0, longForm = word] of name) {
      words.push(word);
      longForms.push(longForm);
    }
    starts.push(words.length);
  }
  return { starts: packed(starts), words: packed(words), longForms: packed(longForms) };
}
