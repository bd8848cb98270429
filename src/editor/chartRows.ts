/** The numbers behind a chart of an open result: from its rows where all are here, else worked out in the database. */
import type { Answer } from '../answers.ts';
import {
  binsSql,
  boundsSql,
  boxesSql,
  groupedSql,
  sampleSql,
  timeSpanSql,
  type ChartColumn,
  type GroupOrder,
} from '../database/chartSql.ts';
import { firstRowsOnly } from '../database/firstRowsOnly.ts';
import type { ParameterValue } from '../database/parameters.ts';
import type { ResultPages } from '../database/resultPages.ts';
import { proposeChart } from '../query/chart.ts';
import { foldPoints } from '../query/chartFold.ts';
import { groupRows, type Point } from '../query/chartGroups.ts';
import { aggregated, columnsOf, fieldsOf, shapeOf, type ChartShape } from '../query/chartShape.ts';
import { binPoints, binRows, binsOver, boxRows } from '../query/chartSpread.ts';
import { mostRows, resultFacts } from '../query/resultFacts.ts';
import { mostTimes, unitFor, type TimeUnit } from '../query/timeUnits.ts';
import type { DrawnChart } from '../shared/chartData.ts';
import type { Chart } from '../shared/chartProtocol.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';

export type ChartedRows = Pick<Answer, 'rows' | 'statement' | 'runAround'>;

/** Groups beyond these are not read from the database. */
const mostGroups = 5000;
const mostSampled = 2000;
const mostBoxes = 30;
/** Characters of a cell that a chart has a use for. */
const longestCell = 300;

interface Found {
  readonly points: readonly Point[];
  readonly unit?: TimeUnit | undefined;
  readonly notes: readonly string[];
  /** There are groups that were not read. */
  readonly more?: boolean;
}

/**
 * @param asked what to draw; left out, what the data suggest
 * @throws KhipuError `invalid-input` that says what to choose; those of reading and running; `cancelled`
 */
export async function drawChart(
  charted: ChartedRows,
  asked: Chart | undefined,
  signal: AbortSignal,
): Promise<DrawnChart> {
  const { rows } = charted;
  const isHere = rows.total.complete && rows.total.rows <= mostRows;
  const wanted = asked ?? (await proposed(rows, isHere, signal));
  const chart = isHere ? wanted : aggregated(wanted, shapeOf(wanted, rows.columns));
  const shape = shapeOf(chart, rows.columns);
  const found = isHere ? await fromRows(shape, rows, signal) : await fromDatabase(shape, charted, signal);
  const folded =
    shape.kind === 'histogram'
      ? { points: [...found.points], notes: [] }
      : foldPoints(shape, found.points, found.more);
  const points = folded.points.map((point) => point.map((cell) => cell?.slice(0, longestCell) ?? null));
  return {
    chart,
    data: { fields: fieldsOf(shape, found.unit), points },
    notes: [...found.notes, ...folded.notes],
  };
}

/** At once, also where there are millions: from the rows that are here. */
async function proposed(rows: ResultPages, isHere: boolean, signal: AbortSignal): Promise<Chart> {
  const { columns, firstRows } = rows;
  const seen = isHere ? rows : { ...firstRowsOnly(rows), total: { rows: firstRows.length, complete: true } };
  const chart = proposeChart(await resultFacts(seen, signal));
  if (chart !== undefined) return chart;
  const [first] = columns;
  if (first === undefined) throw new KhipuError('invalid-input', 'This result has no columns to draw.');
  return {
    kind: 'bar',
    x: { column: 0, name: first.name },
    aggregate: 'count',
    title: `Rows by ${first.name}`,
  };
}

async function fromRows(shape: ChartShape, rows: ResultPages, signal: AbortSignal): Promise<Found> {
  const read = await readRows(rows, shape, signal);
  if (shape.kind === 'histogram') return { points: binRows(shape, read), notes: [] };
  if (shape.kind === 'box') return { points: boxRows(shape, read), notes: [] };
  return { ...(await groupRows(shape, read, signal)), notes: [] };
}

