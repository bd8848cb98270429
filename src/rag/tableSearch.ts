/** The search over the tables that a store holds: they are read once, and again after the store has changed. */
import type { Table } from '@lancedb/lancedb';
import type { WordSense } from '../models/wordSense.ts';
import type { KnowledgeHit } from './knowledgeStore.ts';
import { buildRankingIndex, type RankingIndex } from './rankingIndex.ts';
import { SharedWork } from './sharedWork.ts';
import { inSlices } from './slices.ts';
import { decodeDetail, detailOfText, type TableDetail } from './tableDetail.ts';
import { rankTables } from './tableRanking.ts';
import { nearestTables, vectorShares } from './vectorShare.ts';

/** What was read, and of which state of which table: one that was made anew counts its versions from the start. */
interface Reading {
  readonly table: Table;
  readonly version: number;
  readonly work: SharedWork<RankingIndex>;
}

const warmUps = 10;

export class TableSearch {
  readonly #sense: () => WordSense;
  #read: Reading | undefined;

  /** @param sense loaded at the first use */
  constructor(sense: () => WordSense) {
    this.#sense = sense;
  }

  /**
   * Reads the tables unless they are read already, so that the next question does not wait for it.
   * @throws what LanceDB throws, and Error when what is stored cannot be read
   */
  async prepare(table: Table, signal: AbortSignal): Promise<RankingIndex> {
    const version = await table.version();
    const read = this.#read;
    if (read?.table !== table || read.version !== version || read.work.failed) {
      const sense = this.#sense();
      const work = new SharedWork(
        async (ours) =>
          await warmed(await buildRankingIndex(await storedDetails(table, ours), sense, ours), ours),
      );
      this.#read = { table, version, work };
      return await work.join(signal);
    }
    return await read.work.join(signal);
  }

  /**
   * The tables for a question, best first.
   * @param vector of the question, where the embedder adds to the ranking
   * @throws as `prepare` does
   */
  async search(
    table: Table,
    question: string,
    vector: Float32Array | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]> {
    const [index, near] = await Promise.all([this.prepare(table, signal), nearest(table, vector)]);
    return rankTables(question, index, { limit, vector: near }, signal);
  }
}

/** Asked once or twice, so that its code is compiled before somebody waits: the first question would take four times as long. */
async function warmed(index: RankingIndex, signal: AbortSignal): Promise<RankingIndex> {
  const ask = (question: string): void => void rankTables(question, index, { limit: 60 }, signal);
  await inSlices(index.ids.slice(0, warmUps), ask, signal);
  return index;
}

async function storedDetails(table: Table, signal: AbortSignal): Promise<Map<string, TableDetail>> {
  const rows = await table.query().select(['id', 'text', 'detail']).toArrow();
  const ids = [...(rows.getChild('id') ?? [])].map(String);
  const texts = [...(rows.getChild('text') ?? [])].map(String);
  const written = [...(rows.getChild('detail') ?? [])].map(String);
  const order = [...ids.keys()].sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
  const details = new Map<string, TableDetail>();
  const read = (row: number): void => {
    const detail = written[row] ?? '';
    details.set(ids[row] ?? '', detail === '' ? detailOfText(texts[row] ?? '') : decodeDetail(detail));
  };
  await inSlices(order, read, signal);
  return details;
}

async function nearest(
  table: Table,
  vector: Float32Array | undefined,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (vector === undefined || vector.every((value) => value === 0)) return undefined;
  const query = table.query().nearestTo(vector).distanceType('dot').select(['id', '_distance']);
  const rows = await query.limit(nearestTables).toArrow();
  const distances = [...(rows.getChild('_distance') ?? [])].map(Number);
  const ids = [...(rows.getChild('id') ?? [])].map(String);
  return vectorShares(new Map(ids.map((id, at) => [id, 1 - (distances[at] ?? 1)])));
}
