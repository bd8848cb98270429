/** Results that are drawn: rows in memory behind the real working out of charts. */
import { noCallables } from '../../../src/database/callables.ts';
import { bufferedPages } from '../../../src/database/resultPages.ts';
import { drawChart } from '../../../src/editor/chartRows.ts';
import type { ChartSource, RowSource } from '../../../src/editor/resultsHost.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { loadParser } from '../../../src/database/parse.ts';
import type { ChartPicture } from '../../../src/shared/chartData.ts';
import type { ResultColumn, ResultRow, ResultsState } from '../../../src/shared/resultsProtocol.ts';
import { generatedSource, generatedState } from './generatedRows.ts';

export interface ChartedResult {
  readonly source: RowSource & { charts: ChartSource };
  readonly state: Extract<ResultsState, { status: 'rows' }>;
  /** Pictures that were to be written. */
  readonly saved: ChartPicture[];
}

export function column(name: string, type: string): ResultColumn {
  const isNumber = /^(?:smallint|integer|bigint|numeric|real|double)/.test(type);
  return { name, type, align: isNumber ? 'right' : 'left' };
}

/** @param columns `name: type` */
export async function chartedResult(
  id: string,
  columns: Readonly<Record<string, string>> | readonly ResultColumn[],
  rows: readonly ResultRow[],
): Promise<ChartedResult> {
  const named = Array.isArray(columns)
    ? (columns as readonly ResultColumn[])
    : Object.entries(columns as Record<string, string>).map(([name, type]) => column(name, type));
  const head = { columns: named, firstRows: rows.slice(0, 500), ms: 3, messages: undefined };
  const pages = bufferedPages(head, rows);
  const statement = ReadOnlySql.fromText(
    await loadParser(),
    { callables: noCallables, searchPath: [] },
    'SELECT 1',
  );
  const answer = { rows: pages, statement, runAround: () => Promise.reject(new Error('All rows are here.')) };
  const saved: ChartPicture[] = [];
  const state = generatedState(id, rows.length, named.length, {
    columns: [...named],
    firstRows: rows.slice(0, 500).map((row) => [...row]),
  });
  return {
    saved,
    source: {
      ...generatedSource(id, rows.length, named.length),
      charts: {
        draw: (chart, signal) => drawChart(answer, chart, signal),
        save: (picture) => {
          saved.push(picture);
          return Promise.resolve(true);
        },
      },
    },
    state: {
      ...state,
      header: { ...state.header, sql: 'SELECT category, revenue\nFROM sales', assumptions: [], notices: [] },
    },
  };
}
