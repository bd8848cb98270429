/**
 * When two results are the same answer: the rules of defog's sql-eval (`compare_df` and `subset_df`), written anew over cells as
 * Postgres's text.
 */

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

type Row = readonly (string | null)[];

/** Whether the order of rows counts: the question asks for one. */
export function isOrdered(category: string, question: string): boolean {
  return category === 'order_by' || /\b(?:order|sort|arrange)\b/i.test(question);
}

/** The same columns with the same rows: names of columns, their order, doubles, and (unless `ordered`) the order of rows do not count. */
export function isSame(gold: Table, got: Table, ordered: boolean): boolean {
  const [a, b] = [distinct(gold), distinct(got)];
  if (a.columns.length !== b.columns.length || a.rows.length !== b.rows.length) return false;
  return sameRows(a.rows, b.rows) || sameRows(normalised(a, ordered), normalised(b, ordered));
}

/** Whether all columns of the reference are among those that came, by their values, with rows that belong together. */
export function contains(gold: Table, got: Table, ordered: boolean): boolean {
  if (isSame(gold, got, ordered)) return true;
  if (gold.rows.length !== got.rows.length) return false;
  const taken: number[] = [];
  for (const [at] of gold.columns.entries()) {
    const wanted = sortedColumn(gold, at);
    const match = [...got.columns.keys()].find(
      (column) => !taken.includes(column) && sameRows([wanted], [sortedColumn(got, column)]),
    );
    if (match === undefined) return false;
    taken.push(match);
  }
  const matched = {
    columns: gold.columns,
    rows: got.rows.map((row) => taken.map((column) => row[column] ?? null)),
  };
  return sameRows(normalised(distinct(gold), ordered), normalised(distinct(matched), ordered));
}

function distinct({ columns, rows }: Table): Table {
  return { columns, rows: [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()] };
}

/** Columns by name; rows by value, unless their order counts. */
function normalised({ columns, rows }: Table, ordered: boolean): readonly Row[] {
  const places = columns
    .map((name, at) => ({ name: name.toLowerCase(), at }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at - b.at));
  const sorted = rows.map((row) => places.map(({ at }) => row[at] ?? null));
  return ordered ? sorted : sorted.sort(byValues);
}

function sortedColumn({ rows }: Table, at: number): Row {
  return rows.map((row) => row[at] ?? null).sort(byValue);
}

function byValues(a: Row, b: Row): number {
  for (const [at, value] of a.entries()) {
    const order = byValue(value, b[at] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers by value, NULL last, all else as text. */
function byValue(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (row, at) => row.length === b[at]?.length && row.every((cell, n) => sameCell(cell, b[at]?.[n] ?? null)),
    )
  );
}

/** As near as pandas takes for the same. */
const tolerance = 1e-5;

function sameCell(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== undefined && y !== undefined && Math.abs(x - y) <= tolerance * Math.abs(y) + 1e-8;
}

function numberOf(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
