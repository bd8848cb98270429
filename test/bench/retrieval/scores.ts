/** How much of what a question needs was retrieved. */
import type { Catalog } from '../../../src/database/catalog.ts';
import { relationsOf } from '../../../src/query/askModel.ts';
import { schemaText } from '../../../src/query/schemaText.ts';
import { estimateTokens } from '../../../src/rag/card.ts';
import type { Retrieval } from '../../../src/rag/retrieval.ts';
import type { MeasuredQuestion } from './questionFile.ts';

/** Places of the ranking that are looked at. */
export const depths = [5, 10, 20] as const;

export interface Score {
  readonly question: string;
  readonly schema: string | undefined;
  readonly tables: readonly string[];
  /** Place of each table in the ranking before foreign keys are followed, from 1; 0 where it is not in it. */
  readonly places: readonly number[];
  readonly first: readonly string[];
  /** Tables and columns that the prompt lacks. */
  readonly missingTables: readonly string[];
  readonly missingColumns: readonly string[];
  /** Tables and estimated tokens of the schema in the prompt. */
  readonly contextTables: number;
  readonly tokens: number;
  readonly ms: number;
}

export function scoreOf(asked: MeasuredQuestion, retrieval: Retrieval, catalog: Catalog, ms: number): Score {
  const ranked = retrieval.ranking.map(({ id }) => id);
  const shown = relationsOf(retrieval, catalog);
  const tables = new Set(shown.map(({ schema, name }) => `${schema}.${name}`));
  const columns = new Set(
    shown.flatMap((each) => each.columns.map((column) => `${each.schema}.${each.name}.${column.name}`)),
  );
  return {
    question: asked.question,
    schema: asked.schema,
    tables: asked.tables,
    places: asked.tables.map((table) => ranked.indexOf(table) + 1),
    first: ranked.slice(0, 10),
    missingTables: asked.tables.filter((table) => !tables.has(table)),
    missingColumns: asked.columns.filter((column) => !columns.has(column)),
    contextTables: shown.length,
    tokens: estimateTokens(schemaText(catalog, shown)),
    ms,
  };
}

/** Share of the tables that are among the first so many. */
export function recallAt({ places }: Pick<Score, 'places'>, depth: number): number {
  return places.filter((place) => place > 0 && place <= depth).length / places.length;
}

/** Place of the last table that is needed; infinite where one was not found. */
export function lastPlace({ places }: Pick<Score, 'places'>): number {
  return places.includes(0) ? Infinity : Math.max(...places);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
