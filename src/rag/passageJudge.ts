/** Judges the passages that the index on disk has found: how much of the question does each speak of? */
import type { Table } from '@lancedb/lancedb';
import type { WordSense } from '../models/wordSense.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import { textsOf } from './lanceSearch.ts';
import { texts } from './lanceTables.ts';
import { passageNearness, type WordCounts } from './passageNearness.ts';
import { SharedWork } from './sharedWork.ts';
import { inSlices } from './slices.ts';

interface Reading {
  readonly table: Table;
  readonly version: number;
  readonly work: SharedWork<WordCounts>;
}

export class PassageJudge {
  readonly #sense: () => WordSense;
  #read: Reading | undefined;

  /** @param sense loaded at the first use */
  constructor(sense: () => WordSense) {
    this.#sense = sense;
  }

  /**
   * The hits, each with its `nearness`.
   * @param keys of the hits in the table, in their order
   * @throws what LanceDB throws, and KhipuError `cancelled`
   */
  async judge(
    table: Table,
    question: string,
    hits: readonly KnowledgeHit[],
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]> {
    const [found, counts] = await Promise.all([textsOf(table, keys), this.prepare(table, signal)]);
    const near = passageNearness(question, this.#sense(), counts);
    return hits.map((hit) => ({ ...hit, nearness: near(found.get(hit.id) ?? '') }));
  }

  /**
   * The words of the passages; they are read once, and again after the store has changed, so that no question waits for it.
   * @throws what LanceDB throws
   */
  async prepare(table: Table, signal: AbortSignal): Promise<WordCounts> {
    const version = await table.version();
    const read = this.#read;
    if (read?.table === table && read.version === version && !read.work.failed) {
      return await read.work.join(signal);
    }
    const work = new SharedWork((ours) => countWords(table, ours));
    this.#read = { table, version, work };
    return await work.join(signal);
  }
}

async function countWords(table: Table, signal: AbortSignal): Promise<WordCounts> {
  const counts = new Map<string, number>();
  const rows = texts((await table.query().select(['text']).toArrow()).getChild('text'));
  const add = (text: string): void => {
    for (const word of new Set(text.split(' '))) counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  await inSlices(rows, add, signal);
  return { passages: rows.length, having: (word) => counts.get(word) ?? 0 };
}