async function readRows(rows: ResultPages, shape: ChartShape, signal: AbortSignal): Promise<ResultRow[]> {
  const { total, firstRows } = rows;
  if (total.rows <= firstRows.length) return firstRows.slice(0, total.rows);
  const read: ResultRow[] = [];
  const columns = new Set(columnsOf(shape).map(({ index }) => index));
  const range = { start: 0, count: total.rows, columns, keptBytes: 4 * longestCell };
  const take = (cells: ResultRow): boolean => {
    read.push(
      cells.map((cell, place) => (columns.has(place) ? (cell?.slice(0, longestCell) ?? null) : null)),
    );
    return true;
  };
  await rows.each(range, take, signal);
  return read;
}

async function fromDatabase(shape: ChartShape, charted: ChartedRows, signal: AbortSignal): Promise<Found> {
  const { x, value, group, kind, aggregate } = shape;
  const { statement, rows } = charted;
  if (statement.kind !== 'rows')
    throw new KhipuError('invalid-input', 'What this statement gives cannot be worked out in the database.');
  const inner = { text: statement.text, columns: rows.columns.length };
  const run = (sql: string, values: readonly ParameterValue[] = []): Promise<ResultRow[]> =>
    allRows(charted, sql, [...statement.values, ...values], signal);
  const notes = ['Worked out in the database over all rows: the statement ran again for it.'];
  if (kind === 'histogram' && x !== undefined) return { points: await histogram(x, charted, run), notes };
  if (kind === 'box' && value !== undefined)
    return { points: await run(boxesSql(inner, x, value, mostBoxes)), notes };
  if (kind === 'scatter' && x !== undefined && value !== undefined) {
    const points = await run(sampleSql(inner, { x, value, group }, mostSampled));
    const count = points.length.toLocaleString('en-US');
    return {
      points,
      notes: [`${count} rows, drawn at random in the database: the statement ran again for it.`],
    };
  }
  const unit = x?.family === 'date' ? await unitOf(x, inner, run) : undefined;
  const order = { x, group, value, unit, aggregate: aggregate === 'none' ? 'sum' : aggregate } as const;
  const points = await run(groupedSql(inner, { ...order, limit: mostGroups + 1 } satisfies GroupOrder));
  if (points.length <= mostGroups) return { points, unit, notes };
  points.length = mostGroups;
  const isAll = `Only the first ${mostGroups.toLocaleString('en-US')} groups were read; there are more.`;
  return { points, unit, notes: [...notes, isAll], more: true };
}

type Run = (sql: string, values?: readonly ParameterValue[]) => Promise<ResultRow[]>;
type Inner = Parameters<typeof groupedSql>[0];

async function unitOf(x: ChartColumn, inner: Inner, run: Run): Promise<TimeUnit | undefined> {
  const [span] = (await run(timeSpanSql(inner, x)))[0] ?? [];
  const seconds = Number(span ?? 0);
  const isDaily = x.type === 'date' && seconds / 86_400 <= mostTimes;
  return isDaily ? undefined : unitFor(seconds);
}

async function histogram(x: ChartColumn, { statement, rows }: ChartedRows, run: Run): Promise<Point[]> {
  const inner = { text: statement.text, columns: rows.columns.length };
  const [least, greatest] = (await run(boundsSql(inner, x)))[0] ?? [];
  if (least === null || least === undefined || greatest === null || greatest === undefined) return [];
  const bins = binsOver(Number(least), Number(greatest));
  const next = statement.values.length + 1;
  const sql = binsSql(inner, x, [`$${next}`, `$${next + 1}`]);
  const counts = new Map<number, string>();
  for (const [place, count] of await run(sql, [String(bins.from), String(bins.step)])) {
    // What came between the two statements lies in the bins at the ends.
    const kept = Math.max(0, Math.min(bins.count - 1, Number(place)));
    counts.set(kept, String(Number(counts.get(kept) ?? 0) + Number(count)));
  }
  return binPoints(bins, counts);
}

/** Reads a statement to its end; every one has a limit of its own. */
async function allRows(
  { runAround }: ChartedRows,
  sql: string,
  values: readonly ParameterValue[],
  signal: AbortSignal,
): Promise<ResultRow[]> {
  const pages = await runAround(sql, values, signal);
  try {
    if (pages.total.complete && pages.total.rows <= pages.firstRows.length) return [...pages.firstRows];
    const read: ResultRow[] = [];
    const columns = new Set(pages.columns.keys());
    const range = { start: 0, count: mostGroups + 1, columns, keptBytes: 4 * longestCell };
    await pages.each(range, (row) => read.push([...row]) <= mostGroups, signal);
    return read;
  } finally {
    await pages.close();
  }
}
