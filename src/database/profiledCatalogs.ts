/** Catalogs with what the planner knows of their columns, for connections whose AI policy lets common values be sent. */
import { SharedAttempt } from '../shared/sharedAttempt.ts';
import { toKhipuError } from '../shared/errors.ts';
import type { Catalog, Column, ColumnProfile, Relation } from './catalog.ts';
import { readColumnStatistics, type ColumnStatistics, type StatisticsOfColumn } from './columnStatistics.ts';
import type { Connected } from './connections.ts';
import type { AiPolicy } from './profile.ts';

/** Whether values of rows may be sent to a model: those that are common in a column. */
export function allowsSamples(policy: AiPolicy): boolean {
  return policy === 'samples' || policy === 'results';
}

/** Reads the statistics of each catalog once; the same catalog gives the same profiled one. */
export class ProfiledCatalogs {
  readonly #log: (line: string) => void;
  readonly #read = new WeakMap<Catalog, SharedAttempt<Catalog>>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /**
   * The catalog as a model may know it: the very one where the policy allows names and types only, or where
   * the server has no statistics for this role.
   * @throws KhipuError `cancelled`
   */
  async of(connected: Connected, signal: AbortSignal): Promise<Catalog> {
    const { profile, catalog } = connected;
    if (!allowsSamples(profile.aiPolicy)) return catalog;
    let reading = this.#read.get(catalog);
    if (reading === undefined) {
      reading = new SharedAttempt((ours) => this.#profiled(connected, ours));
      this.#read.set(catalog, reading);
    }
    return reading.get(signal);
  }

  async #profiled({ database, catalog, profile }: Connected, signal: AbortSignal): Promise<Catalog> {
    try {
      return withStatistics(catalog, await readColumnStatistics(database, signal));
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (error.kind === 'cancelled') throw error;
      this.#log(`Statistics of ${profile.name}: ${error.message} Its columns are described without them.`);
      return catalog;
    }
  }
}

/** The catalog with a profile for each column that has statistics. */
export function withStatistics(catalog: Catalog, statistics: ColumnStatistics): Catalog {
  const relations = catalog.relations.map((relation): Relation => {
    const known = statistics.get(`${relation.schema}.${relation.name}`);
    if (known === undefined) return relation;
    const columns = relation.columns.map((column): Column => {
      const found = known.get(column.name);
      return found === undefined ? column : { ...column, profile: profileOf(column, found, relation) };
    });
    return { ...relation, columns };
  });
  return { ...catalog, relations };
}

function profileOf(column: Column, found: StatisticsOfColumn, { rowEstimate }: Relation): ColumnProfile {
  const share = found.distinct < 0 ? -found.distinct : undefined;
  const ofRows = rowEstimate === undefined ? undefined : Math.round((share ?? 0) * rowEstimate);
  return {
    nullShare: found.nullShare,
    distinct: share === undefined ? Math.round(found.distinct) || undefined : ofRows,
    common: found.common,
    range: hasRange.test(column.type) ? found.range : undefined,
  };
}

/** The limits of a text are values of single rows, and say nothing of what is usual. */
const hasRange = /^(?:smallint|integer|bigint|numeric|real|double precision|money|date|timestamp|time)\b/;
