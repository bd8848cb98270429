/** How well each table, what lies around it, and each schema cover a question: late interaction over words. */
import type { QuestionTerm } from './questionTerms.ts';
import type { RankingIndex, TableNames } from './rankingIndex.ts';
import type { SimilarWords } from './vocabulary.ts';

/** Shares of the question, from 0 to 1, by number of table or schema. */
export interface Coverage {
  readonly table: Float64Array;
  /** By the table together with those that foreign keys join to it. */
  readonly around: Float64Array;
  readonly schema: Float64Array;
  /** How far the question's words cover the name of the table. */
  readonly name: Float64Array;
}

/** A word of the question, what in the catalog is like it, and how much it says. */
interface Sought {
  readonly similar: SimilarWords;
  /** Weight among tables, and among schemas. */
  readonly tableWeight: number;
  readonly schemaWeight: number;
}

/** The best match of one word in each table or schema; emptied after each word by what it touched. */
class BestMatch {
  readonly value: Float64Array;
  readonly touched: number[] = [];

  constructor(size: number) {
    this.value = new Float64Array(size);
  }

  offer(at: number, match: number): void {
    const before = this.value[at] ?? 0;
    if (match <= before) return;
    if (before === 0) this.touched.push(at);
    this.value[at] = match;
  }

  /** Adds what was found, so many times, and forgets it. */
  addTo(sums: Float64Array, times: number): void {
    for (const at of this.touched) {
      sums[at] = (sums[at] ?? 0) + times * (this.value[at] ?? 0);
      this.value[at] = 0;
    }
    this.touched.length = 0;
  }
}

/**
 * For each word of the question its most similar word of the table counts, weighted by how much the word says.
 * Sources: the maximum of similarities by Khattab and Zaharia: ColBERT, SIGIR 2020; weights for words that are only alike
 * by Cohen, Ravikumar and Fienberg: A Comparison of String Distance Metrics (soft TF-IDF), IIWeb 2003.
 */
export function coverage(terms: readonly QuestionTerm[], index: RankingIndex): Coverage {
  const { tables, schemas, vocabulary } = index;
  const found: Coverage = {
    table: new Float64Array(tables.length),
    around: new Float64Array(tables.length),
    schema: new Float64Array(schemas),
    name: new Float64Array(tables.length),
  };
  const inTable = new BestMatch(tables.length);
  const inAround = new BestMatch(tables.length);
  const inSchema = new BestMatch(schemas);
  const nearest = new Float64Array(vocabulary.size);
  const sought = terms.map((term) => seek(term, index));
  for (const { similar, tableWeight, schemaWeight } of sought) {
    for (let at = 0; at < similar.ids.length; at++) {
      const word = similar.ids[at] ?? 0;
      const similarity = similar.similarities[at] ?? 0;
      if (similarity > (nearest[word] ?? 0)) nearest[word] = similarity;
      offerTables(inTable, similarity, index.inTables[word], index.worths[word]);
      for (const schema of index.inSchemas[word] ?? []) inSchema.offer(schema, similarity);
    }
    for (const table of inTable.touched) {
      const match = inTable.value[table] ?? 0;
      inAround.offer(table, match);
      for (const other of index.lends[table] ?? []) inAround.offer(other, match);
    }
    inAround.addTo(found.around, tableWeight);
    inTable.addTo(found.table, tableWeight);
    inSchema.addTo(found.schema, schemaWeight);
  }
  const total = (weight: (term: Sought) => number): number =>
    sought.reduce((sum, term) => sum + weight(term), 0) || 1;
  divide(
    found.table,
    total(({ tableWeight }) => tableWeight),
  );
  divide(
    found.around,
    total(({ tableWeight }) => tableWeight),
  );
  divide(
    found.schema,
    total(({ schemaWeight }) => schemaWeight),
  );
  coverNames(found.name, index.names, nearest);
  return found;
}

function seek({ word, weight }: QuestionTerm, index: RankingIndex): Sought {
  const { vocabulary, inTables, inSchemas, tables, schemas } = index;
  const known = vocabulary.idOf(word);
  const rarity = (all: number, having: number): number => Math.log(1 + (all - having + 0.5) / (having + 0.5));
  // What no table has says as much as a word of one table in its place would: the question asks for something.
  const among = (all: number, having: number | undefined): number =>
    known === undefined ? Math.log(Math.max(2, all)) : rarity(all, having ?? 0);
  return {
    similar: vocabulary.similar(word),
    tableWeight: weight * among(tables.length, inTables[known ?? -1]?.length),
    schemaWeight: weight * among(schemas, inSchemas[known ?? -1]?.length),
  };
}

function offerTables(
  best: BestMatch,
  similarity: number,
  tables: Int32Array = new Int32Array(),
  worths: Float32Array = new Float32Array(),
): void {
  for (let at = 0; at < tables.length; at++) best.offer(tables[at] ?? 0, similarity * (worths[at] ?? 0));
}

/** The mean over the words of each name of how near any word of the question comes. */
function coverNames(shares: Float64Array, names: TableNames, nearest: Float64Array): void {
  for (let table = 0; table < shares.length; table++) {
    const [from, to] = [names.starts[table] ?? 0, names.starts[table + 1] ?? 0];
    let sum = 0;
    for (let at = from; at < to; at++) {
      sum += Math.max(nearest[names.words[at] ?? 0] ?? 0, nearest[names.longForms[at] ?? 0] ?? 0);
    }
    shares[table] = to === from ? 0 : sum / (to - from);
  }
}

function divide(values: Float64Array, by: number): void {
  for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? 0) / by;
}
